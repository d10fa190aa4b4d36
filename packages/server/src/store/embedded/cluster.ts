import { spawn } from 'node:child_process';
import {
  appendFile,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { requireReach, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { renameDurably } from './durableFile.ts';

/** Name of the superuser of the embedded server. */
export const SUPERUSER = 'postgres';

const STAGING_PREFIX = 'postgres.new-';
/** Relative to the cluster, so that the data directory can be moved as a whole. */
const INCLUDE = "include_if_exists = '../postgres.conf'\n";

/** What every program of PostgreSQL gets for an environment: nothing of ours leads it astray. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

/** Where the cluster of a data directory lies. */
export function clusterDirOf(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/** Where the settings lie that the cluster includes. */
export function settingsFileOf(dataDir: string): string {
  return join(dataDir, 'postgres.conf');
}

/** Major version of a cluster; undefined when there is none. */
export async function clusterMajor(clusterDir: string): Promise<number | undefined> {
  const text = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/**
 * Makes the cluster if there is none. It is made beside its place and renamed when it is whole and on
 * disk, so that a start that was killed leaves nothing half done; what such starts left is removed.
 * Throws `database_start_failed`, or `data_dir_unusable` when the server's user cannot get there.
 */
export async function ensureCluster(input: {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly superuserPassword: string;
}): Promise<void> {
  const { dataDir, binaries, account } = input;
  if (account) await letThrough(dataDir, account);
  await removeLeftovers(dataDir);
  const clusterDir = clusterDirOf(dataDir);
  const major = await clusterMajor(clusterDir);
  if (major === binaries.major) return;
  if (major !== undefined) {
    throw failed(
      dataDir,
      `its data are of PostgreSQL ${major} and this release brings ${binaries.major}. Make a backup with the release ` +
        'that wrote them and restore it into a new directory.',
    );
  }
  await removeIfEmpty(dataDir, clusterDir);
  const staging = await mkdtemp(join(dataDir, STAGING_PREFIX));
  try {
    await initialise(input, staging);
    await renameDurably(join(staging, 'data'), clusterDir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function initialise(input: Parameters<typeof ensureCluster>[0], staging: string): Promise<void> {
  const { account } = input;
  const data = join(staging, 'data');
  const passwordFile = join(staging, 'password');
  await mkdir(data, { mode: 0o700 });
  const file = await open(passwordFile, 'wx', 0o600);
  await file.writeFile(`${input.superuserPassword}\n`);
  await file.close();
  if (account) for (const path of [staging, data, passwordFile]) await chown(path, account.uid, account.gid);
  await runInitdb(input, [
    ['--pgdata', data],
    ['--username', SUPERUSER],
    ['--pwfile', passwordFile],
    ['--encoding', 'UTF8'],
    ['--locale', 'C'],
    // byte order for comparing, as "C", with the letters of Unicode for upper, lower and patterns
    ['--locale-provider', 'builtin'],
    ['--builtin-locale', 'C.UTF-8'],
    ['--auth-host', 'scram-sha-256'],
    ['--auth-local', 'scram-sha-256'],
  ]);
  const settings = join(data, 'postgresql.conf');
  await appendFile(settings, INCLUDE, { flush: true });
}

async function runInitdb(
  { dataDir, binaries, account }: Parameters<typeof ensureCluster>[0],
  options: readonly (readonly [string, string])[],
): Promise<void> {
  const child = spawn(
    binaries.initdb,
    [...options.map(([name, value]) => `${name}=${value}`), '--no-instructions'],
    {
      cwd: dataDir,
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const end = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `initdb ended with ${signal ?? code}.`),
    );
  });
  if (end !== undefined) throw failed(dataDir, `${end} ${complaint.trim()}`.trim());
}

/** Our own directory may be passed through, not listed; what lies in it keeps its own modes. */
async function letThrough(dataDir: string, account: Account): Promise<void> {
  const { mode, uid } = await stat(dataDir);
  if (uid === process.getuid?.() && (mode & 0o001) === 0) await chmod(dataDir, (mode & 0o7777) | 0o001);
  await requireReach(dataDir, account);
}

async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(STAGING_PREFIX)) {
      await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** A folder of that name which is no cluster is not ours to delete. */
async function removeIfEmpty(dataDir: string, clusterDir: string): Promise<void> {
  try {
    await rmdir(clusterDir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw failed(
      dataDir,
      `${join(basename(dirname(clusterDir)), basename(clusterDir))} is there, but no PostgreSQL data.`,
    );
  }
}

function failed(dir: string, message: string): AppError {
  return new AppError('database_start_failed', { dir, message });
}
