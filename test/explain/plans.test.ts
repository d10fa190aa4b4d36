import { expect, it } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { usePlans } from '../support/plans.ts';
import { syncJob } from '../support/jobDefinition.ts';

// What an explanation reads must not grow with history. TAPEKEEPER_PLAN_RUNS=1000000 has a million runs and
// fires behind it, which takes minutes to fill; fewer show the same plans.

const RUNS = Number(process.env['TAPEKEEPER_PLAN_RUNS'] ?? 20_000);
const FIRES = RUNS;
const JOBS = 100;
const ITEMS = 5_000;

/** Tables that grow; queue, groups, leases and jobs do not. */
const GROWING = ['worker', 'run', 'shard', 'item', 'attempt', 'fire', 'step', 'job_change', '_private_jobs'];

const plans = usePlans('explain_plans', async ({ owner, db, at }) => {
  const run = await fill(owner);
  const store = createStore(db);
  const now = Date.parse('2026-11-20T00:00:00Z');
  await at('run', () => store.run(run));
  await at('run, a task', () => store.run(run + 1));
  await at('runs', () => store.runs({ states: null, dataset: null, types: null, before: null, limit: 50 }));
  await at('workersFor', () => store.workersFor([1, 2]));
  await at('openShards', () => store.openShards(run));
  await at('recentPace', () => store.recentPace(run));
  await at('openChildren', () => store.openChildren(run));
  await at('turnOf', () => store.turnOf({ runId: run, jobId: 1, group: 'tushare', priority: 'normal' }));
  await at('otherRuns', () => store.otherRuns([1, 2, 3]));
  await at('leaseOf', () => store.leaseOf('baostock'));
  await at('databaseActivity', () => store.databaseActivity());
  await at('pastDurations of a job', () => store.pastDurations({ jobId: 1, dataset: null }));
  await at('pastDurations of a data set', () => store.pastDurations({ jobId: null, dataset: 'daily_bars' }));
  await at('firesWithin', () => store.firesWithin(1, now - 600_000, now));
  await at('fireBefore', () => store.fireBefore(1, now));
  await at('jobChangeAt', () => store.jobChangeAt(1, now));
});

it('reads every table that it speaks of', () => {
  const seen = plans.tables();
  expect(GROWING.filter((table) => !seen.has(table))).toEqual([]);
});

it('scans no table that grows', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more rows of a growing table than an explanation tells of', () => {
  expect(plans.longReads(GROWING, 1000)).toEqual([]);
});

async function fill(owner: Database): Promise<number> {
  await owner.rows(sql`SET synchronous_commit = off`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition)
    SELECT 'job-' || n, ${JSON.stringify(syncJob())}::jsonb FROM generate_series(1, ${JOBS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, at, action, state, version, author)
    SELECT 1 + n % ${JOBS}::int, timestamptz '2026-11-20' - n * interval '1 minute', 'triggered', 'enabled', 1, 'li'
    FROM generate_series(1, 20000) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.worker (node, boot, pid, started_at, stopped_at)
    SELECT 'node', gen_random_uuid(), n, now() - interval '1 day', now() FROM generate_series(1, 20000) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.worker (node, boot, pid, heartbeat_at) VALUES ('node', gen_random_uuid(), 1, now())`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
    SELECT 1 + n % ${JOBS}::int, at, at, CASE WHEN n % 3 = 0 THEN 'skipped' ELSE 'ran' END, 'on_time'
    FROM generate_series(1, ${FIRES}::int) AS n, LATERAL (SELECT timestamptz '2026-11-20' - n * interval '1 second' AS at) AS due`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (id, type, dataset, cause, state, job_id, fire_id, parent_run_id, concurrency_group, created_at, started_at, finished_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'sync', CASE WHEN n % 2 = 0 THEN 'daily_bars' ELSE 'adj_factors' END, 'fire',
      CASE WHEN n % 3 = 0 THEN 'skipped' ELSE 'success' END, 1 + n % ${JOBS}::int, n, CASE WHEN n % 50 = 0 THEN n - 1 END, 'tushare',
      at, CASE WHEN n % 3 > 0 THEN at END, at + interval '5 seconds'
    FROM generate_series(1, ${RUNS}::int) AS n, LATERAL (SELECT timestamptz '2026-11-20' - n * interval '1 second' AS at) AS due`);
  await owner.rows(sql`ALTER TABLE tapekeeper.run ALTER COLUMN id RESTART WITH ${sql.lit(RUNS + 1)}`);
  await owner.rows(sql`SELECT tapekeeper.ensure_run_partitions(${RUNS + 1000}::bigint)`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, open)
    SELECT n, 0, 'plan', false FROM generate_series(1, ${RUNS}::int) AS n`);
  const run = await openRuns(owner);
  await owner.rows(sql`VACUUM (ANALYZE)`);
  return run;
}

/** A sync at work, its shard with thousands of items, and a task with steps. */
async function openRuns(owner: Database): Promise<number> {
  const { id: run } = await owner.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, cause, state, job_id, concurrency_group, params, started_at)
    VALUES ('sync', 'daily_bars', 'person', 'running', 1, 'tushare', '{"from": "2024-01-02", "to": "2024-01-02", "symbols": null, "sources": ["tushare"], "force": false}', now())
    RETURNING id`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, cause, state, wish) VALUES ('example', NULL, 'person', 'running', '{}')`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, cause, state, job_id, waits_for_turn)
    SELECT 'sync', 'daily_bars', 'person', 'pending', 1, true FROM generate_series(1, 30)`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, source, worker_id, items_total, items_done)
    VALUES (${run}, 0, 'plan', NULL, NULL, 0, 0), (${run}, 1, 'fetch', 'tushare', 20001, ${ITEMS}, ${ITEMS / 2}),
           (${run + 1}, 0, 'task', NULL, 20001, 0, 0)`);
  await owner.rows(sql`
    SELECT graphile_worker.add_job('shard', json_build_object('runId', ${run}::bigint), job_key => 'shard:' || ${run}::bigint || ':1')`);
  // a queue in which others wait for later
  await owner.rows(sql`
    INSERT INTO graphile_worker._private_jobs (task_id, key, payload, max_attempts, run_at)
    SELECT task_id, 'filler:' || n, payload, 1, run_at + (n || ' seconds')::interval
    FROM graphile_worker._private_jobs, generate_series(1, 20000) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, instrument_id, state, attempts, counts, finished_at)
    SELECT ${run}, n, 1, 'tushare', 'symbol', '2024-01-02', '2024-01-02', n,
      CASE WHEN n <= ${ITEMS / 2}::int THEN 'done' WHEN n <= ${ITEMS / 2 + 2}::int THEN 'running' ELSE 'pending' END,
      CASE WHEN n <= ${ITEMS / 2 + 8}::int THEN 1 ELSE 0 END, '{"ok": 1}', CASE WHEN n <= ${ITEMS / 2}::int THEN now() END
    FROM generate_series(1, ${ITEMS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.attempt (run_id, item_no, no, source, worker_id, started_at, ended_at, error_code)
    SELECT ${run}, n, 1, 'tushare', 1, now(), now(), CASE WHEN n > ${ITEMS / 2}::int THEN 'not_ready' END
    FROM generate_series(1, ${ITEMS / 2 + 8}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.step (run_id, no, name, state) SELECT r, n, 'part', 'pending'
    FROM generate_series(${run + 1}::int, ${run + 200}::int) AS r, generate_series(1, 10) AS n`);
  return run;
}
