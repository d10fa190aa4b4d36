import { scheduleOf, type RunState } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { LISTED_STATES } from '../../packages/server/src/http/documented/zquant/executions/statusWords.ts';
import type { JobPeople } from '../../packages/server/src/ports/pageStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { settle, usePlans } from '../support/plans.ts';

// Pages with totals cost what an index costs: no run is read but those of the page.

const RUNS = 20_000;
const GROWING = ['run', 'shard', 'item', 'attempt', 'step', 'run_attempt', 'job_change', 'fire'];
const PAGE = { from: null, until: null, skip: 0, limit: 20 };

let total = 0;
let people: readonly JobPeople[] = [];
const plans = usePlans('zquant_pages', async ({ owner, db, step, at }) => {
  const store = createStore(db);
  const definition = { ...syncJob(), schedule: scheduleOf({ kind: 'manual' }) };
  const { id } = await createStore(owner).createJob(
    { key: 'busy', definition, state: 'enabled', author: 'tests' },
    () => null,
  );
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (type, wish, dataset, cause, state, job_id, created_at, started_at, finished_at)
    -- as wide as runs are: on a few narrow pages an index has no advantage
    SELECT 'sync', jsonb_build_object('of', repeat(md5(n::text), 20)), (ARRAY['daily_bars', 'adj_factors', 'daily_basics'])[1 + n % 3], 'person',
      CASE WHEN n % 500 = 0 THEN 'cancelled' WHEN n % 20 = 0 THEN 'failed' ELSE 'success' END,
      CASE WHEN n % 2 = 0 THEN ${id}::bigint END, at, at, at
    FROM (SELECT n, now() - (${RUNS}::int - n) * interval '1 minute' AS at FROM generate_series(1, ${RUNS}::int) AS n) AS new`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, action, state, version, author)
    SELECT ${id}, 'triggered', 'enabled', 1, 'a script' FROM generate_series(1, 3000)`);
  await settle(owner, 'tapekeeper.run');
  await owner.rows(sql`VACUUM (ANALYZE) tapekeeper.job_change`);
  ({ total } = await at('a page of a job', () =>
    store.jobRunPage({ ...PAGE, jobId: id, states: LISTED_STATES }),
  ));
  step('a page of a state that is rare, deep down');
  await store.jobRunPage({ ...PAGE, jobId: id, states: ['cancelled'], skip: 20 });
  step('a page of a time long gone');
  await store.jobRunPage({ ...PAGE, jobId: id, states: LISTED_STATES, until: Date.UTC(2001, 0, 1) });
  step('a page of data sets');
  const states: readonly RunState[] = ['success', 'failed'];
  await store.datasetRunPage({ ...PAGE, datasets: ['daily_bars', 'adj_factors'], states, oldestFirst: true });
  step('open runs');
  await store.openRuns(id);
  await store.openRuns(null);
  step('people of jobs');
  people = await store.jobPeople([id], LISTED_STATES);
});

it('tells who has changed a job, however often it was triggered since', () => {
  expect(people).toMatchObject([{ createdBy: 'tests', updatedBy: 'tests' }]);
});

it('counts exactly', () => {
  expect(total).toBe(RUNS / 2);
});

it('reads no table that grows from one end to the other', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('counts in an index alone, and reads no more runs than the page has', () => {
  const counted = plans.reads.filter(({ how }) => how === 'Index Only Scan');
  expect(counted.length).toBeGreaterThan(0);
  const others = plans.longReads(GROWING, 100).filter(({ how }) => how !== 'Index Only Scan');
  expect(others).toEqual([]);
});
