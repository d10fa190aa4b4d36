import { expect, it } from 'vitest';
import { TASK_KINDS } from '../../packages/server/src/http/documented/stockQuote/collection/collectionJobs.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { fillHistory } from '../support/history.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { usePlans } from '../support/plans.ts';

// Lists of tasks must not walk through their history, nor through that of others.

const RUNS = 5_000;
const PAGE = 100;
/** Of one run in this history. */
const ITEMS = 3;

const KEYS = TASK_KINDS.map(({ key }) => key);

/** Gives two thirds of the runs to the jobs of tasks: thousands to each. */
async function fillTasks(owner: Database): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition)
    SELECT key, ${JSON.stringify(syncJob())}::jsonb FROM unnest(${KEYS}::text[]) AS key`);
  await owner.rows(sql`
    UPDATE tapekeeper.run SET job_id = job.id
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM tapekeeper.job WHERE key = ANY(${KEYS}::text[])) AS job
    WHERE run.id % 7 = job.place`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
}

const found: number[] = [];

const plans = usePlans('task_plans', async ({ owner, db, at }) => {
  await fillHistory(owner, { runs: RUNS, itemsARun: ITEMS });
  await fillTasks(owner);
  const store = createStore(db);
  const page = await at('tasks', () => store.runsOfJobs(KEYS, PAGE));
  const losses = await at('losses', () =>
    store.lossesOf(
      page.map(({ id }) => id),
      200,
    ),
  );
  found.push(page.length, losses.length);
});

const GROWING = ['run', 'shard', 'item', 'attempt', 'fire'];

it('scans no table that grows with history', () => {
  expect([found[0], plans.tables().has('item')]).toEqual([PAGE, true]);
  expect(found[1]).toBeGreaterThan(0);
  // a partition without rows has nothing to be found by
  expect(plans.wholeReads(GROWING).filter(({ rowsRead }) => rowsRead > 0)).toEqual([]);
});

it('reads a page of the runs of each job, and the items of the runs of the page', () => {
  expect(plans.longReads(['run'], KEYS.length * PAGE)).toEqual([]);
  expect(plans.longReads(['shard', 'item', 'attempt'], PAGE * ITEMS * 2)).toEqual([]);
});
