import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { fireDueJobs } from '../../packages/server/src/app/schedule/fireDueJobs.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase } from '../support/database.ts';
import { quietLog } from '../support/quietLog.ts';
import { until } from '../support/until.ts';
import { addDueJob } from './dueJob.ts';

const PROGRAM = fileURLToPath(new URL('./frozenSchedulerProcess.ts', import.meta.url));
const JOBS = 20;
/** What is promised: the database frees the rows of a silent transaction sooner. */
const TAKEN_OVER_WITHIN_MS = 15_000;

it('jobs of a scheduler that froze in the middle of its decision are fired by the others, once', async () => {
  const database = await createDatabase('frozen');
  const { db } = database;
  const store = createStore(db);
  const minute = Math.floor((await store.now()) / 60_000) * 60_000;
  // due once, so that time that goes by makes nothing else due
  const schedule = { trigger: { kind: 'once', at: minute } } as const;
  for (let no = 0; no < JOBS; no++) await addDueJob(db, { key: `job ${no}`, nextAt: minute, schedule });

  const frozen = spawn(process.execPath, [PROGRAM, database.url], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    frozen.kill('SIGKILL');
    await database.drop();
  });
  const lines = createInterface({ input: frozen.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('claimed');

  const startedAt = systemClock.monotonic();
  const deps = { store, readCron: cronReader, log: quietLog };
  expect(await fireDueJobs(deps)).toMatchObject({ jobs: 0, nextInMs: 0 });
  let fired = 0;
  await until(async () => (fired += (await fireDueJobs(deps)).fires) >= JOBS);
  expect(systemClock.monotonic() - startedAt).toBeLessThan(TAKEN_OVER_WITHIN_MS);

  frozen.kill('SIGCONT');
  expect((await lines.next()).value).toMatch(/^failed /);
  if (frozen.exitCode === null) await once(frozen, 'exit');
  const counts = await db.one(sql`
    SELECT (SELECT count(*) FROM tapekeeper.fire)::int AS fires, (SELECT count(*) FROM tapekeeper.run)::int AS runs,
      (SELECT count(DISTINCT job_id) FROM tapekeeper.run)::int AS jobs`);
  expect(counts).toEqual({ fires: JOBS, runs: JOBS, jobs: JOBS });
}, 60_000);
