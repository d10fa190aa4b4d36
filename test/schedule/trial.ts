import type { Instant } from '@tapekeeper/core';
import { nextMomentOf } from '../../packages/server/src/app/schedule/nextMoment.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { JobId } from '../../packages/server/src/ports/jobStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { below, type Random } from '../chaos/random.ts';
import { until } from '../support/until.ts';
import type { DatabaseClock } from './databaseClock.ts';
import { differencesOf } from './differences.ts';
import { exampleJob } from './dueJob.ts';
import { Model } from './model.ts';
import { trialJobs, type TrialJob } from './trialJobs.ts';

/** The schedulers of a trial, whatever they run in. */
export interface Fleet {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Something happens to one of them: its clock jumps, or it is killed and started again. */
  disturb(): Promise<void>;
}

export interface TrialOptions {
  readonly db: Database;
  readonly clock: DatabaseClock;
  readonly fleet: Fleet;
  readonly random: Random;
  /** After every window has been gone through, the trial goes on until there are so many. */
  readonly fires: number;
  readonly say?: (line: string) => void;
}

export interface TrialTally {
  fires: number;
  moments: number;
  outages: number;
  /** What differs from the model, in words; empty when every moment was decided about once, and rightly. */
  readonly violations: string[];
}

/** Days around changes of clocks; after the last the first comes again, 28 years on. */
const WINDOWS = [
  { name: 'Shanghai forward', from: '1988-04-16', days: 2, hasSessions: false },
  { name: 'Shanghai back', from: '1988-09-10', days: 2, hasSessions: false },
  { name: 'New York forward', from: '2026-03-06', days: 3, hasSessions: true },
  { name: 'London forward', from: '2026-03-27', days: 3, hasSessions: true },
  { name: 'Lord Howe back, before a holiday', from: '2026-04-02', days: 3, hasSessions: true },
  { name: 'Lord Howe forward, after holidays', from: '2026-10-03', days: 7, hasSessions: true },
  { name: 'London back', from: '2026-10-23', days: 3, hasSessions: true },
  { name: 'New York back', from: '2026-10-30', days: 3, hasSessions: true },
] as const;

const HOUR = 3_600_000;
const SETTLE = sql`
  SELECT count(*)::int AS due FROM tapekeeper.job WHERE state = 'enabled' AND next_fire_at <= tapekeeper.now()`;

interface Held {
  readonly id: JobId;
  readonly job: TrialJob;
  readonly model: Model;
}

/** Moves the database through days with schedulers at work, and holds what they decided against the model. */
export async function runTrial(options: TrialOptions): Promise<TrialTally> {
  const tally: TrialTally = { fires: 0, moments: 0, outages: 0, violations: [] };
  await options.fleet.start();
  try {
    for (let round = 0; round === 0 || tally.fires < options.fires; round++) {
      for (const [no, window] of WINDOWS.entries()) {
        if (round > 0 && tally.fires >= options.fires) break;
        // the rules of the last years hold for those to come
        const years = round === 0 ? 0 : 28 * round;
        const from = Date.parse(
          `${Number(window.from.slice(0, 4)) + years}${window.from.slice(4)}T00:00:00Z`,
        );
        if (from <= options.clock.at) continue;
        await runWindow(options, { ...window, name: `${round}.${no} ${window.name}`, start: from }, tally);
        options.say?.(`${window.name}: ${tally.fires} fires of ${tally.moments} moments so far`);
      }
    }
  } finally {
    await options.fleet.stop();
  }
  return tally;
}

interface Window {
  readonly name: string;
  readonly start: Instant;
  readonly days: number;
  readonly hasSessions: boolean;
}

async function runWindow(
  { db, clock, fleet, random }: TrialOptions,
  { name, start, days, hasSessions }: Window,
  tally: TrialTally,
): Promise<void> {
  const end = start + days * 24 * HOUR;
  await clock.set(start);
  const held = await keepJobs(db, trialJobs(random, name, start, hasSessions), start, end);
  while (clock.at < end) {
    const now = Math.min(clock.at + stepOf(random), end);
    if (random() < 0.15) {
      await fleet.stop();
      await clock.set(now);
      await fleet.start();
      tally.outages += 1;
    } else {
      await clock.set(now);
      if (random() < 0.5) await fleet.disturb();
    }
    await until(async () => (await db.one<{ due: number }>(sql<{ due: number }>`${SETTLE}`)).due === 0);
    for (const { model } of held) model.decide(now);
    await finish(
      db,
      held.filter(() => random() < 0.3),
    );
  }
  for (const one of held) {
    tally.violations.push(...(await differencesOf(db, one)).map((text) => `${one.job.key}: ${text}`));
    tally.fires += one.model.fires.length;
    tally.moments += one.model.fires.reduce((sum, { count }) => sum + count, 0);
  }
  await db.rows(sql`
    UPDATE tapekeeper.job SET state = 'disabled', next_fire_at = NULL, next_scheduled_for = NULL WHERE state = 'enabled'`);
}

/** Mostly minutes, now and then longer than a day. */
function stepOf(random: Random): number {
  const kind = random();
  if (kind < 0.2) return 1 + below(random, 10 * 60_000);
  if (kind < 0.6) return 1 + below(random, 3 * HOUR);
  return 1 + below(random, 26 * HOUR);
}

async function keepJobs(
  db: Database,
  jobs: readonly TrialJob[],
  start: Instant,
  end: Instant,
): Promise<readonly Held[]> {
  const store = createStore(db);
  const next = await nextMomentOf({ store, readCron: cronReader });
  const held: Held[] = [];
  for (const job of jobs) {
    const { id } = await store.createJob(
      {
        key: job.key,
        definition: exampleJob({ schedule: job.schedule, policies: { mostRuns: job.mostRuns } }),
        state: 'enabled',
        author: 'trial',
      },
      next,
    );
    held.push({ id, job, model: new Model(job, start, end) });
  }
  return held;
}

/** Ends all open runs of some jobs: nobody works on them here. */
async function finish(db: Database, held: readonly Held[]): Promise<void> {
  await db.rows(sql`
    WITH ended AS (
      UPDATE tapekeeper.run SET state = 'cancelled', finished_at = tapekeeper.now(), open_shards = 0, waits_for_turn = false
      WHERE job_id = ANY(${held.map(({ id }) => id)}::bigint[]) AND state IN ('pending', 'running', 'paused') RETURNING id
    )
    UPDATE tapekeeper.shard SET open = false WHERE run_id IN (SELECT id FROM ended)`);
  for (const { model } of held) model.finish();
}
