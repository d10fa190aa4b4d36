import {
  INCIDENT_TIMING,
  isoInstant,
  plainDay,
  shanghaiInstant,
  type CalendarDay,
  type Instant,
  type JobDefinition,
  type NoticeKind,
} from '@tapekeeper/core';
import { datasetReader } from '../../packages/server/src/app/alerts/datasetReader.ts';
import type { FactDeps } from '../../packages/server/src/app/alerts/gatherFacts.ts';
import { lookAtAlerts } from '../../packages/server/src/app/alerts/lookAtAlerts.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createAppStand } from '../support/appStand.ts';
import { emptyTables, LIST_TABLES } from '../support/cleanDatabase.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { generatedListings } from '../support/generatedListings.ts';
import { honestSources } from '../support/handSource.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { seedCoverage, seedLists } from '../support/seedMarket.ts';
import { takeOverClock, type DatabaseClock } from '../schedule/databaseClock.ts';

/** The day on which all of it takes place, and a complete market before it. */
export const DAY = plainDay('2024-01-10');
const FIRST_DAY = plainDay('2023-11-01');
const DAY_BEFORE = plainDay('2024-01-09');
export const LISTINGS = generatedListings(100);

/** A time of that day, or of later ones where the hours go past 24. */
export function at(hours: number, minutes = 0): Instant {
  return shanghaiInstant(DAY, hours * 60 + minutes);
}

/** A database in virtual time, whose alerts are looked at minute by minute. */
export interface AlertStand {
  readonly db: Database;
  readonly owner: Database;
  readonly deps: FactDeps & { freeMegabytes: () => Promise<number | undefined> };
  readonly clock: DatabaseClock;
  /** Free space of the disk from now on. */
  setFree(megabytes: number): void;
  /** Lets time go by up to an instant, with a look every so many minutes; schedulers and workers go on meanwhile. */
  lookUntil(until: Instant, everyMinutes?: number): Promise<void>;
  /** Time goes by and nobody looks. */
  sleepUntil(until: Instant): Promise<void>;
  /** What was told so far, in order. */
  told(): Promise<readonly { readonly kind: NoticeKind; readonly cause: string }[]>;
  addJob(key: string, definition?: JobDefinition): Promise<number>;
  addRun(job: number, run: RunOfStand): Promise<number>;
  openBreaker(host: string, openings: number, isBan?: boolean): Promise<void>;
  closeBreaker(host: string): Promise<void>;
  /** Marks the market of the day as collected, but for so many symbols. */
  collect(missing?: number): Promise<void>;
}

export interface RunOfStand {
  readonly state: 'success' | 'failed' | 'running' | 'success_with_errors';
  readonly at: Instant;
  readonly error?: { readonly code: string; readonly details?: object };
  readonly type?: 'sync' | 'example' | 'workflow' | 'command';
}

/** What is seeded once; a test changes nothing of it but the day. */
const KEPT = [
  'tapekeeper.test_clock',
  ...LIST_TABLES,
  'tapekeeper.coverage_day',
  'tapekeeper.coverage_range',
  'tapekeeper.coverage_exception',
];

/** One database for a whole file: `clean` empties it and sets the clock back. */
export async function openAlertDatabase(): Promise<{
  readonly database: TestDatabase;
  clean(): Promise<AlertStand>;
  close(): Promise<void>;
}> {
  const database = await createDatabase('alerts');
  const owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  const clock = await takeOverClock(database, at(17));
  await seedLists(owner, LISTINGS);
  // the built-in calendar ends where it was announced; here it goes on for long enough
  await announce(owner, [{ day: plainDay('2024-12-31'), isOpen: true }]);
  const seeded = { dataset: 'daily_bars', listings: LISTINGS, from: FIRST_DAY, to: DAY_BEFORE } as const;
  await seedCoverage(owner, { ...seeded, unfoldedDays: 20 });
  return {
    database,
    clean: async () => {
      await emptyTables(database.db, KEPT);
      await owner.rows(sql`DELETE FROM tapekeeper.coverage_day WHERE day >= ${DAY}`);
      await owner.rows(sql`DELETE FROM tapekeeper.coverage_exception WHERE day >= ${DAY}`);
      await clock.set(at(17));
      return createStand(database.db, owner, clock);
    },
    close: async () => {
      await owner.close();
      await database.drop();
    },
  };
}

async function createStand(db: Database, owner: Database, clock: DatabaseClock): Promise<AlertStand> {
  let free = 90_000;
  const { deps: app } = await createAppStand(db, {
    sources: Object.values(honestSources()),
    settings: { minFreeMegabytes: 500 },
    marketNow: () => clock.at,
  });
  const deps: AlertStand['deps'] = { ...app, freeMegabytes: async () => free };
  await owner.rows(
    sql`UPDATE tapekeeper.worker SET started_at = tapekeeper.now(), heartbeat_at = tapekeeper.now()`,
  );
  await owner.rows(sql`
    INSERT INTO tapekeeper.installation (mode, created_at) VALUES ('live', tapekeeper.now() - interval '100 days')`);
  await app.store.createChannel({
    name: 'everything',
    kind: 'webhook',
    settings: { url: 'http://127.0.0.1:9/' },
    language: 'en',
    leastSeverity: 'info',
    enabled: true,
  });
  const read = datasetReader(deps);
  const beat = (): Promise<unknown> =>
    db.rows(sql`UPDATE tapekeeper.worker SET heartbeat_at = tapekeeper.now()`);
  return {
    db,
    owner,
    deps,
    clock,
    setFree: (megabytes) => void (free = megabytes),
    async lookUntil(until, everyMinutes = 2) {
      while (clock.at < until) {
        await clock.set(Math.min(until, clock.at + everyMinutes * 60_000));
        await beat();
        await lookAtAlerts(deps, read, INCIDENT_TIMING);
      }
    },
    sleepUntil: (until) => clock.set(until),
    told: async () =>
      db.rows(sql`
        SELECT message->>'kind' AS kind, message->>'cause' AS cause FROM tapekeeper.notice ORDER BY id`),
    async addJob(
      key,
      definition = syncJob({ kind: 'cron', expression: '0 17 * * *', timezone: 'Asia/Shanghai' } as never),
    ) {
      const { id } = await db.one<{ id: number }>(sql`
        INSERT INTO tapekeeper.job (key, definition, state) VALUES (${key}, ${JSON.stringify(definition)}::jsonb, 'enabled')
        RETURNING id`);
      return id;
    },
    async addRun(job, { state, at: time, error, type = 'sync' }) {
      const ended = state === 'running' ? null : isoInstant(time);
      const { id } = await db.one<{ id: number }>(sql`
        INSERT INTO tapekeeper.run (type, dataset, wish, cause, state, job_id, created_at, started_at, finished_at, error)
        VALUES (${type}, ${type === 'sync' ? 'daily_bars' : null}, '{}', 'fire', ${state}, ${job}, ${isoInstant(time)}::timestamptz,
          ${isoInstant(time)}::timestamptz, ${ended}::timestamptz,
          ${error === undefined ? null : JSON.stringify({ message: '', details: {}, ...error })}::jsonb)
        RETURNING id`);
      return id;
    },
    async openBreaker(host, openings, isBan = false) {
      await db.rows(sql`
        INSERT INTO tapekeeper.host (host, failures, openings, open_until, ban_pause_ms, reason)
        VALUES (${host}, ${openings}, ${openings}, tapekeeper.now() + interval '30 minutes', ${isBan ? 1_800_000 : null}, 'no answer')
        ON CONFLICT (host) DO UPDATE SET openings = EXCLUDED.openings, ban_pause_ms = EXCLUDED.ban_pause_ms`);
    },
    async closeBreaker(host) {
      await db.rows(sql`DELETE FROM tapekeeper.host WHERE host = ${host}`);
    },
    async collect(missing = 0) {
      await owner.rows(
        sql`DELETE FROM tapekeeper.coverage_day WHERE dataset = 'daily_bars' AND day = ${DAY}`,
      );
      await owner.rows(
        sql`DELETE FROM tapekeeper.coverage_range WHERE dataset = 'daily_bars' AND to_day >= ${DAY}::date`,
      );
      await seedCoverage(owner, {
        dataset: 'daily_bars',
        listings: LISTINGS.slice(missing),
        from: DAY,
        to: DAY,
        unfoldedDays: 1,
      });
      await db.rows(sql`
        UPDATE tapekeeper.coverage_day SET at = tapekeeper.now() WHERE dataset = 'daily_bars' AND day = ${DAY}`);
    },
  };
}

/** Days of the calendar as somebody has just announced them. */
export async function announce(owner: Database, days: readonly CalendarDay[]): Promise<void> {
  for (const { day, isOpen } of days) {
    await owner.rows(sql`
      INSERT INTO market.trade_calendar (exchange, cal_date, is_open, source, run_id, known_at)
      VALUES ('XSHG', ${day}, ${isOpen}, 'tushare', 0, clock_timestamp()) ON CONFLICT DO NOTHING`);
  }
}
