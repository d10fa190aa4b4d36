import { chmod, mkdir, open, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@tapekeeper/core';

/** A data directory that this process alone uses until it is released or the process ends. */
export interface DataDir {
  readonly path: string;
  /** Gives the directory up; calling it again does nothing. */
  release(): Promise<void>;
}

export interface Holder {
  readonly pid: number;
  /** Since when it holds the directory, ISO 8601. */
  readonly since: string;
}

const LOCK_FILE = 'tapekeeper.lock';
const HOLDER_FILE = 'tapekeeper.pid';
const SQLITE_BUSY = 5;
const MEGABYTE = 1024 * 1024;

/** Keeps the lock connections from being collected, which would close them and drop the lock. */
const heldLocks = new Set<DatabaseSync>();

/**
 * Makes the directory if it is not there, and takes it for this process.
 *
 * The lock is the exclusive one that SQLite takes on a file, the only one that Node can ask the
 * operating system for. The system drops it when the process ends, however it ends, so there are no
 * stale locks, no recycled process ids, and it holds between containers that share the directory.
 * The file beside it only tells others who holds it. Nothing else in this process may open the lock's
 * file, since closing that would drop the lock (POSIX).
 *
 * Throws `data_dir_busy` with the holder, or `data_dir_unusable`.
 */
export async function openDataDir(dir: string): Promise<DataDir> {
  const path = resolve(dir);
  await make(path);
  const lock = await takeLock(path);
  heldLocks.add(lock);
  try {
    await writeHolder(path);
  } catch (error) {
    drop(lock);
    throw unusable(path, error);
  }
  return {
    path,
    async release() {
      if (!heldLocks.has(lock)) return;
      await rm(join(path, HOLDER_FILE), { force: true });
      drop(lock);
    },
  };
}

/** Who says that it holds the directory; undefined when nobody has said so. */
export async function readHolder(dir: string): Promise<Holder | undefined> {
  const file = join(dir, HOLDER_FILE);
  try {
    const pid = Number((await readFile(file, 'utf8')).trim());
    return Number.isSafeInteger(pid) && pid > 0
      ? { pid, since: (await stat(file)).mtime.toISOString() }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Space that this user may still write in the directory's file system, in whole megabytes. */
export async function freeMegabytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return Math.floor((bavail * bsize) / MEGABYTE);
}

/** Root's directory can be passed through by others, since PostgreSQL runs as another user inside. */
async function make(path: string): Promise<void> {
  try {
    if (await mkdir(path, { recursive: true })) await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch (error) {
    throw unusable(path, error);
  }
}

async function takeLock(path: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 });
    // nothing is ever written, so no journal beside it is wanted
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY))
      throw unusable(path, error);
    const holder = await readHolder(path);
    throw new AppError('data_dir_busy', { dir: path, pid: holder?.pid ?? '?', since: holder?.since ?? '?' });
  }
}

async function writeHolder(path: string): Promise<void> {
  const fresh = join(path, `${HOLDER_FILE}.new`);
  const file = await open(fresh, 'w', 0o644);
  try {
    await file.writeFile(`${process.pid}\n`);
  } finally {
    await file.close();
  }
  await rename(fresh, join(path, HOLDER_FILE));
}

function drop(lock: DatabaseSync): void {
  heldLocks.delete(lock);
  lock.close();
}

function unusable(path: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('data_dir_unusable', { dir: path, message: `${message.replace(/\.$/, '')}.` }, error);
}
