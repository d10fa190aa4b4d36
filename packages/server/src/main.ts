import { openWorld, sampleFolder, startReplay, type Replay, type World } from '@tapekeeper/replay';
import type { AppDeps } from './app/deps.ts';
import type { Service } from './app/loop.ts';
import type { RoleService } from './app/roles.ts';
import { systemClock, watchEventLoop } from './clock.ts';
import type { Config } from './config.ts';
import { createSafeDoor } from './notify/safeDoor.ts';
import { createMetricsBook } from './observe/metricsBook.ts';
import type { Log } from './ports/log.ts';
import type { MetricsBook } from './ports/metrics.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import { connect, type Database } from './store/connection.ts';
import { openDataDir } from './store/dataDir.ts';
import type { RoleUrls } from './store/roles.ts';
import { createDeps } from './wiring/createDeps.ts';
import { createServices } from './wiring/createServices.ts';
import { budgetsOf } from './wiring/createSettings.ts';
import { openDatabase, prepareSchema, STATEMENT_TIMEOUT_MS } from './wiring/openDatabase.ts';
import { openSecrets } from './wiring/openSecrets.ts';

/** An opened installation: its database is up, migrated and stamped, its sources are ready to be asked. */
export interface Installation {
  readonly config: Config;
  readonly deps: AppDeps;
  readonly db: Database;
  readonly urls: RoleUrls;
  readonly replay: Replay | undefined;
  /** Resolves with the reason when the embedded PostgreSQL ends without having been told to. */
  readonly databaseEnded: Promise<string>;
  /** A worker of this process; it is not started. */
  readonly worker: Service;
  /** What numbers events for the readers of their log; it is not started. */
  readonly publisher: Service;
  /** What decides about due jobs in this process; it is not started. */
  readonly scheduler: Scheduler;
  /** Everything that runs for long, worker and scheduler included, by the roles of processes; none is started. */
  readonly services: readonly RoleService[];
  /** The numbers of this process. */
  readonly metrics: MetricsBook;
  close(): Promise<void>;
}

/**
 * Opens the installation of a configuration: directory lock, embedded PostgreSQL or DATABASE_URL,
 * migrations, stamp, sources. What was opened is closed again if a later step fails.
 */
export async function openInstallation(config: Config, log: Log): Promise<Installation> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
    closers.length = 0;
  };
  try {
    const dataDir = await openDataDir(config.dataDir);
    closers.push(() => dataDir.release());
    const databaseEnded = Promise.withResolvers<string>();
    const urls = await openDatabase(config, dataDir, log, closers, databaseEnded.resolve);
    await prepareSchema(urls, config);
    const db = await connect({
      url: urls.runtime,
      max: 12,
      applicationName: 'tapekeeper',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    closers.push(() => db.close());
    const world = await replayedWorld(config);
    const replay = world && !config.ownUpstreams ? await startReplay({ world }) : undefined;
    if (replay) closers.push(() => replay.stop());
    const opened = await openSecrets(config, db, log, closers);
    const metrics = createMetricsBook(systemClock, { loop: watchEventLoop() });
    watchPool(metrics, db);
    const door = createSafeDoor({ clock: systemClock, privateHosts: config.notifyPrivateHosts });
    const deps = createDeps({ config, db, urls, log, replay, world, metrics, door, ...opened });
    closers.push(async () => {
      for (const source of deps.sources.values()) await source.close();
    });
    await deps.store.setBudgets(budgetsOf(config));
    const { worker, publisher, scheduler, all: services } = createServices({ config, deps, urls, door, log });
    for (const { service } of services) closers.push(() => service.stop());
    return {
      config,
      deps,
      db,
      urls,
      replay,
      databaseEnded: databaseEnded.promise,
      worker,
      publisher,
      scheduler,
      services,
      metrics,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function watchPool(metrics: MetricsBook, db: Database): void {
  const { most, used, waiting } = POOL_WORDS;
  metrics.watch('tapekeeper_pool_connections_max', most, () => db.pool().most);
  metrics.watch('tapekeeper_pool_connections_used', used, () => db.pool().used);
  metrics.watch('tapekeeper_pool_waiting', waiting, () => db.pool().waiting);
}

const POOL_WORDS = {
  most: 'Connections to the database that this process may have.',
  used: 'Connections that are at work.',
  waiting: 'Statements that wait for a connection.',
};

async function replayedWorld(config: Config): Promise<World | undefined> {
  if (config.mode !== 'replay' || config.ownUpstreams) return undefined;
  return openWorld(config.replayData ?? sampleFolder());
}
