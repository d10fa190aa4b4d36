import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { shanghaiInstant, type Instant, type PlainDay } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Replay, type World } from '@tapekeeper/replay';
import { runMigrations } from 'graphile-worker';
import { callsInFlight } from './app/callsInFlight.ts';
import type { AppDeps, AppSettings } from './app/deps.ts';
import { loadCalendar } from './app/market.ts';
import { withLeftoverWatch } from './app/tasks/leftoverWatch.ts';
import type { TaskTools } from './app/tasks/taskTools.ts';
import { systemClock } from './clock.ts';
import { createCommandRunner } from './command/commandRunner.ts';
import { secretMask } from './command/secretMask.ts';
import { environment, type Config } from './config.ts';
import { cronReader } from './cron/cronReader.ts';
import { cronWords } from './cron/cronWords.ts';
import { createGraphileEngine } from './engine/graphileEngine.ts';
import { createExportFolder } from './export/exportFolder.ts';
import type { Log } from './ports/log.ts';
import type { BudgetRule } from './ports/sourceStore.ts';
import { createScheduler, type Scheduler } from './scheduler/scheduler.ts';
import { AKSHARE_HOSTS } from './sources/akshare/hosts.ts';
import { createSources } from './sources/createSources.ts';
import { TUSHARE_INTERFACES } from './sources/tushare/apis.ts';
import { connect, withTimeouts, type Database } from './store/connection.ts';
import { freeMegabytes, openDataDir } from './store/dataDir.ts';
import { startEmbedded } from './store/embedded/startEmbedded.ts';
import { heartsOver } from './store/heart.ts';
import { stampInstallation } from './store/installation.ts';
import { migrate } from './store/migrate.ts';
import { externalRoles, grantReader, type RoleUrls } from './store/roles.ts';
import { createStore } from './store/store.ts';
import type { Service } from './app/loop.ts';
import { createWorker } from './worker/worker.ts';

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
  /** What decides about due jobs in this process; it is not started. */
  readonly scheduler: Scheduler;
  close(): Promise<void>;
}

/** With the grace of the client, a database that fell silent is given up within twenty seconds. */
const STATEMENT_TIMEOUT_MS = 14_000;

/** Evening after the close, when every data set of the day is final. */
const REPLAY_EVENING_MINUTES = 20 * 60;

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
    const deps = createDeps({ config, db, urls, log, replay, world });
    closers.push(async () => {
      for (const source of deps.sources.values()) await source.close();
    });
    await deps.store.setBudgets(budgetsOf(config));
    const engine = createGraphileEngine({
      connectionString: withTimeouts(urls.runtime, STATEMENT_TIMEOUT_MS),
      concurrency: config.concurrency,
      pollMs: 1000,
      clock: systemClock,
      log,
    });
    const node = `${hostname()}:${config.dataDir}`;
    const working = createWorker({
      deps,
      engine,
      startHeart: heartsOver(urls.runtime, systemClock, () => ({
        slots: config.concurrency,
        calls: callsInFlight(deps).all(),
      })),
      node,
      pid: process.pid,
      newBoot: randomUUID,
      heartbeatMs: config.heartbeatMs,
      silentMs: config.silentMs,
      stallMs: 120_000,
      rescueEveryMs: config.rescueMs,
      publishEveryMs: 250,
      stopGraceMs: config.stopGraceMs,
    });
    const worker = withLeftoverWatch(working, deps, config.rescueMs);
    closers.push(() => worker.stop());
    const scheduler = createScheduler({ deps, node, pid: process.pid, newBoot: randomUUID });
    closers.push(() => scheduler.stop());
    return { config, deps, db, urls, replay, databaseEnded: databaseEnded.promise, worker, scheduler, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDatabase(
  config: Config,
  dataDir: Awaited<ReturnType<typeof openDataDir>>,
  log: Log,
  closers: (() => Promise<void>)[],
  onEnd: (reason: string) => void,
): Promise<RoleUrls> {
  if (config.databaseUrl !== null) return externalRoles(config.databaseUrl);
  const runtimeRoot = join(config.dataDir, '..', 'tapekeeper-runtime');
  const server = await startEmbedded({ dataDir, runtimeRoot, clock: systemClock, log });
  closers.push(() => server.stop());
  server.onExit((reason) => {
    log.error({ reason }, 'the embedded PostgreSQL has ended by itself');
    onEnd(reason);
  });
  return server.urls;
}

async function prepareSchema(urls: RoleUrls, config: Config): Promise<void> {
  const owner = await connect({
    url: urls.owner,
    max: 2,
    applicationName: 'tapekeeper migrate',
    statementTimeoutMs: 0,
  });
  try {
    await migrate(owner);
    await stampInstallation(owner, config.mode);
    await runMigrations({ connectionString: urls.owner });
    if (urls.reader !== undefined)
      await grantReader(owner, decodeURIComponent(new URL(urls.reader).username));
  } finally {
    await owner.close();
  }
}

async function replayedWorld(config: Config): Promise<World | undefined> {
  if (config.mode !== 'replay' || config.ownUpstreams) return undefined;
  return openWorld(config.replayData ?? sampleFolder());
}

function createDeps(parts: {
  config: Config;
  db: Database;
  urls: RoleUrls;
  log: Log;
  replay: Replay | undefined;
  world: World | undefined;
}): AppDeps {
  const { config, db, urls, log, replay, world } = parts;
  const tushareToken = config.mode === 'replay' ? 'replay-token' : config.tushareToken;
  const store = createStore(db);
  const openDays = async (from: PlainDay, to: PlainDay) =>
    (await loadCalendar({ store })).tradingDays(from, to);
  const sources = createSources({
    clock: systemClock,
    tushareUrl: replay?.tushareUrl ?? config.tushareUrl,
    tushareToken: () => tushareToken ?? undefined,
    baostockUrl: replay?.baostockUrl ?? config.baostockUrl,
    akshareUrl: replay?.akshareUrl ?? config.akshareUrl,
    tradingDays: openDays,
  });
  const marketDay = config.marketDay ?? world?.lastDay;
  const marketNow = (): Instant =>
    marketDay === undefined ? systemClock.now() : shanghaiInstant(marketDay, REPLAY_EVENING_MINUTES);
  return {
    store,
    sources,
    clock: systemClock,
    marketNow,
    freeMegabytes: async () => (config.databaseUrl === null ? freeMegabytes(config.dataDir) : undefined),
    settings: settingsOf(config, tushareToken !== null),
    readCron: cronReader,
    cronWords,
    tasks: toolsOf(config, urls),
    log,
  };
}

function toolsOf(config: Config, urls: RoleUrls): TaskTools {
  const mask = secretMask(() => secretsOf(config, urls));
  return {
    commands: createCommandRunner({
      programs: config.commands,
      workDir: join(config.dataDir, 'work'),
      roots: config.commandDirs,
      path: environment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      url: config.port === 0 ? null : `http://127.0.0.1:${config.port}`,
      mask,
      clock: systemClock,
    }),
    exporter: createExportFolder(join(config.dataDir, 'exports')),
    exportsKept: config.exportsKept,
    retention: {
      runs: config.keepRunsDays,
      details: config.keepDetailsDays,
      events: config.keepEventsDays,
      quarantine: config.keepQuarantineDays,
    },
    mask,
  };
}

/** What must turn up in no log of a run: the token, and the passwords of the database. */
function secretsOf(config: Config, urls: RoleUrls): readonly string[] {
  const addresses = [config.databaseUrl, urls.owner, urls.runtime, urls.reader];
  const passwords = addresses
    .filter((address) => address != null && URL.canParse(address))
    .map((address) => decodeURIComponent(new URL(address as string).password));
  return [...new Set([...(config.tushareToken === null ? [] : [config.tushareToken]), ...passwords])];
}

function settingsOf(config: Config, hasTushareToken: boolean): AppSettings {
  return {
    sourcePriority: config.sources.filter((source) => source !== 'tushare' || hasTushareToken),
    historyFrom: config.historyFrom,
    snapshotMaxAgeHours: 12,
    fallbackCallCap: config.fallbackCalls,
    itemAttempts: 3,
    backoffMs: 1000,
    readyTries: 6,
    readyRetryMs: 600_000,
    dispatchBudgetMs: 30_000,
    commitRows: 8000,
    maxShards: 2,
    budgets: config.mode === 'live',
    leaseRetryMs: 3000,
    minFreeMegabytes: config.minFreeMegabytes,
  };
}

/** Every interface of Tushare has a minute of its own; the other hosts count all calls together. */
function budgetsOf(config: Config): readonly BudgetRule[] {
  const tushareHost = new URL(config.tushareUrl).host;
  const baostockHost = config.baostockUrl.slice('tcp://'.length);
  return [
    ...TUSHARE_INTERFACES.map((api) => ({
      host: tushareHost,
      api,
      windowSeconds: 60,
      capacity: config.tusharePerMinute,
    })),
    { host: baostockHost, api: '*', windowSeconds: 60, capacity: config.baostockPerMinute },
    ...AKSHARE_HOSTS.flatMap(({ host, budgets }) => budgets.map((budget) => ({ host, ...budget }))),
  ];
}
