import { AppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { choosePort, isFree } from './port.ts';
import { findOrphanedBackends, findPostmaster, isAlive, removeForeignPidFile } from './postmaster.ts';
import type { ProcessIdentity, RunningPostmaster } from './postmaster.ts';
import { waitReady } from './readiness.ts';
import { lastComplaints } from './serverLog.ts';
import { adoptServer, killProcess, spawnServer, type ServerProcess } from './serverProcess.ts';

export interface LaunchInput {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly superuserUrl: (port: number) => string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Launched {
  readonly server: ServerProcess;
  readonly port: number;
  readonly adopted: boolean;
}

/** Without a sign of life for this long, a server is given up. Recovery counts as one. */
const PATIENCE_MS = 60_000;
/** A server that was found running has had its time to start. */
const ORPHAN_PATIENCE_MS = 15_000;
const END_PATIENCE_MS = 10_000;
const POLL_MS = 50;
/** What the server says while backends of a dead one still run, which may end by themselves. */
const HELD_MEMORY = /pre-existing shared memory block/;
const HELD_PAUSE_MS = 2_000;
/** Each try ends in a server or in a reason that another try may not meet again. */
const TRIES = 5;

/** A ready server on the cluster: the one that runs there already, else a new one. Never a second. */
export async function launch(input: LaunchInput): Promise<Launched> {
  for (let tryNo = 1; ; tryNo += 1) {
    const running = await findPostmaster(input.clusterDir);
    const launched = running ? await adopt(input, running) : await start(input, tryNo === TRIES);
    if (launched) return launched;
    if (tryNo === TRIES) throw failed(input, 'it did not come up in several tries.');
  }
}

/** Takes over an orphan that answers; one that does not is stopped, so that a new one can start. */
async function adopt(input: LaunchInput, running: RunningPostmaster): Promise<Launched | undefined> {
  const { clock, clusterDir, log } = input;
  const port = await listeningPort(input, running);
  if (port !== undefined) {
    const answer = await waitReady({
      url: input.superuserUrl(port),
      clusterDir,
      clock,
      patienceMs: ORPHAN_PATIENCE_MS,
      stillThere: () => isAlive(running),
    });
    if (answer.state === 'ready') {
      log.info({ pid: running.pid, port }, 'took over the PostgreSQL that was left running');
      return { server: adoptServer(running, clock), port, adopted: true };
    }
    if (answer.state === 'foreign') {
      throw failed(input, `process ${running.pid} serves this directory and refuses us: ${answer.message}`);
    }
  }
  if (await isAlive(running)) {
    log.warn({ pid: running.pid }, 'stops a PostgreSQL that was left running and does not answer');
    await endProcess(input, running);
  }
  return undefined;
}

async function listeningPort(input: LaunchInput, running: RunningPostmaster): Promise<number | undefined> {
  const { clock } = input;
  const begin = clock.monotonic();
  let now: RunningPostmaster | undefined = running;
  while (now?.port === undefined && clock.monotonic() - begin < ORPHAN_PATIENCE_MS) {
    await clock.sleep(POLL_MS);
    now = await findPostmaster(input.clusterDir);
    if (now?.pid !== running.pid) return undefined;
  }
  return now?.port;
}

/** Undefined when it did not come up for a reason that may have passed. */
async function start(input: LaunchInput, last: boolean): Promise<Launched | undefined> {
  const { clusterDir, binaries, account, clock } = input;
  await removeForeignPidFile(clusterDir);
  await endOrphanedBackends(input);
  const port = await choosePort(input.dataDir);
  const server = await spawnServer({ binaries, clusterDir, port, account });
  const answer = await waitReady({
    url: input.superuserUrl(port),
    clusterDir,
    clock,
    patienceMs: PATIENCE_MS,
    stillThere: server.alive,
  });
  if (answer.state === 'ready') return { server, port, adopted: false };
  if (await server.alive()) {
    await server.stop('immediate');
    await server.ended;
    if (answer.state === 'foreign') throw failed(input, answer.message);
  }
  const end = await server.ended;
  const reason = server.complaint() || (await lastComplaints(clusterDir)) || `${end}; ${answer.message}`;
  const held = HELD_MEMORY.test(reason);
  const passing = held || !(await isFree(port)) || (await findPostmaster(clusterDir)) !== undefined;
  if (last || !passing) throw failed(input, reason);
  if (held) await clock.sleep(HELD_PAUSE_MS);
  return undefined;
}

/** They hold the dead server's memory, and a new server would refuse to start beside them. */
async function endOrphanedBackends(input: LaunchInput): Promise<void> {
  const orphans = await findOrphanedBackends(input.clusterDir, input.account);
  if (orphans.length > 0)
    input.log.warn({ pids: orphans.map(({ pid }) => pid) }, 'ends what a dead PostgreSQL left');
  await Promise.all(orphans.map((orphan) => endProcess(input, orphan)));
}

/** Immediate shutdown, which the next start recovers from; then by force. */
async function endProcess({ clock, ...input }: LaunchInput, found: ProcessIdentity): Promise<void> {
  for (const how of ['SIGQUIT', 'SIGKILL'] as const) {
    await killProcess(found, how);
    const begin = clock.monotonic();
    while (clock.monotonic() - begin < END_PATIENCE_MS) {
      if (!(await isAlive(found))) return;
      await clock.sleep(POLL_MS);
    }
  }
  throw failed(input, `process ${found.pid} holds this directory and cannot be ended.`);
}

function failed(input: Pick<LaunchInput, 'dataDir'>, message: string): AppError {
  return new AppError('database_start_failed', { dir: input.dataDir, message });
}
