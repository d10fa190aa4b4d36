import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { fillHistory } from '../support/history.ts';
import { USUAL_DAYS } from '../support/taskTools.ts';
import { createTaskStand, type TaskStand } from './taskStand.ts';

// A run every half hour: those of 400 days are 19,200, those of 90 days 4,320.
const RUNS = 21_000;
const MINUTES_APART = 30;
const OLD_RUNS = RUNS - (400 * 24 * 60) / MINUTES_APART;
const OLD_DETAILS = RUNS - (90 * 24 * 60) / MINUTES_APART;

let database: TestDatabase;
let owner: Database;
let stand: TaskStand;

beforeAll(async () => {
  database = await createDatabase('retention');
  owner = await connect({
    url: database.ownerUrl,
    max: 2,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await fillHistory(owner, { runs: RUNS, itemsARun: 1 });
  const ago = (n: string) =>
    sql`tapekeeper.now() - (${RUNS}::int - ${sql.ref(n)}) * make_interval(mins => ${MINUTES_APART})`;
  await owner.rows(sql`UPDATE tapekeeper.run SET created_at = ${ago('id')}`);
  await owner.rows(sql`UPDATE tapekeeper.event SET at = ${ago('seq')}`);
  // 1,050 fires of each of 20 jobs; those of the oldest runs name the oldest ones
  await owner.rows(
    sql`UPDATE tapekeeper.fire SET decided_at = ${ago('id')}, scheduled_for = ${ago('id')}, until = ${ago('id')}`,
  );
  await owner.rows(sql`UPDATE tapekeeper.run r SET fire_id = f.id FROM tapekeeper.fire f WHERE f.id = r.id`);
  await owner.rows(sql`UPDATE tapekeeper.quarantine SET at = ${ago('id')}`);
  await owner.rows(
    sql`UPDATE tapekeeper.job SET last_fire_id = 1 WHERE id = (SELECT min(id) FROM tapekeeper.job)`,
  );
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_log (run_id, stream, line)
    SELECT id, 'info', 'x' FROM tapekeeper.run WHERE id % 100 = 0`);
  stand = await createTaskStand(database.db);
});
afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

const partitions = async (): Promise<readonly string[]> =>
  (
    await owner.rows<{ name: string }>(sql`
      SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'tapekeeper.item'::regclass ORDER BY 1`)
  ).map(({ name }) => name);
const count = async (table: string, where = sql`true`): Promise<number> =>
  (await owner.one<{ n: number }>(sql`SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE ${where}`)).n;

/** Makes a run what no worker could make of it. */
async function force(id: number, state: string): Promise<void> {
  await owner.transaction(async (tx) => {
    await tx.rows(sql`ALTER TABLE tapekeeper.run DISABLE TRIGGER run_state`);
    await tx.rows(sql`UPDATE tapekeeper.run SET state = ${state} WHERE id = ${id}`);
    await tx.rows(sql`ALTER TABLE tapekeeper.run ENABLE TRIGGER run_state`);
  });
}

describe('retention', () => {
  it('looks at no more than it has to, however long the history is', async () => {
    const reads: Scan[] = [];
    const store = createStore(explaining(database.db, ({ scans }) => reads.push(...scans)));
    const facts = await store.retentionFacts(USUAL_DAYS, 1000);
    expect(facts).toMatchObject({ runs: 1000, events: 1000, quarantined: 1000 });
    expect(facts.firstKeptRun).toBeGreaterThan(OLD_RUNS - 2);
    expect(facts.firstKeptRun).toBeLessThan(OLD_RUNS + 2);
    expect(facts.slices).toMatchObject([{ slice: 0 }]);
    expect(reads.filter(({ how, table }) => how === 'Seq Scan' && table === 'run')).toEqual([]);
    expect(Math.max(...reads.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(1000);
  });

  it('keeps everything behind a run that is still open, however old it is', async () => {
    await force(500, 'paused');
    const facts = await stand.deps.store.retentionFacts(USUAL_DAYS, 1000);
    expect(facts).toMatchObject({ firstDetailedRun: 500, firstKeptRun: 500, runs: 499, slices: [] });
    expect(await stand.deps.store.dropDetailSlice(0, USUAL_DAYS.details)).toBe(false);
    await force(500, 'success');
  });

  it('is told by the server again what is old: nobody can drop what is not', async () => {
    const { store } = stand.deps;
    for (const [slice, days] of [
      [1, 90],
      [2, 1],
      [0, 0],
      [-1, 90],
      [0, 500],
    ] as const)
      expect(await store.dropDetailSlice(slice, days)).toBe(false);
    expect(await partitions()).toContain('item_0');
  });

  it('waits for a reader of what is to go, but not long', async () => {
    await owner.transaction(async (tx) => {
      await tx.rows(sql`SELECT 1 FROM tapekeeper.item_0 LIMIT 1`);
      expect(await stand.deps.store.dropDetailSlice(0, USUAL_DAYS.details)).toBe(false);
    });
  });

  it('removes what is older than the settings keep it, and says what', async () => {
    const openEvents = await count('tapekeeper.event', sql`at < tapekeeper.now() - interval '7 days'`);
    const run = await stand.task('retention', {});
    expect(run).toMatchObject({
      state: 'success',
      result: { days: USUAL_DAYS, removed: { slices: 1, events: openEvents } },
    });
    expect(await stand.stepStates(run.id)).toEqual(Array.from({ length: 7 }, () => 'done'));

    expect(await partitions()).not.toContain('item_0');
    const { first } = await owner.one<{ first: number }>(
      sql`SELECT min(run_id) AS first FROM tapekeeper.item`,
    );
    expect(Math.abs(first - OLD_DETAILS)).toBeLessThan(3);
    expect(await count('tapekeeper.run_log', sql`run_id < ${first}`)).toBe(0);
    // every tenth run has a child, and the last old one may be the parent of one that stays
    const { oldest } = await owner.one<{ oldest: number }>(sql`SELECT min(id) AS oldest FROM tapekeeper.run`);
    expect(Math.abs(oldest - OLD_RUNS)).toBeLessThan(3);
    expect(await count('tapekeeper.shard', sql`run_id < ${oldest}`)).toBe(0);
    expect(await count('tapekeeper.event', sql`at < tapekeeper.now() - interval '7 days'`)).toBe(0);
    expect(await count('tapekeeper.quarantine', sql`state = 'held'`)).toBe(RUNS / 4);
    expect(
      await count(
        'tapekeeper.quarantine',
        sql`state <> 'held' AND at < tapekeeper.now() - interval '90 days'`,
      ),
    ).toBe(0);
  });

  it('keeps the fires of runs that are kept, and what a job names as its last', async () => {
    const { min, jobs } = await owner.one<{ min: number; jobs: number }>(sql`
      SELECT (SELECT min(id) FROM tapekeeper.fire WHERE id > 1) AS min,
        (SELECT count(*) FROM tapekeeper.fire WHERE id = 1)::int AS jobs`);
    expect(Math.abs(min - OLD_RUNS)).toBeLessThan(3);
    expect(jobs).toBe(1);
  });

  it('done again finds nothing more', async () => {
    const run = await stand.task('retention', {});
    expect(run).toMatchObject({
      state: 'success',
      result: { removed: { slices: 0, bytes: 0, details: 0, fires: 0 } },
    });
    // half an hour has not gone by, but an event may have grown old meanwhile
    expect(run.result).toMatchObject({ removed: { runs: 0, quarantined: 0 } });
  });

  it('leaves the rows that old runs have collected, with their numbers', async () => {
    expect(await count('tapekeeper.revision')).toBe(RUNS / 2);
    expect(await count('tapekeeper.row_flag', sql`run_id = 1`)).toBe(RUNS / 2);
  });
});
