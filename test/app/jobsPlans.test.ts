import { expect, it } from 'vitest';
import type { NextMoment } from '../../packages/server/src/ports/jobStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans, type PlanStand } from '../support/plans.ts';
import { syncJob } from '../support/jobDefinition.ts';

const JOBS = 2000;
const RUNS = 19_000;
const GROWING = ['run', 'fire', 'job_change', 'job_version'];
/** A page of jobs, each with a look at its runs. */
const MOST_ROWS = 200;

const plans = usePlans('job_plans', async (stand) => {
  const { owner } = stand;
  await fillHistory(owner, { runs: RUNS, itemsARun: 1 });
  await fillJobs(owner);
  await walk(stand);
});

/** Jobs with versions, changes and fires of some years; every run is one of theirs. */
async function fillJobs(db: Database): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.job (key, definition, state)
    SELECT 'job-' || n, jsonb_set(${JSON.stringify(syncJob())}::jsonb, '{name}', to_jsonb('name ' || n)), 'enabled'
    FROM generate_series(1, ${JOBS}::int) AS n`);
  await db.rows(sql`
    INSERT INTO tapekeeper.job_version (job_id, version, definition, author)
    SELECT id, v, definition, 'a' FROM tapekeeper.job, generate_series(1, 20) AS v WHERE key LIKE 'job-%'`);
  await db.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, at, action, state, version, author)
    SELECT id, now() - n * interval '1 hour', 'updated', 'enabled', 20, 'a'
    FROM tapekeeper.job, generate_series(1, 40) AS n WHERE key LIKE 'job-%'`);
  await db.rows(sql`UPDATE tapekeeper.job SET version = 20 WHERE key LIKE 'job-%'`);
  await db.rows(sql`
    UPDATE tapekeeper.run SET job_id = (SELECT min(id) FROM tapekeeper.job WHERE key LIKE 'job-%') + id % ${JOBS}`);
  await db.rows(sql`VACUUM (ANALYZE)`);
}

async function walk({ db, at }: PlanStand): Promise<void> {
  const store = createStore(db);
  const next: NextMoment = () => null;
  const all = { states: null, types: null, triggers: null, tag: null, text: null, after: null, limit: 50 };
  const job = await at('jobByKey', () => store.jobByKey('job-1000'));
  const id = job?.id ?? 0;
  await at('job', () => store.job(id));
  await at('jobs', () => store.jobs(all));
  await at('jobs, a deep page', () => store.jobs({ ...all, after: id }));
  await at('jobs, by text', () => store.jobs({ ...all, text: 'name 19' }));
  await at('jobVersions', () => store.jobVersions(id));
  await at('jobChanges', () => store.jobChanges(id, null, 20));
  await at('jobChangeAt', () => store.jobChangeAt(id, Date.parse('2020-01-01')));
  const definition = { ...syncJob(), name: 'other' };
  await at('updateJob', () =>
    store.updateJob(id, { definition, expected: job?.version ?? 0, author: 'b' }, next),
  );
  await at('setJobState', () => store.setJobState(id, 'paused', 'b', next));
  const made = await at('createJob', () =>
    store.createJob({ key: 'new', definition, state: 'enabled', author: 'b' }, next),
  );
  await at('deleteJob', () => store.deleteJob(made.id, 'b'));
}

it('scans no table that grows with history', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more of a growing table than a page has', () => {
  expect(plans.longReads(GROWING, MOST_ROWS)).toEqual([]);
  expect(plans.tables()).toContain('run');
});
