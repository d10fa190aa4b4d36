import { execFile } from 'node:child_process';
import { readFile, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';

/** A process, told from a later one of the same number by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot on Linux; undefined where the system does not say. */
  readonly startedAt: string | undefined;
}

/** A running server of a cluster, by its own account. */
export interface RunningPostmaster extends ProcessIdentity {
  /** Undefined as long as it does not listen. */
  readonly port: number | undefined;
}

/** Lines of `postmaster.pid`. */
const PID_LINE = 0;
const PORT_LINE = 3;

export function pidFileOf(clusterDir: string): string {
  return join(clusterDir, 'postmaster.pid');
}

/**
 * The server that runs on the cluster, whoever started it. The file alone does not say: it stays after
 * a crash, and its number may since have gone to another process.
 */
export async function findPostmaster(clusterDir: string): Promise<RunningPostmaster | undefined> {
  const lines = await readPidFile(clusterDir);
  const found = await identify(Number(lines[PID_LINE]));
  if (!found || !(await servesCluster(found.pid, clusterDir))) return undefined;
  const port = Number(lines[PORT_LINE]);
  return { ...found, port: Number.isInteger(port) && port > 0 ? port : undefined };
}

/**
 * Removes a pid file whose number has gone to another program: the server would take that for a running
 * one and refuse to start. Backends of a dead server hold it up all the same, by their shared memory.
 */
export async function removeForeignPidFile(clusterDir: string): Promise<void> {
  const found = await identify(Number((await readPidFile(clusterDir))[PID_LINE]));
  if (found && !(await servesCluster(found.pid, clusterDir)))
    await rm(pidFileOf(clusterDir), { force: true });
}

/** The process of that number that lives now; undefined when there is none, or only its zombie. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return undefined;
  if (process.platform !== 'linux') return { pid, startedAt: undefined };
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // the name in brackets may hold spaces and brackets; what follows is: state, then field 4 and on
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startedAt: fields[19] };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now !== undefined && now.startedAt === identity.startedAt;
}

/** Prints the processes whose working directory is the one given. */
const PROCESSES_IN = 'for p in /proc/[0-9]*; do if [ "$p/cwd" -ef "$1" ]; then echo "${p#/proc/}"; fi; done';

/**
 * Processes of a server whose postmaster died: one that is busy with a statement goes on until its end,
 * and no new server starts before that. Looked for as the server's user, since not even root may see
 * where the processes of others work without a right of its own, which containers lack. Linux only.
 */
export async function findOrphanedBackends(
  clusterDir: string,
  account: Account | undefined,
): Promise<readonly ProcessIdentity[]> {
  if (process.platform !== 'linux') return [];
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', PROCESSES_IN, 'sh', clusterDir], {
    cwd: '/',
    env: {},
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  }).catch(() => ({ stdout: '' }));
  const found = await Promise.all(
    stdout.split('\n').map(async (line) => {
      const name = await readFile(`/proc/${line}/comm`, 'utf8').catch(() => '');
      return name.trim() === 'postgres' ? identify(Number(line)) : undefined;
    }),
  );
  return found.filter((identity) => identity !== undefined);
}

/**
 * By its command line, `postgres -D <cluster> …`, which all users may read. Where the system does not
 * show it, the pid file has to be believed.
 */
async function servesCluster(pid: number, clusterDir: string): Promise<boolean> {
  const cluster = await realpath(clusterDir);
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    return basename(words[0] ?? '').startsWith('postgres') && words[words.indexOf('-D') + 1] === cluster;
  }
  const listed = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => undefined,
  );
  return listed?.stdout.includes(`postgres -D ${cluster} `) ?? false;
}

async function readPidFile(clusterDir: string): Promise<readonly string[]> {
  return (await readFile(pidFileOf(clusterDir), 'utf8').catch(() => '')).split('\n');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
