import { shanghaiInstant, type Instant, type PlainDay } from '@tapekeeper/core';
import type { Replay, World } from '@tapekeeper/replay';
import type { AppDeps } from '../app/deps.ts';
import { loadCalendar } from '../app/market.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { cronReader } from '../cron/cronReader.ts';
import { cronWords } from '../cron/cronWords.ts';
import { createNotifiers } from '../notify/notifiers.ts';
import type { SafeDoor } from '../notify/safeDoor.ts';
import { meterSource } from '../observe/meterSource.ts';
import { meterStore } from '../observe/meterStore.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsBook } from '../ports/metrics.ts';
import type { ProofLives } from '../ports/proofs.ts';
import type { SecretBox } from '../ports/secretStore.ts';
import { createProofs } from '../proofs/createProofs.ts';
import { createSources } from '../sources/createSources.ts';
import type { Database } from '../store/connection.ts';
import { freeMegabytes } from '../store/dataDir.ts';
import type { RoleUrls } from '../store/roles.ts';
import { createStore } from '../store/store.ts';
import { settingsOf } from './createSettings.ts';
import { toolsOf } from './createTools.ts';

/** Evening after the close, when every data set of the day is final. */
const REPLAY_EVENING_MINUTES = 20 * 60;

interface DepsParts {
  readonly config: Config;
  readonly db: Database;
  readonly urls: RoleUrls;
  readonly log: Log;
  readonly replay: Replay | undefined;
  readonly world: World | undefined;
  readonly metrics: MetricsBook;
  readonly secrets: SecretBox;
  readonly hidden: ReadonlySet<string>;
  readonly tushareToken: () => string | undefined;
  readonly door: SafeDoor;
}

/** The use cases' view of the outside: store, sources, clock, tools. */
export function createDeps(parts: DepsParts): AppDeps {
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
