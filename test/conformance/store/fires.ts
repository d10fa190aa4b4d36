import { DEFAULT_POLICIES, scheduleOf, type FirePlan, type Schedule } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { fireDueJobs } from '../../../packages/server/src/app/schedule/fireDueJobs.ts';
import { cronReader } from '../../../packages/server/src/cron/cronReader.ts';
import type { FireReport, JobId } from '../../../packages/server/src/ports/jobStore.ts';
import type { RunId } from '../../../packages/server/src/ports/runStore.ts';
import { sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { createStore } from '../../../packages/server/src/store/store.ts';
import { addDueJob, exampleJob, type DueJobWish } from '../../schedule/dueJob.ts';
import { emptyTables } from '../../support/cleanDatabase.ts';
import { waitingDispatches } from '../../support/queue.ts';
import { quietLog } from '../../support/quietLog.ts';
import { tableContents } from '../../support/tableContents.ts';
import { until } from '../../support/until.ts';
import { newRun, type Stand } from './stand.ts';

const MINUTE = 60_000;
/** Longer than a test takes: across the end of a minute it would find one more moment due. */
const CALM_MS = 5_000;

/** Each due moment is decided about once, by whichever scheduler gets to its job. */
export function describeFires(stand: Stand): void {
  const fire = (limit?: number): Promise<FireReport> =>
    fireDueJobs({ store: stand().store, readCron: cronReader, log: quietLog }, limit);
  /** The start of the minute, some minutes ago: due for as many moments and one. */
  const minutesAgo = async (minutes: number): Promise<number> => {
    let now = 0;
    await until(async () => (now = await stand().store.now()) % MINUTE < MINUTE - CALM_MS);
    return Math.floor(now / MINUTE) * MINUTE - minutes * MINUTE;
  };
  const addJob = (wish: DueJobWish): Promise<JobId> => addDueJob(stand().db, wish);
  const firesOf = (jobId: JobId) =>
    stand().store.fires({ jobId, decision: null, from: null, to: null, before: null, limit: 100 });
  const makeDue = async (id: JobId, scheduledFor: number): Promise<void> => {
    await stand().db.rows(sql`
      UPDATE tapekeeper.job SET next_scheduled_for = to_timestamp(${scheduledFor / 1000}::float8),
        next_fire_at = to_timestamp(${scheduledFor / 1000}::float8) WHERE id = ${id}`);
  };
  const stateOf = async (runId: RunId | null | undefined) =>
    (runId == null ? undefined : await stand().store.run(runId))?.state;

  describe('a due job', () => {
    it('leaves a fire, a run with its dispatch, the next moment and two events', async () => {
      const { store, db } = stand();
      const at = await minutesAgo(0);
      const id = await addJob({ key: 'one', nextAt: at });
      expect(await fire()).toMatchObject({ jobs: 1, fires: 1, more: false });
      const [decided] = await firesOf(id);
      expect(decided).toMatchObject({
        jobId: id,
        jobVersion: 1,
        scheduledFor: at,
        until: at,
        dueCount: 1,
        decision: 'ran',
        reason: 'on_time',
        blocker: null,
        upstreamRunId: null,
        runState: 'pending',
      });
      const runId = decided?.runId as RunId;
      expect(await waitingDispatches(db)).toEqual([{ runId, shardNo: 0, dispatch: 1 }]);
      expect(await store.job(id)).toMatchObject({ next: { scheduledFor: at + MINUTE, dueAt: at + MINUTE } });
      const told = await db.rows(sql`
        SELECT topic, payload->'runId' AS "runId", payload->'jobId' AS "jobId" FROM tapekeeper.event_outbox ORDER BY id`);
      expect(told).toEqual([
        { topic: 'fire', runId, jobId: id },
        { topic: 'run', runId, jobId: id },
      ]);
      expect(await fire()).toMatchObject({ jobs: 0, fires: 0, more: false });
    });

    it.each([
      ['example', 'live', { durationSeconds: 0, successRate: 1, steps: 1 }],
      ['sync', 'normal', { dataset: 'daily_bars' }],
      ['repair', 'backfill', { dataset: 'daily_bars', lastDays: 5 }],
      ['workflow', 'normal', { mode: 'serial', nodes: [], onFailure: 'stop', mostAtATime: 1 }],
    ] as const)(
      'gets the run that a person would get, but for its cause: %s',
      async (type, priority, params) => {
        const { store, db } = stand();
        const id = await addJob({ key: 'one', nextAt: await minutesAgo(0) });
        const limits = { timeoutSeconds: 9, maxAttempts: 2, retrySeconds: 7 };
        const policies = { ...DEFAULT_POLICIES, ...limits, priority, group: 'g' };
        const definition = { ...exampleJob(), type, params, policies };
        await db.rows(
          sql`UPDATE tapekeeper.job SET definition = ${JSON.stringify(definition)}::jsonb WHERE id = ${id}`,
        );
        await fire();
        const byFire = await tracesOfRuns(db);
        await emptyTables(db, ['tapekeeper.job', 'tapekeeper.concurrency_group', 'tapekeeper.fire']);
        const dataset = 'dataset' in params ? params.dataset : null;
        await store.createRun({
          ...newRun({ type, dataset, wish: params, params: null, jobId: id, jobVersion: 1 }),
          policies,
        });
        expect(byFire).toEqual(await tracesOfRuns(db));
      },
    );

    it('is decided about once by schedulers that come at the same time', async () => {
      const { db } = stand();
      for (let round = 0; round < 5; round++) {
        const at = await minutesAgo(0);
        for (let no = 0; no < 30; no++) await addJob({ key: `round ${round} job ${no}`, nextAt: at });
        const reports = await Promise.all(Array.from({ length: 4 }, () => fire(8)));
        while ((await fire(8)).jobs > 0);
        expect(reports.reduce((sum, { jobs }) => sum + jobs, 0)).toBeGreaterThan(0);
        const { fires, runs } = await db.one<{ fires: number; runs: number }>(sql`
          SELECT (SELECT count(*) FROM tapekeeper.fire) AS fires, (SELECT count(*) FROM tapekeeper.run) AS runs`);
        expect([fires, runs]).toEqual([30 * (round + 1), 30 * (round + 1)]);
      }
    });

    it('is left to whoever has it locked', async () => {
      const { db } = stand();
      const at = await minutesAgo(0);
      const [held, free] = [
        await addJob({ key: 'held', nextAt: at }),
        await addJob({ key: 'free', nextAt: at }),
      ];
      await db.transaction(async (tx) => {
        await tx.rows(sql`SELECT 1 FROM tapekeeper.job WHERE id = ${held} FOR UPDATE`);
        expect(await fire()).toMatchObject({ jobs: 1, nextInMs: 0 });
      });
      expect([(await firesOf(held)).length, (await firesOf(free)).length]).toEqual([0, 1]);
    });

    it('waits for no moment any more when its trigger has ended', async () => {
      const at = await minutesAgo(3);
      const id = await addJob({ key: 'once', nextAt: at, schedule: scheduleOf({ kind: 'once', at }) });
      expect(await fire()).toEqual({ jobs: 1, fires: 1, more: false, nextInMs: null });
      expect(await stand().store.job(id)).toMatchObject({ state: 'enabled', next: null });
    });

    it('is not decided about again when the clock of the database has gone back', async () => {
      const at = await minutesAgo(3);
      const id = await addJob({ key: 'one', nextAt: at });
      await fire();
      await makeDue(id, at + MINUTE);
      await fire();
      expect(await firesOf(id)).toMatchObject([{ scheduledFor: at, until: at + 3 * MINUTE, dueCount: 4 }]);
    });
  });

  describe('a job that is busy when it is due', () => {
    const busyJob = async (schedule: Partial<Schedule>) => {
      const at = await minutesAgo(4);
      const id = await addJob({
        key: 'busy',
        nextAt: at - MINUTE,
        schedule: { misfire: 'run_once', ...schedule },
      });
      await makeDue(id, at);
      await fire();
      const [first] = await firesOf(id);
      return { id, at, open: first?.runId as RunId };
    };
    const again = async (id: JobId, moment: number) => {
      // the moments so far count as decided about, and the clock as one further
      await stand().db.rows(sql`UPDATE tapekeeper.fire SET scheduled_for = scheduled_for - interval '1 day',
        until = until - interval '1 day' WHERE job_id = ${id} AND decision = 'ran'`);
      await makeDue(id, moment);
      await fire();
    };

    it('is skipped with what stood in its way, and a run that is over at birth', async () => {
      const { store, db } = stand();
      const { id, at, open } = await busyJob({ overlap: 'skip' });
      await again(id, at);
      const [skipped] = await firesOf(id);
      expect(skipped).toMatchObject({
        scheduledFor: at,
        until: at + 4 * MINUTE,
        dueCount: 5,
        decision: 'skipped',
        reason: 'job_busy',
        blocker: { runIds: [open], group: null },
        runState: 'skipped',
      });
      expect(await store.run(skipped?.runId as RunId)).toMatchObject({
        state: 'skipped',
        reason: 'job_busy',
        finishedAt: expect.any(Number),
        startedAt: null,
      });
      expect(await waitingDispatches(db)).toHaveLength(1);
    });

    it('makes the last skipped fire longer while the reason stays the same', async () => {
      const { db } = stand();
      const { id, at } = await busyJob({ overlap: 'skip' });
      await again(id, at - 10 * MINUTE);
      const [first] = await firesOf(id);
      await db.rows(sql`UPDATE tapekeeper.fire SET scheduled_for = scheduled_for - interval '1 hour',
        until = until - interval '1 hour' WHERE id = ${first?.id ?? 0}`);
      await makeDue(id, at);
      await fire();
      const [longer, ...others] = await firesOf(id);
      expect(longer).toMatchObject({
        id: first?.id,
        until: at + 4 * MINUTE,
        dueCount: 15 + 5,
        runId: first?.runId,
      });
      expect(others).toHaveLength(1);
    });

    it('begins a new fire when somebody has changed the job meanwhile', async () => {
      const { db } = stand();
      const { id, at } = await busyJob({ overlap: 'skip' });
      await again(id, at - 10 * MINUTE);
      await db.rows(sql`UPDATE tapekeeper.fire SET scheduled_for = scheduled_for - interval '1 hour',
        until = until - interval '1 hour' WHERE decision = 'skipped'`);
      await db.rows(sql`UPDATE tapekeeper.job SET last_fire_id = NULL`);
      await makeDue(id, at);
      await fire();
      expect((await firesOf(id)).map(({ decision }) => decision)).toEqual(['skipped', 'skipped', 'ran']);
    });

    it('waits for its turn under queue', async () => {
      const { db, store } = stand();
      const { id, at, open } = await busyJob({ overlap: 'queue' });
      await again(id, at);
      const [queued] = await firesOf(id);
      expect(queued).toMatchObject({ decision: 'ran', reason: 'queued', runState: 'pending' });
      expect((await waitingDispatches(db)).map(({ runId }) => runId)).toEqual([open]);
      await store.stopRun(open, { end: 'cancelled', code: 'cancelled', reason: '', by: 'test' }, false);
      await store.giveTurns();
      expect((await waitingDispatches(db)).map(({ runId }) => runId)).toContain(queued?.runId);
    });

    it('has its open run stopped under replace, and goes on in its place', async () => {
      const { db, store } = stand();
      const { id, at, open } = await busyJob({ overlap: 'replace' });
      await again(id, at);
      const [replacing] = await firesOf(id);
      expect(replacing).toMatchObject({ decision: 'ran', reason: 'replaced' });
      expect(await store.run(open)).toMatchObject({ state: 'cancelled', reason: 'replaced' });
      await store.giveTurns();
      expect((await waitingDispatches(db)).map(({ runId }) => runId)).toContain(replacing?.runId);
    });
  });

  describe('a concurrency group', () => {
    it('lets in the job that was due first, and names its run to the next', async () => {
      const at = await minutesAgo(0);
      const [first, second] = [
        await addJob({ key: 'first', nextAt: at - 2 * MINUTE, policies: { group: 'tushare' } }),
        await addJob({ key: 'second', nextAt: at, policies: { group: 'tushare' } }),
      ];
      expect(await fire()).toMatchObject({ jobs: 2, fires: 2 });
      const [ran] = await firesOf(first);
      expect(ran).toMatchObject({ decision: 'ran' });
      expect(await firesOf(second)).toMatchObject([
        { decision: 'skipped', reason: 'group_busy', blocker: { runIds: [ran?.runId], group: 'tushare' } },
      ]);
      expect(await stand().store.groups()).toEqual([{ name: 'tushare', most: 1, openRuns: 1 }]);
    });

    it('has room for as many as it was given', async () => {
      const at = await minutesAgo(0);
      await stand().store.setGroup('wide', 2);
      const jobs = [];
      for (const key of ['a', 'b', 'c']) {
        jobs.push(
          await addJob({ key, nextAt: at, policies: { group: 'wide' }, schedule: { overlap: 'queue' } }),
        );
      }
      await fire();
      const reasons = await Promise.all(jobs.map(async (id) => (await firesOf(id))[0]?.reason));
      expect(reasons).toEqual(['on_time', 'on_time', 'queued']);
    });

    it('makes the runs of one plan wait that it has no room for', async () => {
      const id = await addJob({
        key: 'all',
        nextAt: await minutesAgo(2),
        schedule: { misfire: 'run_all' },
        policies: { group: 'narrow', mostRuns: 3 },
      });
      await fire();
      expect((await firesOf(id)).map(({ reason }) => reason)).toEqual(['queued', 'queued', 'caught_up']);
      expect(await waitingDispatches(stand().db)).toHaveLength(1);
    });

    it('is decided about by one scheduler at a time', async () => {
      const { db, store } = stand();
      for (let round = 0; round < 5; round++) {
        const at = await minutesAgo(0);
        await store.setGroup(`round ${round}`, 3);
        for (let no = 0; no < 12; no++) {
          await addJob({ key: `${round} ${no}`, nextAt: at, policies: { group: `round ${round}` } });
        }
        await Promise.all(Array.from({ length: 4 }, () => fire(3)));
        while ((await fire(3)).jobs > 0);
        const counts = await db.rows(sql`
          SELECT state, count(*)::int AS runs FROM tapekeeper.run WHERE concurrency_group = ${`round ${round}`}
          GROUP BY state ORDER BY state`);
        expect(counts).toEqual([
          { state: 'pending', runs: 3 },
          { state: 'skipped', runs: 9 },
        ]);
      }
    });
  });

  describe('a job that cannot be decided about', () => {
    it('is put off and told of, while the others are fired', async () => {
      const { db, store } = stand();
      const at = await minutesAgo(0);
      const bad = await addJob({
        key: 'bad',
        nextAt: at - MINUTE,
        schedule: { trigger: { kind: 'cron', expression: 'no cron', zone: 'Asia/Shanghai' } },
      });
      const good = await addJob({ key: 'good', nextAt: at });
      expect(await fire()).toMatchObject({ jobs: 1, fires: 1 });
      expect([(await firesOf(bad)).length, (await firesOf(good)).length]).toEqual([0, 1]);
      const { next } = (await store.job(bad)) ?? {};
      expect(next?.scheduledFor).toBe(at - MINUTE);
      expect(next?.dueAt).toBeGreaterThan(await store.now());
      const told = await db.rows(sql`SELECT payload FROM tapekeeper.event_outbox WHERE topic = 'job'`);
      expect(told).toMatchObject([{ payload: { jobId: bad, action: 'not_decided', error: 'bad_cron' } }]);
    });

    it('keeps nobody waiting when it is the database that refuses what was decided', async () => {
      const { db } = stand();
      const at = await minutesAgo(0);
      const jobs: JobId[] = [];
      for (let no = 0; no < 20; no++) jobs.push(await addJob({ key: `job ${no}`, nextAt: at - no }));
      const bad = jobs[7] as JobId;
      await db.rows(
        sql`UPDATE tapekeeper.job SET definition = jsonb_set(definition, '{type}', '"sync"') WHERE id = ${bad}`,
      );
      for (let turn = 0; turn < 20; turn++) await fire();
      const fired = await Promise.all(jobs.map(async (id) => (await firesOf(id)).length));
      expect(fired).toEqual(jobs.map((id) => (id === bad ? 0 : 1)));
    });

    it('keeps the plan of nobody else: what a turn left alone is due for the next', async () => {
      const { store } = stand();
      const id = await addJob({ key: 'left', nextAt: await minutesAgo(0) });
      const leave = (): FirePlan => ({ fires: [], next: { scheduledFor: 0, dueAt: 0 } });
      const before = await store.job(id);
      const report = await store.fireDue(10, (job) => ({ ...leave(), next: job.next }));
      expect(report).toMatchObject({ jobs: 0, fires: 0, more: true, nextInMs: 0 });
      expect(await store.job(id)).toEqual(before);
    });
  });

  it('a fire of a stopped store changes nothing', async () => {
    const { db } = stand();
    const id = await addJob({ key: 'one', nextAt: await minutesAgo(0) });
    const failing = createStore({
      ...db,
      transaction: (work) =>
        db.transaction(async (tx) => {
          await work(tx);
          throw new Error('the connection is lost before the commit');
        }),
    });
    const before = await tableContents(db);
    await expect(fireDueJobs({ store: failing, readCron: cronReader, log: quietLog })).rejects.toThrow(
      'the connection is lost',
    );
    expect(await tableContents(db)).toEqual(before);
    await fire();
    expect(await stateOf((await firesOf(id))[0]?.runId)).toBe('pending');
  });
}

/** Everything that was written of runs, but for numbers, times, and what a fire's run alone has. */
async function tracesOfRuns(db: Database) {
  const numbers = [
    'id',
    'run_id',
    'fire_id',
    'cause',
    'key',
    'payload',
    'at',
    'run_at',
    'created_at',
    'updated_at',
  ];
  const { [RUN]: runs, [SHARD]: shards, [DISPATCH]: dispatches } = await tableContents(db, numbers);
  const told = await db.rows(sql`
    SELECT payload - 'runId' AS payload FROM tapekeeper.event_outbox WHERE topic = 'run'`);
  return { runs, shards, dispatches, told };
}

const RUN = 'tapekeeper.run';
const SHARD = 'tapekeeper.shard';
const DISPATCH = 'graphile_worker._private_jobs';
