import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { fireDueJobs } from '../../packages/server/src/app/schedule/fireDueJobs.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { quietLog } from '../support/quietLog.ts';
import { addDueJob, exampleJob } from './dueJob.ts';

// A million fires of ten thousand jobs: what a turn of a scheduler reads must not grow with either.

const JOBS = 10_000;
const FIRES_A_JOB = 100;
const RUNS = 20_000;
const DUE = 40;
/** Tables that grow with history or with the number of jobs. */
const GROWING = ['job', 'fire', 'run', 'shard', 'event', 'job_change'];

interface Read extends Scan {
  readonly step: string;
}

let database: TestDatabase;
const reads: Read[] = [];

beforeAll(async () => {
  database = await createDatabase('fireplans');
  const admin = await connect({
    url: database.adminUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 0,
  });
  await fill(admin);
  await admin.close();
  await walk();
}, 180_000);

afterAll(() => database?.drop());

/** Straight in SQL, its references unchecked. */
async function fill(admin: Database): Promise<void> {
  await admin.transaction(async (tx) => {
    await tx.rows(sql`SET LOCAL session_replication_role = replica`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.job (key, definition, state, next_scheduled_for, next_fire_at)
      SELECT 'job ' || n, ${JSON.stringify(exampleJob({ policies: { group: 'full' } }))}::jsonb, 'enabled', at, at
      FROM generate_series(1, ${JOBS}::int) AS n,
        LATERAL (SELECT now() + interval '1 day' + n * interval '1 second' AS at) AS due`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
      SELECT job.id, at, at, CASE WHEN n % 50 = 0 THEN 'missed' ELSE 'ran' END, 'on_time'
      FROM generate_series(1, ${FIRES_A_JOB}::int) AS n, tapekeeper.job,
        LATERAL (SELECT now() - (${FIRES_A_JOB}::int + 1 - n) * interval '1 hour' AS at) AS due`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.run (type, wish, cause, state, job_id, fire_id, concurrency_group, created_at, finished_at)
      SELECT 'example', '{}', 'fire', 'success', f.job_id, f.id, 'full', f.decided_at, f.decided_at
      FROM (SELECT id, job_id, decided_at FROM tapekeeper.fire ORDER BY id DESC LIMIT ${RUNS}) AS f`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.shard (run_id, no, kind, open) SELECT id, 0, 'task', false FROM tapekeeper.run`);
    await tx.rows(sql`SELECT tapekeeper.ensure_run_partitions(${RUNS + 20_000})`);
  });
  await admin.rows(sql`VACUUM (ANALYZE)`);
}

/** Everything that a scheduler and the readers of its decisions ask for. */
async function walk(): Promise<void> {
  let step = 'due';
  const store = createStore(
    explaining(database.db, ({ scans }) => reads.push(...scans.map((scan) => ({ step, ...scan })))),
  );
  const now = Math.floor((await store.now()) / 60_000) * 60_000;
  const ids: number[] = [];
  for (let no = 0; no < DUE; no++) {
    const policies = no % 2 === 0 ? { group: `group ${no % 4}` } : {};
    ids.push(await addDueJob(database.db, { key: `due ${no}`, nextAt: now, policies }));
  }
  // as many with a history, all of one group, so that one runs and the others are skipped
  await database.db.rows(sql`
    UPDATE tapekeeper.job SET next_scheduled_for = to_timestamp(${now / 1000}::float8), next_fire_at = to_timestamp(${now / 1000}::float8)
    WHERE id <= ${DUE}`);
  step = 'turn';
  await fireDueJobs({ store, readCron: cronReader, log: quietLog });
  step = 'follow';
  const [leader = 0, follower = 0] = ids;
  await database.db.rows(sql`
    UPDATE tapekeeper.job SET definition = jsonb_set(definition, '{schedule,trigger}', ${JSON.stringify({ kind: 'after', jobId: leader })}::jsonb)
    WHERE id = ${follower}`);
  await database.db.rows(sql`
    INSERT INTO tapekeeper.after_due (job_id, upstream_run_id, ended_at)
    SELECT ${follower}, id, tapekeeper.now() FROM tapekeeper.run WHERE job_id = ${leader} LIMIT 1`);
  await store.fireAfter(100);
  step = 'by hand';
  await database.db.rows(
    sql`UPDATE tapekeeper.job SET definition = jsonb_set(definition, '{schedule,overlap}', '"queue"') WHERE id = ${leader}`,
  );
  await store.triggerJob(leader, { by: 'test', params: {} });
  step = 'lists';
  const all = { jobId: null, decision: null, from: null, to: null, before: null, limit: 50 };
  const page = await store.fires(all);
  await store.fires({ ...all, before: page.at(-1)?.id ?? null });
  await store.fires({ ...all, jobId: 7, from: now - 86_400_000, to: now });
  await store.fires({ ...all, jobId: 7, decision: 'missed' });
  await store.fireAt(7, now - 40 * 3_600_000);
  await store.groups();
  await store.schedulers();
}

it('fires what is due, and nothing else', async () => {
  const { fired } = await database.db.one<{ fired: number }>(sql`
    SELECT count(*)::int AS fired FROM tapekeeper.fire WHERE id > ${JOBS * FIRES_A_JOB} AND upstream_run_id IS NULL`);
  expect(fired).toBe(2 * DUE);
});

it('walks over jobs, fires and runs', () => {
  const seen = new Set(reads.map(({ table }) => table));
  expect(['job', 'fire', 'run', 'after_due'].filter((table) => !seen.has(table))).toEqual([]);
});

it('scans no table that grows', () => {
  expect(reads.filter(({ how, table }) => how === 'Seq Scan' && GROWING.includes(table))).toEqual([]);
});

it('reads no more than the due jobs have, or a page shows', () => {
  const much = reads.filter(({ table, rowsRead }) => GROWING.includes(table) && rowsRead > 4 * FIRES_A_JOB);
  expect(much).toEqual([]);
});
