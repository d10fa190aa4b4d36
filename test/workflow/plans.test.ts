import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { claimFirst } from '../conformance/store/stand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { addWorker } from '../support/queue.ts';
import { addJob, endOf, exampleJob, nodeOf, startJob, workflowJob, workflowOf } from './jobs.ts';

// Cost must not grow with history: on some ten thousand rows the planner shows what it would do on millions.

const RUNS = 60_000;
const JOBS = 2_000;
/** Tables that grow with every run, and the jobs, of which there may be many as well. */
const GROWING = ['run', 'shard', 'job'];
/** Rows that a workflow of a few nodes has to do with. */
const FEW = 20;

let database: TestDatabase;
let owner: Database;
const reads: (Scan & { readonly step: string })[] = [];

beforeAll(async () => {
  database = await createDatabase('workflow_plans');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await fillWorkflows();
  await walk();
});

afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

/** Runs of workflows that have ended, each tenth one with nine nodes behind it, over jobs of a hundred groups. */
async function fillWorkflows(): Promise<void> {
  for (let at = 0; at <= RUNS; at += 10_000) {
    await owner.rows(sql`SELECT tapekeeper.ensure_run_partitions(${at + 10_000})`);
  }
  const definition = JSON.stringify(exampleJob());
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition, state)
    SELECT 'job-' || n, jsonb_set(${definition}::jsonb, '{policies,group}', to_jsonb('group-' || n % 100)), 'enabled'
    FROM generate_series(1, ${JOBS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (id, type, cause, state, job_id, concurrency_group, parent_run_id, node, finished_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'example', CASE n % 10 WHEN 0 THEN 'fire' ELSE 'workflow' END,
      (ARRAY['success', 'success', 'failed', 'skipped'])[1 + n % 4], 1 + n % ${JOBS}::int, 'group-' || n % 100,
      CASE WHEN n % 10 > 0 AND n > 10 THEN n - n % 10 END, CASE WHEN n % 10 > 0 AND n > 10 THEN 'n' || n % 10 END,
      tapekeeper.now()
    FROM generate_series(1, ${RUNS}::int) AS n`);
  await owner.rows(sql`ALTER TABLE tapekeeper.run ALTER COLUMN id RESTART WITH ${sql.lit(RUNS + 1)}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, open)
    SELECT n, 0, CASE n % 10 WHEN 0 THEN 'workflow' ELSE 'task' END, false FROM generate_series(1, ${RUNS}::int) AS n`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
}

/** A workflow from its first step to its last, with a node that is passed over and one that waits. */
async function walk(): Promise<void> {
  let step = '';
  const store = createStore(
    explaining(database.db, ({ scans }) => reads.push(...scans.map((scan) => ({ step, ...scan })))),
  );
  const a = await addJob(store, 'a', exampleJob({ group: 'group-1' }));
  const b = await addJob(store, 'b', exampleJob({ group: 'group-1' }));
  const jobId = await addJob(
    store,
    'whole',
    workflowJob(workflowOf([nodeOf('a', a), nodeOf('b', b), nodeOf('c', a)])),
  );
  const workerId = await addWorker(store);
  const id = await startJob(store, jobId);
  const claim = await claimFirst(store, id, 0, workerId);
  reads.length = 0;
  step = 'nodeRuns';
  await store.nodeRuns(id);
  step = 'advanceWorkflow';
  await store.advanceWorkflow(claim, {
    start: [
      { node: 'a', jobId: a },
      { node: 'b', jobId: b },
    ],
    skip: [{ node: 'c', jobId: a, reason: 'dependency_failed' }],
    seenEnded: 0,
  });
  step = 'the end of a node';
  const [, first] = await store.nodeRuns(id);
  await store.endTask(await claimFirst(store, first?.runId ?? 0, 0, workerId), endOf('success'));
}

it('reads runs, shards and jobs', () => {
  expect([...new Set(reads.map(({ table }) => table))]).toEqual(expect.arrayContaining(GROWING));
});

it('scans no table that grows with history', () => {
  expect(reads.filter(({ how, table }) => how === 'Seq Scan' && GROWING.includes(table))).toEqual([]);
});

it('reads no more of a growing table than a workflow has', () => {
  expect(reads.filter(({ table, rowsRead }) => GROWING.includes(table) && rowsRead > FEW)).toEqual([]);
});
