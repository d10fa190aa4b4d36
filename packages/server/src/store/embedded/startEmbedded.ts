import { totalmem } from 'node:os';
import { AppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { DataDir } from '../dataDir.ts';
import { ensureRoles, type RoleUrls } from '../roles.ts';
import { serverAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { clusterDirOf, clusterMajor, ensureCluster, settingsFileOf, SUPERUSER } from './cluster.ts';
import { writeDurably } from './durableFile.ts';
import { launch } from './launch.ts';
import { LOOPBACK } from './port.ts';
import { readOrMakeSecrets } from './secrets.ts';
import { pruneServerLog } from './serverLog.ts';
import type { ServerProcess } from './serverProcess.ts';
import { serverSettings, settingsText, type ServerSettings } from './settings.ts';

export interface EmbeddedServer {
  /** Address of the superuser's own database, for upkeep only. */
  readonly superuserUrl: string;
  /** Addresses of the product's database by role. */
  readonly urls: Required<RoleUrls>;
  readonly port: number;
  readonly pid: number;
  /** True when it ran already, left behind by a process that was killed. */
  readonly adopted: boolean;
  /** Calls back once if the server ends without having been told to; the reason is for people. */
  onExit(listener: (reason: string) => void): void;
  /** Fast shutdown: ends all sessions, writes everything out, and resolves when the server is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Held by this process: two launchers never meet in one directory. */
  readonly dataDir: DataDir;
  /** Where a copy of the server's binaries may be put if they cannot be run in place. */
  readonly runtimeRoot: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Settings over our own, at the next start of the server. */
  readonly settings?: ServerSettings;
  /** Whom root lets the server run as; default `postgres`, then `nobody`. */
  readonly serverUsers?: readonly string[];
}

const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 15_000;
const PRUNE_EVERY_MS = 600_000;

/**
 * Starts the PostgreSQL of a data directory, which it makes at the first start, or takes over the one
 * that already runs on it. Resolves when the server answers and its roles and database are there.
 *
 * Whatever a killed predecessor left is dealt with: half-made clusters, orphaned servers, stale pid
 * files, taken ports. Throws `no_embedded_server`, `data_dir_unusable`, `database_start_failed`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { clock, log } = options;
  const dataDir = options.dataDir.path;
  const clusterDir = clusterDirOf(dataDir);
  const account = await serverAccount(clusterDir, options.serverUsers);
  const binaries = await prepareBinaries(options.runtimeRoot, account);
  const secrets = await readOrMakeSecrets(dataDir, (await clusterMajor(clusterDir)) !== undefined);
  await ensureCluster({ dataDir, binaries, account, superuserPassword: secrets.superuser });
  const settings = { ...serverSettings(totalmem()), ...options.settings };
  await writeDurably(settingsFileOf(dataDir), settingsText(settings), 0o644);
  const superuserUrl = (port: number) =>
    `postgres://${SUPERUSER}:${secrets.superuser}@${LOOPBACK}:${port}/${SUPERUSER}`;
  const launched = await launch({ dataDir, clusterDir, binaries, account, superuserUrl, clock, log });
  const { server, port, adopted } = launched;
  try {
    const urls = await ensureRoles(superuserUrl(port), secrets);
    log.info({ port, pid: server.pid, adopted, user: account?.name }, 'the embedded PostgreSQL is ready');
    return supervise(
      { server, port, adopted, urls, superuserUrl: superuserUrl(port) },
      clusterDir,
      clock,
      log,
    );
  } catch (error) {
    await endServer(server, clock).catch(() => {});
    throw error;
  }
}

function supervise(
  running: Pick<EmbeddedServer, 'port' | 'adopted' | 'urls' | 'superuserUrl'> & {
    readonly server: ServerProcess;
  },
  clusterDir: string,
  clock: Clock,
  log: Log,
): EmbeddedServer {
  const { server, ...facts } = running;
  const upkeep = new AbortController();
  const listeners = new Set<(reason: string) => void>();
  let lost: string | undefined;
  let stopping: Promise<void> | undefined;
  void keepLogSmall(clusterDir, clock, upkeep.signal);
  void server.ended.then((reason) => {
    upkeep.abort();
    if (stopping) return;
    lost = reason;
    log.warn({ pid: server.pid, reason }, 'the embedded PostgreSQL has ended');
    for (const listener of listeners) listener(reason);
  });
  return {
    ...facts,
    pid: server.pid,
    onExit(listener) {
      if (lost === undefined) listeners.add(listener);
      else listener(lost);
    },
    stop: () => (stopping ??= lost === undefined ? endServer(server, clock) : Promise.resolve()),
  };
}

/** Fast, then immediate: what that leaves undone, the next start recovers from the log. */
async function endServer(server: ServerProcess, clock: Clock): Promise<void> {
  for (const [how, patienceMs] of [
    ['fast', FAST_STOP_MS],
    ['immediate', IMMEDIATE_STOP_MS],
  ] as const) {
    await server.stop(how);
    if (await endsWithin(server, clock, patienceMs)) return;
  }
  server.unwatch();
  throw new AppError('internal', {
    message: `the embedded PostgreSQL (process ${server.pid}) does not stop`,
  });
}

async function endsWithin(server: ServerProcess, clock: Clock, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const timeUp = clock.sleep(ms, timer.signal).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([server.ended.then(() => true), timeUp]);
  } finally {
    timer.abort();
  }
}

async function keepLogSmall(clusterDir: string, clock: Clock, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await pruneServerLog(clusterDir).catch(() => {});
    await clock.sleep(PRUNE_EVERY_MS, until).catch(() => {});
  }
}
