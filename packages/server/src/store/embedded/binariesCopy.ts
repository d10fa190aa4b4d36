import { createHash, randomUUID } from 'node:crypto';
import { chmod, copyFile, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { requireReach, type Account } from './account.ts';
import { makeLink, type BinariesPackage } from './binariesPackage.ts';
import { identify } from './postmaster.ts';

interface File {
  /** Relative to the root of the tree. */
  readonly path: string;
  readonly bytes: number;
}

/** Archives for linking against, which no running server needs. */
const LEFT_OUT = /\.a$/;
const STAGING = /^\.postgres-.*\.(\d+)-[0-9a-f]{8}$/;

/**
 * A copy of the binaries under `runtimeRoot` that everybody can read, made once for each version: whole
 * or not there, since it is renamed into place. A copy that has lost files is made again. Throws
 * `database_start_failed` where none can be made.
 */
export async function copyBinaries(
  found: BinariesPackage,
  runtimeRoot: string,
  account: Account | undefined,
): Promise<string> {
  const files = await listFiles(found.native);
  const target = join(runtimeRoot, `postgres-${found.version}-${fingerprint(found, files)}`);
  try {
    await requireOwnFolder(runtimeRoot);
    await removeLeftovers(runtimeRoot);
    if (!(await isWhole(found, files, target))) await place(found, files, target);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('database_start_failed', { dir: runtimeRoot, message }, error);
  }
  if (account) await requireReach(join(target, 'bin'), account);
  return target;
}

/** Programs are run from here, so nobody else may be able to put theirs in. */
async function requireOwnFolder(path: string): Promise<void> {
  if (await mkdir(path, { recursive: true })) await chmod(path, 0o755);
  const folder = await stat(path);
  if (process.geteuid && (folder.uid !== process.geteuid() || (folder.mode & 0o022) !== 0)) {
    throw new Error(`${path} can be written by others. Remove it, or make it yours alone.`);
  }
}

async function place(found: BinariesPackage, files: readonly File[], target: string): Promise<void> {
  const staging = stagingName(target);
  try {
    await copyTree(found.native, staging, files);
    for (const link of found.links) await makeLink(staging, link);
    await swapIn(found, files, staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Another process may have been faster; then its copy is as good as ours. */
async function swapIn(
  found: BinariesPackage,
  files: readonly File[],
  staging: string,
  target: string,
): Promise<void> {
  try {
    await rename(staging, target);
    return;
  } catch (error) {
    if (await isWhole(found, files, target)) return;
    if (!(await stat(target).catch(() => undefined))) throw error;
  }
  const damaged = stagingName(target);
  await rename(target, damaged);
  await rename(staging, target);
  await rm(damaged, { recursive: true, force: true });
}

async function copyTree(from: string, to: string, files: readonly File[]): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(join(to, file.path))))) {
    await mkdir(folder, { recursive: true, mode: 0o755 });
  }
  for (const folder of await foldersOf(to)) await chmod(folder, 0o755);
  for (const { path } of files) {
    await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
    await chmod(join(to, path), path.startsWith('bin') ? 0o755 : 0o644);
  }
}

async function isWhole(found: BinariesPackage, files: readonly File[], root: string): Promise<boolean> {
  try {
    const present = new Map((await listFiles(root)).map((file) => [file.path, file.bytes]));
    for (const link of found.links) await stat(join(root, link.from));
    return files.every((file) => present.get(file.path) === file.bytes);
  } catch {
    return false;
  }
}

async function listFiles(root: string): Promise<readonly File[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ path: path.slice(root.length + 1), bytes: (await stat(path)).size })),
  );
}

async function foldersOf(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return [
    root,
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
  ];
}

function fingerprint(found: BinariesPackage, files: readonly File[]): string {
  return createHash('sha256')
    .update(JSON.stringify([found.version, files]))
    .digest('hex')
    .slice(0, 12);
}

/** Carries our process id, so that the next start knows whether somebody still works in it. */
function stagingName(target: string): string {
  const name = target.slice(dirname(target).length + 1);
  return join(dirname(target), `.${name}.${process.pid}-${randomUUID().slice(0, 8)}`);
}

async function removeLeftovers(runtimeRoot: string): Promise<void> {
  for (const name of await readdir(runtimeRoot)) {
    const pid = Number(STAGING.exec(name)?.[1] ?? 0);
    if (pid > 0 && pid !== process.pid && !(await identify(pid))) {
      await rm(join(runtimeRoot, name), { recursive: true, force: true });
    }
  }
}
