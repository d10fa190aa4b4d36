import { expect, it } from 'vitest';
import { fireDueJobs } from '../../packages/server/src/app/schedule/fireDueJobs.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { FireReport } from '../../packages/server/src/ports/jobStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase } from '../support/database.ts';
import { quietLog } from '../support/quietLog.ts';
import { takeOverClock } from './databaseClock.ts';
import { addDueJob } from './dueJob.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const HOUR = 3_600_000;

it('every moment that passed while no scheduler was there has run or is recorded with its reason', async () => {
  const database = await createDatabase('outage');
  try {
    const { db } = database;
    const clock = await takeOverClock(database, START);
    const store = createStore(db);
    const add = (key: string, misfire: 'skip' | 'run_once' | 'run_all', everySeconds = 600) =>
      addDueJob(db, {
        key,
        nextAt: START + everySeconds * 1000,
        schedule: { misfire, trigger: { kind: 'interval', everySeconds, anchor: START } },
      });
    const jobs = {
      skip: await add('skip', 'skip'),
      once: await add('once', 'run_once'),
      all: await add('all', 'run_all'),
      // more moments than one turn counts
      seconds: await add('seconds', 'run_once', 1),
    };
    await clock.set(START + 8 * HOUR);
    const turns: FireReport[] = [];
    do turns.push(await fireDueJobs({ store, readCron: cronReader, log: quietLog }));
    while (turns.at(-1)?.more);

    const accounts = async (jobId: number) =>
      (await store.fires({ jobId, decision: null, from: null, to: null, before: null, limit: 50 })).map(
        ({ decision, reason, dueCount, runState }) => [decision, reason, dueCount, runState],
      );
    expect(await accounts(jobs.skip)).toEqual([
      ['ran', 'on_time', 1, 'pending'],
      ['missed', 'too_late', 47, 'missed'],
    ]);
    expect(await accounts(jobs.once)).toEqual([['ran', 'caught_up', 48, 'pending']]);
    expect(await accounts(jobs.all)).toEqual([
      ...Array.from({ length: 8 }, () => ['ran', 'queued', 1, 'pending']),
      ['ran', 'queued', 1, 'pending'],
      ['ran', 'caught_up', 1, 'pending'],
      ['missed', 'catch_up_limit', 38, 'missed'],
    ]);
    // all the missed stretches of its turns are one fire
    const [ran, missed, ...others] = await accounts(jobs.seconds);
    expect([ran?.slice(0, 2), missed?.slice(0, 2), others]).toEqual([
      ['ran', 'caught_up'],
      ['missed', 'catch_up_limit'],
      [],
    ]);
    expect(Number(ran?.[2]) + Number(missed?.[2])).toBe(8 * 3600);
    const { runs, fires } = await db.one<{ runs: number; fires: number }>(sql`
      SELECT (SELECT count(*) FROM tapekeeper.run)::int AS runs, (SELECT count(*) FROM tapekeeper.fire)::int AS fires`);
    expect(runs).toBe(fires);
    expect(turns.length).toBeGreaterThan(2);
  } finally {
    await database.drop();
  }
});
