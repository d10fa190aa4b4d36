import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../ports/clock.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { SERVER_ENVIRONMENT } from './cluster.ts';
import { LOOPBACK } from './port.ts';
import { identify, isAlive, type ProcessIdentity } from './postmaster.ts';

/** A running postmaster, started by us or found running. */
export interface ServerProcess {
  readonly pid: number;
  /** Whether it still runs. */
  alive(): Promise<boolean>;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** What it wrote before its log file was open. */
  complaint(): string;
  /** `fast` ends sessions and writes everything out; `immediate` leaves that to the next start's recovery. */
  stop(how: keyof typeof SIGNALS): Promise<void>;
  /** Ends the watching of a process that is not our child; the process goes on. */
  unwatch(): void;
}

/** PostgreSQL's words for its ways to shut down. */
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

const WATCH_EVERY_MS = 250;
const COMPLAINT_LENGTH = 4_000;

/**
 * Starts the postmaster. It gets a session of its own, so that neither the terminal's Ctrl-C nor our
 * end takes it down before its clients are done. Address and port are given here and not in a file:
 * it never listens anywhere else.
 */
export async function spawnServer(input: {
  readonly binaries: Binaries;
  readonly clusterDir: string;
  readonly port: number;
  readonly account: Account | undefined;
}): Promise<ServerProcess> {
  const cluster = await realpath(input.clusterDir);
  const settings = [`listen_addresses=${LOOPBACK}`, 'unix_socket_directories='];
  const child = spawn(
    input.binaries.postgres,
    ['-D', cluster, '-p', String(input.port), ...settings.flatMap((setting) => ['-c', setting])],
    {
      cwd: cluster,
      env: SERVER_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(input.account ? { uid: input.account.uid, gid: input.account.gid } : {}),
    },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_LENGTH);
  });
  const ended = endOf(child);
  child.unref();
  const pid = child.pid ?? 0;
  return {
    pid,
    ended,
    alive: async () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    complaint: () => complaint.trim(),
    stop: async (how) => {
      if (process.platform === 'win32') await stopByControl(input.binaries, cluster, how);
      else child.kill(SIGNALS[how]);
    },
    unwatch: () => {},
  };
}

/** Takes over a postmaster that somebody else started, by looking whether it is there. */
export function adoptServer(found: ProcessIdentity, clock: Clock): ServerProcess {
  const stopWatching = new AbortController();
  return {
    pid: found.pid,
    alive: () => isAlive(found),
    ended: watch(found, clock, stopWatching.signal),
    complaint: () => '',
    stop: async (how) => {
      if (await isAlive(found)) send(found.pid, SIGNALS[how]);
    },
    unwatch: () => stopWatching.abort(),
  };
}

/** Ends a process for good and without asking; its identity is checked first. */
export async function killProcess(found: ProcessIdentity, how: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
  const now = await identify(found.pid);
  if (now?.startedAt === found.startedAt) send(found.pid, how);
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signalName) => resolve(`ended with ${signalName ?? `code ${code}`}`));
  });
}

async function watch(found: ProcessIdentity, clock: Clock, until: AbortSignal): Promise<string> {
  while (await isAlive(found)) {
    try {
      await clock.sleep(WATCH_EVERY_MS, until);
    } catch {
      return 'is no longer watched';
    }
  }
  return 'ended';
}

/** Windows has no signals; the server's own control program speaks to it there. */
async function stopByControl(binaries: Binaries, cluster: string, how: keyof typeof SIGNALS): Promise<void> {
  const control = join(dirname(binaries.postgres), 'pg_ctl.exe');
  await promisify(execFile)(control, ['stop', '-D', cluster, '-m', how, '-W']);
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
