import { DAY_MS, plainDay, shanghaiInstant, type Instant } from '@tapekeeper/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { banningHost, type HiddenLimit } from '../../packages/core/src/budget/banningHost.ts';
import type { BudgetRule } from '../../packages/server/src/ports/sourceStore.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { hostFacts } from '../../packages/server/src/store/sources.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const HOST = 'api.test';
const START = shanghaiInstant(plainDay('2024-03-05'), 10 * 60);
const DAYS = 30;
const LEARNING_DAYS = 4;

let database: TestDatabase;
let owner: Database;

/** The time of budgets and breakers stands still unless a test moves it. */
beforeEach(async () => {
  database = await createDatabase('learning');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 20_000,
  });
  await owner.rows(sql`CREATE TABLE tapekeeper.test_clock (at timestamptz NOT NULL)`);
  await owner.rows(sql`INSERT INTO tapekeeper.test_clock VALUES (to_timestamp(${START}::float8 / 1000))`);
  await owner.rows(sql`
    CREATE OR REPLACE FUNCTION tapekeeper.source_now() RETURNS timestamptz LANGUAGE sql STABLE
      AS 'SELECT at FROM tapekeeper.test_clock'`);
});

afterEach(async () => {
  await owner?.close();
  await database?.drop();
});

interface Case {
  readonly limit: HiddenLimit;
  readonly configured: Omit<BudgetRule, 'host' | 'api'>;
  /** How long a day's work goes on from ten in the morning. */
  readonly workMs: number;
}

const HOUR_MS = 3_600_000;
const CASES: readonly (readonly [string, Case])[] = [
  [
    'minute',
    {
      limit: { windowSeconds: 60, calls: 5, banMs: HOUR_MS },
      configured: { windowSeconds: 60, capacity: 10 },
      workMs: 4 * 60_000,
    },
  ],
  [
    'hour',
    {
      limit: { windowSeconds: 3600, calls: 9, banMs: 3 * HOUR_MS },
      configured: { windowSeconds: 60, capacity: 3 },
      workMs: 2 * HOUR_MS,
    },
  ],
  [
    'day',
    {
      limit: { windowSeconds: 86_400, calls: 20, banMs: 20 * HOUR_MS },
      configured: { windowSeconds: 3600, capacity: 12 },
      workMs: 10 * HOUR_MS,
    },
  ],
];

it.each(CASES)(
  'the store learns what a host allows in any %s by two bans at most, and keeps it for thirty days',
  async (_, { limit, configured, workMs }) => {
    const { db } = database;
    const store = createStore(db);
    const host = banningHost(limit);
    await store.setBudgets([{ host: HOST, api: '*', ...configured }]);
    let lastBanAt: Instant = START;
    const served: Instant[] = [];
    let now: Instant = START;
    while (now < START + DAYS * DAY_MS) {
      await owner.rows(sql`UPDATE tapekeeper.test_clock SET at = to_timestamp(${now}::float8 / 1000)`);
      const permit = await store.takeCall(HOST, 'list');
      if (permit.kind === 'open') now = permit.until;
      if (permit.kind === 'wait') now += permit.waitMs;
      if (permit.kind === 'granted') {
        const bans = host.bans;
        if (host.call(now)) {
          served.push(now);
          await store.noteSuccess(HOST, [{ api: 'list', ms: 5 }]);
        } else {
          if (host.bans > bans) lastBanAt = now;
          await store.openBreaker(HOST, 'banned', HOUR_MS / 2);
        }
        now += 5;
      }
      const today = (now - START) % DAY_MS;
      if (today > workMs) now += DAY_MS - today;
    }
    expect(host.bans).toBeGreaterThan(0);
    expect(host.bans).toBeLessThanOrEqual(2);
    expect(lastBanAt).toBeLessThan(START + LEARNING_DAYS * DAY_MS);
    const { budgets } = await hostFacts(db, HOST);
    const learned = budgets.filter((budget) => budget.origin === 'learned');
    expect(learned.map((one) => one.windowSeconds)).toEqual([limit.windowSeconds]);
    expect(learned[0]?.capacity).toBeLessThanOrEqual(limit.calls);
    expect(learned[0]?.capacity).toBeGreaterThanOrEqual(Math.floor(0.8 * limit.calls));
    // what one day's work would be allowed at most, over the days after the learning
    const aDay = Math.ceil(workMs / (limit.windowSeconds * 1000)) * limit.calls;
    const late = served.filter((at) => at > START + 20 * DAY_MS).length / 10;
    expect(late).toBeGreaterThanOrEqual(
      0.8 * Math.min(aDay, (workMs / 1000 / limit.windowSeconds) * limit.calls),
    );
  },
  60_000,
);
