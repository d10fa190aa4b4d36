import { expect, it } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { settle, usePlans } from '../support/plans.ts';

// Lists by page number over many runs: pages and totals come out of an index, and no page reads what it does not show.

const RUNS = 20_000;
const JOBS = 20;
/** One run in so many was begun by hand. */
const BY_HAND = 400;

async function fill(owner: Database): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition)
    SELECT 'job ' || n, ${JSON.stringify(syncJob())}::jsonb FROM generate_series(1, ${JOBS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
    SELECT 1 + n % ${JOBS}::int, at, at, 'ran', 'on_time'
    FROM generate_series(1, ${RUNS}::int) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS due`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, wish, params, cause, job_id, fire_id, state, created_at, started_at, finished_at)
    SELECT 'sync', 'daily_bars', '{"dataset": "daily_bars"}',
      '{"from": "2024-01-02", "to": "2024-01-02", "symbols": null, "sources": ["tushare", "akshare", "baostock"], "force": false}',
      CASE WHEN n % ${BY_HAND}::int = 0 THEN 'person' ELSE 'fire' END, 1 + n % ${JOBS}::int,
      CASE WHEN n % ${BY_HAND}::int <> 0 THEN n END,
      CASE WHEN n % 1000 < 900 THEN 'success' WHEN n % 1000 < 950 THEN 'success_with_errors'
           WHEN n % 1000 < 985 THEN 'failed' ELSE 'missed' END, at, at, at + interval '2 seconds'
    FROM generate_series(1, ${RUNS}::int) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS due`);
  await fillDetails(owner);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, action, state, version, author)
    SELECT 1 + n % ${JOBS}::int, 'triggered', 'enabled', 1, 'tests' FROM generate_series(1, 5000) AS n`);
  // the sums have every run: none waits to be added up
  await owner.rows(sql`TRUNCATE tapekeeper.run_ended`);
  await owner.rows(sql`VACUUM ANALYZE`);
  await settle(owner, 'tapekeeper.run');
}

/** Every run has failed in each of the ways in which runs fail. */
async function fillDetails(owner: Database): Promise<void> {
  for (let at = 0; at <= RUNS; at += 10_000)
    await owner.rows(sql`SELECT tapekeeper.ensure_run_partitions(${at + 10_000})`);
  const each = sql`generate_series(1, ${RUNS}::int) AS n`;
  await owner.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, state, attempts, error_code, finished_at)
    SELECT n, 1, 1, 'tushare', 'day', '2024-01-02', '2024-01-02', 'failed', 1, 'transport', now() FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.attempt (run_id, item_no, no, source, worker_id, started_at, ended_at, error_code, error_message)
    SELECT n, 1, 1, 'tushare', 1, now(), now(), 'transport', 'no answer' FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_attempt (run_id, no, started_at, ended_at, error)
    SELECT n, 1, now(), now(), '{"code": "transport", "message": "no answer"}' FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_log (run_id, stream, line) SELECT n, 'err', 'no answer' FROM ${each}`);
}

const ALL = { jobIds: null, states: null, byHand: null } as const;
const GOOD = ['success', 'success_with_errors'] as const;
const BAD = ['failed', 'cancelled'] as const;
const FILTERS = {
  all: ALL,
  'of two states': { ...ALL, states: GOOD },
  'of rare states': { ...ALL, states: BAD },
  'open, none': { ...ALL, states: ['pending', 'running', 'paused'] },
  'of a job': { ...ALL, jobIds: [1] },
  'of a job and states': { ...ALL, jobIds: [1], states: BAD },
  'of two jobs and states': { ...ALL, jobIds: [1, 2], states: GOOD },
  'by hand': { ...ALL, byHand: true },
  'by hand, of a job': { ...ALL, jobIds: [1], byHand: true },
  'by hand, of rare states': { ...ALL, states: BAD, byHand: true },
  'not by hand': { ...ALL, byHand: false },
  'not by hand, of a job and states': { ...ALL, jobIds: [1], states: BAD, byHand: false },
} as const;

const plans = usePlans('scheduler_plans', async ({ owner, db, at }) => {
  await fill(owner);
  const store = createStore(db);
  for (const [name, filter] of Object.entries(FILTERS)) {
    const ids = await at(`page, ${name}`, () => store.executionIds({ ...filter, offset: 50, limit: 50 }));
    await at(`total, ${name}`, () => store.executionCount(filter));
    await at('shown', () => store.runsById(ids));
    await at('shown', () => store.executionTraces(ids));
  }
  await at('deep page', () => store.executionIds({ ...ALL, offset: 15_000, limit: 50 }));
  await at('sums', () => store.executionSums([1]));
  await at('history', () => store.jobActions({ jobIds: null, offset: 50, limit: 50 }));
  await at('history', () => store.jobActions({ jobIds: [1], offset: 50, limit: 50 }));
});

it('read no table as a whole, whatever is asked for', () => {
  expect(plans.wholeReads(['run', 'item', 'attempt', 'run_log', 'run_attempt', 'job_change'])).toEqual([]);
});

it('count in an index alone, or among the runs that people have begun', () => {
  const counted = plans.reads.filter(({ step, table }) => step.startsWith('total') && table === 'run');
  const others = counted.filter(
    ({ how, rowsRead }) => how !== 'Index Only Scan' && rowsRead > RUNS / BY_HAND,
  );
  expect(counted.length).toBeGreaterThan(0);
  expect(others).toEqual([]);
});

it('find a page without the runs behind it', () => {
  const long = plans.longReads(['run'], 500).filter(({ step }) => !step.startsWith('total'));
  expect(long.map(({ step, how }) => [step, how])).toEqual([['deep page', 'Index Only Scan']]);
});

it('read only what is shown of what runs have left', () => {
  expect(plans.longReads(['shard', 'item', 'attempt', 'run_log', 'run_attempt', 'job_change'], 500)).toEqual(
    [],
  );
});
