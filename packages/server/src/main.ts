import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { shanghaiInstant, type Instant, type PlainDay } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Replay, type World } from '@tapekeeper/replay';
import { runMigrations } from 'graphile-worker';
import { callsInFlight } from './app/callsInFlight.ts';
import type { AppDeps, AppSettings } from './app/deps.ts';
import { createEvaluator } from './app/alerts/evaluator.ts';
import { createEventPublisher } from './app/eventPublisher.ts';
import { loadCalendar } from './app/market.ts';
import { createDeadman } from './app/notify/deadman.ts';
import { createDelivery } from './app/notify/deliverNotices.ts';
import { createLiveSecret } from './app/secrets/liveSecret.ts';
import { secretForms } from './app/secrets/secretForms.ts';
import { TUSHARE_SECRET } from './app/secrets/secrets.ts';
import { ROLES, type RoleService } from './app/roles.ts';
import { withLeftoverWatch } from './app/tasks/leftoverWatch.ts';
import { createFolding } from './app/statistics/folding.ts';
import type { TaskTools } from './app/tasks/taskTools.ts';
import { systemClock, watchEventLoop } from './clock.ts';
import { createCommandRunner } from './command/commandRunner.ts';
import { secretMask } from './command/secretMask.ts';
import { environment, type Config } from './config.ts';
import { cronReader } from './cron/cronReader.ts';
import { cronWords } from './cron/cronWords.ts';
import { createGraphileEngine } from './engine/graphileEngine.ts';
import { createExportFolder } from './export/exportFolder.ts';
import { createMetricsBook } from './observe/metricsBook.ts';
import { meterSource } from './observe/meterSource.ts';
import { scopeEngine } from './observe/scopeEngine.ts';
import { meterStore } from './observe/meterStore.ts';
import { createNotifiers } from './notify/notifiers.ts';
import { createSafeDoor, type SafeDoor } from './notify/safeDoor.ts';
import type { Log } from './ports/log.ts';
import type { ProofLives } from './ports/proofs.ts';
import type { MetricsBook } from './ports/metrics.ts';
import type { SecretBox } from './ports/secretStore.ts';
import type { BudgetRule } from './ports/sourceStore.ts';
import { createProofs } from './proofs/createProofs.ts';
import { createScheduler, type Scheduler } from './scheduler/scheduler.ts';
import { AKSHARE_HOSTS } from './sources/akshare/hosts.ts';
import { createSources } from './sources/createSources.ts';
import { TUSHARE_INTERFACES } from './sources/tushare/apis.ts';
import { createBackupFolder } from './store/backup/backupFolder.ts';
import { connect, withTimeouts, type Database } from './store/connection.ts';
import { freeMegabytes, openDataDir } from './store/dataDir.ts';
import { startEmbedded } from './store/embedded/startEmbedded.ts';
import { heartsOver } from './store/heart.ts';
import { stampInstallation } from './store/installation.ts';
import { migrate } from './store/migrate.ts';
import { externalRoles, grantReader, type RoleUrls } from './store/roles.ts';
import { openKeyFile } from './store/secretKey.ts';
import { createSecretBox } from './store/secrets.ts';
import { SECRET_TABLES } from './store/secretTables.ts';
import { createStore } from './store/store.ts';
import type { Service } from './app/loop.ts';
import { PRODUCT_VERSION } from './upkeep/productVersion.ts';
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
    const opened = await openSecrets(config, db, log, closers);
    const metrics = createMetricsBook(systemClock, { loop: watchEventLoop() });
    watchPool(metrics, db);
    const door = createSafeDoor({ clock: systemClock, privateHosts: config.notifyPrivateHosts });
    const deps = createDeps({ config, db, urls, log, replay, world, metrics, door, ...opened });
    closers.push(async () => {
      for (const source of deps.sources.values()) await source.close();
    });
    await deps.store.setBudgets(budgetsOf(config));
    const bareEngine = createGraphileEngine({
      connectionString: withTimeouts(urls.runtime, STATEMENT_TIMEOUT_MS),
      concurrency: config.concurrency,
      pollMs: 1000,
      clock: systemClock,
      log,
    });
    const engine = scopeEngine(bareEngine, log);
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
      stopGraceMs: config.stopGraceMs,
    });
    const worker = withLeftoverWatch(working, deps, config.rescueMs);
    const publisher = createEventPublisher(deps);
    closers.push(() => publisher.stop());
    closers.push(() => worker.stop());
    const folding = createFolding(deps);
    const scheduler = createScheduler({ deps, node, pid: process.pid, newBoot: randomUUID });
    const evaluator = createEvaluator({ deps });
    closers.push(() => evaluator.stop());
    const delivery = createDelivery({ deps });
    closers.push(() => delivery.stop());
    const deadman = deadmanOf(config, deps, door, scheduler);
    closers.push(() => deadman.stop());
    // a service of its own: built above, its stop pushed to the closers, a line here
    const services: readonly RoleService[] = [
      { name: 'publisher', roles: ROLES, service: publisher },
      { name: 'worker', roles: ['worker'], service: worker },
      { name: 'scheduler', roles: ['scheduler'], service: scheduler },
      { name: 'statistics', roles: ['scheduler', 'worker'], service: folding },
      { name: 'alerts', roles: ['scheduler'], service: evaluator },
      { name: 'delivery', roles: ['scheduler', 'worker'], service: delivery },
      { name: 'deadman', roles: ['scheduler'], service: deadman },
    ];
    closers.push(() => scheduler.stop());
    closers.push(() => folding.stop());
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

/** Without an address there is nobody to tell. Its address is as good as a password. */
function deadmanOf(config: Config, deps: AppDeps, door: SafeDoor, scheduler: Scheduler): Service {
  const { deadmanUrl: url } = config;
  if (url === null) return { start: async () => {}, stop: async () => {} };
  for (const form of secretForms(url)) deps.log.hide?.(form);
  door.check(url);
  return createDeadman({
    deps,
    lastTurnAt: () => scheduler.lastTurnAt,
    ping: async (signal) => {
      const { status } = await door.call({ channel: 'dead man switch', url, method: 'GET', signal });
      if (status >= 300) deps.log.warn({ status }, 'whoever watches over this installation does not take it');
    },
  });
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
      await grantReader(owner, decodeURIComponent(new URL(urls.reader).username), SECRET_TABLES);
  } finally {
    await owner.close();
  }
}

interface OpenedSecrets {
  readonly secrets: SecretBox;
  /** Every text that this process has come to know as a secret. */
  readonly hidden: ReadonlySet<string>;
  readonly tushareToken: () => string | undefined;
}

/** The box of secrets, which the log masks from the moment that they are read; the token of Tushare is followed. */
async function openSecrets(
  config: Config,
  db: Database,
  log: Log,
  closers: (() => Promise<void>)[],
): Promise<OpenedSecrets> {
  const own = config.secretKeyFile === null;
  const keyFile = await openKeyFile(config.secretKeyFile ?? join(config.dataDir, 'secret-key'), {
    make: own,
  });
  const hidden = new Set<string>();
  const noteSecret = (text: string): void => {
    for (const form of secretForms(text)) {
      hidden.add(form);
      log.hide?.(form);
    }
  };
  const secrets = createSecretBox({
    db,
    keyFile,
    noteSecret,
    changed: async (name) => {
      if (name === TUSHARE_SECRET) await token.refresh();
    },
  });
  const token = createLiveSecret({ secrets, name: TUSHARE_SECRET, clock: systemClock, log });
  if (config.mode === 'replay') return { secrets, hidden, tushareToken: () => 'replay-token' };
  await token.refresh();
  await token.start();
  closers.push(() => token.stop());
  return { secrets, hidden, tushareToken: () => token.read() ?? config.tushareToken ?? undefined };
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
  metrics: MetricsBook;
  secrets: SecretBox;
  hidden: ReadonlySet<string>;
  tushareToken: () => string | undefined;
  door: SafeDoor;
}): AppDeps {
  const { config, db, urls, log, replay, world, metrics, secrets, hidden, tushareToken, door } = parts;
  const store = meterStore(createStore(db), metrics);
  const openDays = async (from: PlainDay, to: PlainDay) =>
    (await loadCalendar({ store })).tradingDays(from, to);
  const bare = createSources({
    clock: systemClock,
    tushareUrl: replay?.tushareUrl ?? config.tushareUrl,
    tushareToken,
    baostockUrl: replay?.baostockUrl ?? config.baostockUrl,
    akshareUrl: replay?.akshareUrl ?? config.akshareUrl,
    tradingDays: openDays,
  });
  const sources = new Map([...bare].map(([id, source]) => [id, meterSource(source, metrics)]));
  const marketDay = config.marketDay ?? world?.lastDay;
  const marketNow = (): Instant =>
    marketDay === undefined ? systemClock.now() : shanghaiInstant(marketDay, REPLAY_EVENING_MINUTES);
  return {
    store,
    sources,
    secrets,
    notifiers: createNotifiers({
      door,
      clock: systemClock,
      privateHosts: config.notifyPrivateHosts,
      pageUrl: config.pageUrl,
    }),
    proofs: createProofs({ secrets, clock: systemClock, lives: livesOf(config) }),
    clock: systemClock,
    marketNow,
    freeMegabytes: async () => (config.databaseUrl === null ? freeMegabytes(config.dataDir) : undefined),
    settings: settingsOf(config, tushareToken),
    readCron: cronReader,
    cronWords,
    tasks: toolsOf(config, urls, hidden),
    log,
  };
}

function livesOf({ sessionHours, accessTokenMinutes }: Config): ProofLives {
  return {
    sessionMs: sessionHours * 3_600_000,
    accessTokenMs: accessTokenMinutes * 60_000,
    refreshTokenMs: 7 * 24 * 3_600_000,
  };
}

function toolsOf(config: Config, urls: RoleUrls, hidden: ReadonlySet<string>): TaskTools {
  const mask = secretMask(() => [...secretsOf(config, urls), ...hidden]);
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
    backups: createBackupFolder({
      folder: config.backupDir === '' ? join(config.dataDir, 'backups') : config.backupDir,
      url: urls.runtime,
      productVersion: PRODUCT_VERSION,
      mode: config.mode,
      clock: systemClock,
    }),
    backupsKept: config.backupsKept,
    retention: {
      runs: config.keepRunsDays,
      details: config.keepDetailsDays,
      events: config.keepEventsDays,
      quarantine: config.keepQuarantineDays,
    },
    mask,
  };
}

/** What must turn up in no log of a run besides what the box holds: the token, the first admin's password, and those of the database. */
function secretsOf(config: Config, urls: RoleUrls): readonly string[] {
  const addresses = [config.databaseUrl, urls.owner, urls.runtime, urls.reader];
  const passwords = addresses
    .filter((address) => address != null && URL.canParse(address))
    .map((address) => decodeURIComponent(new URL(address as string).password));
  const given = [config.tushareToken, config.adminPassword].filter((secret) => secret !== null);
  return [...new Set([...given, ...passwords])];
}

function settingsOf(config: Config, tushareToken: () => string | undefined): AppSettings {
  return {
    // read anew each time, since a token may come or go while the program runs
    get sourcePriority() {
      return config.sources.filter((source) => source !== 'tushare' || tushareToken() !== undefined);
    },
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
