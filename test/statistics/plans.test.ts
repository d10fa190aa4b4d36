import { afterAll, beforeAll, expect, it } from 'vitest';
import { daysOf, readWindow } from '../../packages/server/src/app/statistics/window.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { fillLongHistory } from '../../bench/rig/longHistory.ts';

/** Runs over four hundred days; a batch of the folder is a small part of them. */
const RUNS = 3_000;
const BATCH = 500;

let database: TestDatabase;
let owner: Database;
let store: Store;
const scans: Scan[] = [];

beforeAll(async () => {
  database = await createDatabase('statistics');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await fillLongHistory(owner, { runs: RUNS, symbolOutcomes: 0 });
  store = createStore(explaining(database.db, (seen) => scans.push(...seen.scans)));
});

afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

it('adds up runs that have just ended without looking at others', async () => {
  const rest = createStore(database.db);
  await rest.foldEndedRuns(RUNS - BATCH, (text) => text);
  await owner.rows(sql`VACUUM ANALYZE tapekeeper.run_ended`);
  scans.length = 0;
  expect(await store.foldEndedRuns(BATCH, (text) => text)).toBe(BATCH);
  // facts are read within a function, by the key of the run; the sums by their own key
  expect(scans.filter(({ table }) => ['run', 'shard', 'item', 'attempt'].includes(table))).toEqual([]);
  expect(Math.max(...scans.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(BATCH);
});

/** Sums by the hour of years before: on few rows the planner reads all of them, and rightly so. */
async function addOldHours(): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_rollup
    SELECT old.* FROM (SELECT DISTINCT ON (subject) * FROM tapekeeper.run_rollup WHERE scope = 'job' AND grain = 'hour') AS r
    CROSS JOIN generate_series(1, 600) AS h
    CROSS JOIN LATERAL jsonb_populate_record(NULL::tapekeeper.run_rollup,
      to_jsonb(r) || jsonb_build_object('starts_at', timestamptz '2019-01-01' + h * interval '1 hour')) AS old`);
}

it('answers every question from sums, of which it reads no more than the window has', async () => {
  await addOldHours();
  await owner.rows(sql`VACUUM ANALYZE`);
  scans.length = 0;
  const { now } = await store.statisticsState();
  for (const last of ['24h', '30d', '365d']) {
    const window = readWindow({ last }, now);
    await store.sumsOf('all', '', window.spans);
    await store.sumsOf('job', '7', window.spans);
    await store.trendOf('all', '', window);
    await store.workOf('dataset', window);
    for (const scope of ['job', 'source'] as const)
      await store.rankSubjects({ scope, spans: window.spans, by: 'running', after: null, limit: 50 });
  }
  const any = { kind: null, code: null, source: null, dataset: null, after: null };
  await store.errorGroups({ ...any, ...daysOf(readWindow({ last: '30d' }, now)), limit: 50 });
  const tables = new Set(scans.map(({ table }) => table));
  expect(tables.has('run_rollup')).toBe(true);
  for (const growing of ['run', 'shard', 'item', 'fire']) expect(tables.has(growing)).toBe(false);
  expect(scans.filter(({ how, table }) => how === 'Seq Scan' && table === 'run_rollup')).toEqual([]);
  // of fifty jobs over a year: its months, and the days and hours at its ends
  const most = Math.max(
    ...scans.filter(({ table }) => table === 'run_rollup').map(({ rowsRead }) => rowsRead),
  );
  expect(most).toBeLessThanOrEqual(50 * (13 + 2 * (30 + 23)));
});

it('runs end without waiting for each other or for who adds them up', async () => {
  await database.db.transaction(async (tx) => {
    await tx.rows(sql`INSERT INTO tapekeeper.run (type, cause, state) VALUES ('export', 'person', 'missed')`);
    // another one ends and is added up, while the first is not committed
    await database.db.rows(
      sql`INSERT INTO tapekeeper.run (type, cause, state) VALUES ('export', 'person', 'missed')`,
    );
    const plain = createStore(database.db);
    expect(await plain.foldEndedRuns(BATCH, (text) => text)).toBe(1);
    expect((await plain.statisticsState()).waiting).toBe(0);
  });
  expect((await store.statisticsState()).waiting).toBe(1);
});

it('runs of a type that is rare, or that there is none of, are found without going through the others', async () => {
  const page = { states: null, dataset: null, types: ['command'], before: null, limit: 50 } as const;
  scans.length = 0;
  expect(await store.runs(page)).toEqual([]);
  expect(await store.runs({ ...page, before: RUNS / 2 })).toEqual([]);
  expect(Math.max(0, ...scans.filter(({ table }) => table === 'run').map(({ rowsRead }) => rowsRead))).toBe(
    0,
  );
});
