import { setTimeout as sleep } from 'node:timers/promises';
import { plainDay, scheduleOf } from '@tapekeeper/core';
import { sql, type Database } from '../packages/server/src/store/connection.ts';
import type { Benchmark, Size } from './benchmark.ts';
import { quantile, spreadText, whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { exampleJob } from '../test/schedule/dueJob.ts';

const JOBS: Readonly<Record<Size, number>> = { small: 10_000, full: 100_000 };
const AT_ONCE = 1_000;
const ROUNDS = 5;
const ALONE = 20;
const IDLE_MS = 10_000;
/** Long enough for the jobs of a round to be made due, and the scheduler to sleep again. */
const LEAD_MS = 3_000;
const LOOK_EVERY_MS = 4;

export const jobs: Benchmark = {
  name: 'jobs',
  about: 'how late jobs are fired when a thousand are due in one second, and what the scheduler costs idle',
  async run(size, report) {
    const rig = await openRig({ marketDay: plainDay('2026-11-20') });
    try {
      const { owner, installation } = rig;
      await addJobs(owner, JOBS[size]);
      await installation.scheduler.start();
      const idle = await idlePercent();
      const crowds: number[][] = [];
      for (let round = 0; round < ROUNDS; round++) crowds.push(await latenessOf(rig, AT_ONCE));
      const alone: number[] = [];
      for (let round = 0; round < ALONE; round++) alone.push(...(await latenessOf(rig, 1)));
      report.line(`${whole(JOBS[size])} jobs with cron triggers, one scheduler, PostgreSQL ${rig.postgres}`);
      report.table([
        ['due in one second', 'rounds', 'late p50 ms', 'p99 ms', 'most ms'],
        [
          whole(AT_ONCE),
          String(ROUNDS),
          spreadText(
            crowds.map((one) => quantile(one, 0.5)),
            whole,
          ),
          spreadText(
            crowds.map((one) => quantile(one, 0.99)),
            whole,
          ),
          spreadText(
            crowds.map((one) => quantile(one, 1)),
            whole,
          ),
        ],
        ['1', String(ALONE), ...[0.5, 0.99, 1].map((share) => whole(quantile(alone, share)))],
      ]);
      report.line(`idle: ${idle.toFixed(1)} % of one core for the program, the database apart`);
      report.keep('crowds', crowds);
      report.keep('alone', alone);
      report.keep('idlePercent', idle);
    } finally {
      await rig.close();
    }
  },
};

const definition = exampleJob({
  schedule: scheduleOf({ kind: 'cron', expression: '* * * * * *', zone: 'Asia/Shanghai' }),
  policies: { mostRuns: 1000 },
});

/** Jobs that are due at some second of the day, each at its own; none within the next hours. */
async function addJobs(owner: Database, count: number): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition, state, next_scheduled_for, next_fire_at)
    SELECT 'job ' || n, jsonb_set(${JSON.stringify(definition)}::jsonb, '{schedule,trigger,expression}',
      to_jsonb(n % 60 || ' ' || n / 60 % 60 || ' ' || n % 24 || ' * * *')), 'enabled', at, at
    FROM generate_series(1, ${count}::int) AS n, LATERAL (SELECT clock_timestamp() + interval '1 day' AS at) AS due`);
  await owner.rows(sql`ANALYZE tapekeeper.job`);
}

/** Of one core, while nothing is due. */
async function idlePercent(): Promise<number> {
  const before = process.cpuUsage();
  await sleep(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / IDLE_MS / 0.01;
}

/**
 * Makes so many jobs due at the same whole second, and looks again and again how many fires of it have
 * been committed: milliseconds from the second to the commit of each, by the database's clock.
 */
async function latenessOf({ owner }: Rig, count: number): Promise<number[]> {
  const { at } = await owner.one(sql<{ at: number }>`
    SELECT date_trunc('second', clock_timestamp() + make_interval(secs => ${LEAD_MS / 1000})) AS at`);
  await owner.rows(sql`
    UPDATE tapekeeper.job SET next_scheduled_for = to_timestamp(${at / 1000}::float8), next_fire_at = to_timestamp(${at / 1000}::float8)
    WHERE id IN (SELECT id FROM tapekeeper.job ORDER BY next_fire_at DESC, id LIMIT ${count})`);
  const late: number[] = [];
  while (late.length < count) {
    await sleep(LOOK_EVERY_MS);
    const seen = await owner.one(sql<{ fires: number; now: number }>`
      SELECT count(*)::int AS fires, clock_timestamp() AS now FROM tapekeeper.fire
      WHERE scheduled_for = to_timestamp(${at / 1000}::float8) AND reason = 'on_time'`);
    while (late.length < seen.fires) late.push(seen.now - at);
  }
  return late;
}
