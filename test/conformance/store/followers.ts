import type { Schedule } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { FireFilter, JobId } from '../../../packages/server/src/ports/jobStore.ts';
import type { RunId } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addDueJob, type DueJobWish } from '../../schedule/dueJob.ts';
import { addWorker, waitingDispatches } from '../../support/queue.ts';
import { claimFirst, type Stand } from './stand.ts';

const CANCEL = { end: 'cancelled', code: 'cancelled', reason: '', by: 'test' } as const;

/** Runs that no moment makes: jobs that follow others, and runs by hand. */
export function describeFollowers(stand: Stand): void {
  const addJob = (wish: Partial<DueJobWish> & { readonly key: string }): Promise<JobId> =>
    addDueJob(stand().db, { nextAt: null, ...wish });
  const addFollower = (jobId: JobId, schedule: Partial<Schedule> = {}): Promise<JobId> =>
    addJob({ key: 'follower', schedule: { trigger: { kind: 'after', jobId }, ...schedule } });
  const firesOf = (jobId: JobId) =>
    stand().store.fires({ jobId, decision: null, from: null, to: null, before: null, limit: 100 });
  const byHand = (id: JobId, params: Readonly<Record<string, unknown>> = {}): Promise<RunId> =>
    stand().store.triggerJob(id, { by: 'somebody', params });
  const rowOf = (id: JobId) =>
    stand().db.one(sql`SELECT to_jsonb(j)::text AS text FROM tapekeeper.job j WHERE id = ${id}`);
  /** Works a run of the example type off. */
  const finish = async (runId: RunId, state: 'success' | 'success_with_errors' | 'failed' = 'success') => {
    const { store } = stand();
    const claim = await claimFirst(store, runId, 0, await addWorker(store));
    await store.endTask(claim, { state, result: {}, error: null });
  };

  describe('a job that follows another', () => {
    it('is fired once for each run that ended well, and names it', async () => {
      const { store, db } = stand();
      const leader = await addJob({ key: 'leader', policies: { mostRuns: 3 } });
      const follower = await addFollower(leader, { overlap: 'queue' });
      const upstream = [await byHand(leader), await byHand(leader)];
      await finish(upstream[0] as RunId);
      await finish(upstream[1] as RunId, 'success_with_errors');
      expect(await Promise.all([store.fireAfter(10), store.fireAfter(10)])).toContain(2);
      expect(await store.fireAfter(10)).toBe(0);
      const fires = await firesOf(follower);
      expect(fires.map((fire) => [fire.upstreamRunId, fire.decision, fire.reason])).toEqual([
        [upstream[1], 'ran', 'queued'],
        [upstream[0], 'ran', 'after_run'],
      ]);
      expect(fires[1]).toMatchObject({ runState: 'pending', dueCount: 1 });
      const causes = await db.rows(sql`
        SELECT cause, upstream_run_id AS upstream FROM tapekeeper.run WHERE job_id = ${follower} ORDER BY id`);
      expect(causes).toEqual(upstream.map((id) => ({ cause: 'after', upstream: id })));
    });

    it('is fired for runs that ended in the same instant, one fire each', async () => {
      const { store, db } = stand();
      const leader = await addJob({ key: 'leader', policies: { mostRuns: 3 } });
      const follower = await addFollower(leader);
      for (let no = 0; no < 3; no++) await finish(await byHand(leader));
      await db.rows(sql`UPDATE tapekeeper.after_due SET ended_at = '2026-11-22T08:00:00.123456Z'`);
      expect(await store.fireAfter(10)).toBe(3);
      const fires = await firesOf(follower);
      expect(fires.map(({ decision }) => decision).toSorted()).toEqual(['ran', 'skipped', 'skipped']);
      const at = Date.parse('2026-11-22T08:00:00.123Z');
      expect(await store.fireAt(follower, at)).toMatchObject({ id: fires[0]?.id });
    });

    it('is not fired for runs that failed or were cancelled', async () => {
      const { store } = stand();
      const leader = await addJob({ key: 'leader', policies: { mostRuns: 3 } });
      await addFollower(leader);
      await finish(await byHand(leader), 'failed');
      await store.stopRun(await byHand(leader), CANCEL, false);
      expect(await store.fireAfter(10)).toBe(0);
    });

    it.each([
      ['switched off', sql`state = 'disabled'`],
      ['deleted', sql`state = 'disabled', deleted_at = tapekeeper.now()`],
      [
        'given another trigger',
        sql`definition = jsonb_set(definition, '{schedule,trigger}', '{"kind": "manual"}')`,
      ],
    ])('is not fired any more when it was %s meanwhile', async (_, change) => {
      const { store, db } = stand();
      const leader = await addJob({ key: 'leader' });
      const follower = await addFollower(leader);
      await finish(await byHand(leader));
      await db.rows(sql`UPDATE tapekeeper.job SET ${change} WHERE id = ${follower}`);
      expect(await store.fireAfter(10)).toBe(0);
      expect(await firesOf(follower)).toEqual([]);
      expect(await db.rows(sql`SELECT 1 FROM tapekeeper.after_due`)).toEqual([]);
    });

    it('waits for whoever is deciding about it', async () => {
      const { store, db } = stand();
      const leader = await addJob({ key: 'leader' });
      const follower = await addFollower(leader);
      await finish(await byHand(leader));
      await db.transaction(async (tx) => {
        await tx.rows(sql`SELECT 1 FROM tapekeeper.job WHERE id = ${follower} FOR UPDATE`);
        expect(await store.fireAfter(10)).toBe(0);
      });
      expect(await store.fireAfter(10)).toBe(1);
    });

    it('keeps nobody waiting when its run cannot be written', async () => {
      const { store, db } = stand();
      const leader = await addJob({ key: 'leader' });
      const bad = await addFollower(leader);
      const good = await addJob({
        key: 'good',
        schedule: { trigger: { kind: 'after', jobId: leader } },
      });
      await finish(await byHand(leader));
      await db.rows(
        sql`UPDATE tapekeeper.job SET definition = jsonb_set(definition, '{type}', '"sync"') WHERE id = ${bad}`,
      );
      expect(await store.fireAfter(10)).toBe(1);
      expect([(await firesOf(bad)).length, (await firesOf(good)).length]).toEqual([0, 1]);
      expect(
        await db.rows(
          sql`SELECT payload->>'action' AS action FROM tapekeeper.event_outbox WHERE topic = 'job'`,
        ),
      ).toContainEqual({ action: 'not_decided' });
    });
  });

  describe('a run by hand', () => {
    it('has parameters of its own, and changes nothing of the job', async () => {
      const { store, db } = stand();
      const id = await addJob({ key: 'one', schedule: { overlap: 'queue' } });
      const before = await rowOf(id);
      const first = await byHand(id, { steps: 5 });
      const second = await byHand(id);
      expect(await rowOf(id)).toEqual(before);
      expect((await store.run(first))?.wish).toEqual({ durationSeconds: 0, successRate: 1, steps: 5 });
      expect((await store.run(second))?.wish).toEqual({ durationSeconds: 0, successRate: 1, steps: 1 });
      expect(await store.jobChanges(id, null, 10)).toMatchObject([
        { action: 'triggered', author: 'somebody', detail: { runId: second, params: {} } },
        { action: 'triggered', author: 'somebody', detail: { runId: first, params: { steps: 5 } } },
      ]);
      expect((await waitingDispatches(db)).map(({ runId }) => runId)).toEqual([first]);
    });

    it.each(['skip', 'reject'] as const)(
      'is refused under %s while another is open, which is named',
      async (overlap) => {
        const id = await addJob({ key: 'one', schedule: { overlap } });
        const open = await byHand(id);
        await expect(byHand(id)).rejects.toMatchObject({
          code: 'job_busy',
          details: { job: 'one', run: open },
        });
        expect(await stand().store.jobChanges(id, null, 10)).toHaveLength(1);
      },
    );

    it('is refused while the group is full', async () => {
      const [one, other] = [
        await addJob({ key: 'one', policies: { group: 'g' } }),
        await addJob({ key: 'other', policies: { group: 'g' } }),
      ];
      const open = await byHand(one);
      await expect(byHand(other)).rejects.toMatchObject({
        code: 'group_busy',
        details: { group: 'g', run: open },
      });
    });

    it('takes the place of the open one under replace', async () => {
      const { store } = stand();
      const id = await addJob({ key: 'one', schedule: { overlap: 'replace' } });
      const former = await byHand(id);
      await byHand(id);
      expect(await store.run(former)).toMatchObject({ state: 'cancelled', reason: 'replaced' });
    });

    it.each(['paused', 'disabled'] as const)('is there for a %s job, which stays so', async (state) => {
      const { store, db } = stand();
      const id = await addJob({ key: 'one' });
      await db.rows(sql`UPDATE tapekeeper.job SET state = ${state} WHERE id = ${id}`);
      expect(await store.run(await byHand(id))).toMatchObject({ state: 'pending', cause: 'person' });
      expect(await store.job(id)).toMatchObject({ state, next: null });
    });

    it('is not there for a job that is gone', async () => {
      await expect(byHand(987_654)).rejects.toMatchObject({ code: 'unknown_job' });
    });

    it('of many at the same time is one, where one is allowed', async () => {
      const id = await addJob({ key: 'one', schedule: { overlap: 'reject' } });
      const made = await Promise.allSettled(Array.from({ length: 6 }, () => byHand(id)));
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('schedulers', () => {
    const scheduler = (boot: string) => ({ boot, node: 'here', pid: 7 });
    const FIRST = '00000000-0000-4000-8000-000000000001';
    const SECOND = '00000000-0000-4000-8000-000000000002';

    it('are known from their first turn to their stop', async () => {
      const { store } = stand();
      await store.schedulerTurned(scheduler(FIRST));
      await store.schedulerTurned(scheduler(SECOND));
      await store.schedulerTurned(scheduler(FIRST));
      expect(await store.schedulers()).toMatchObject([
        { boot: FIRST, node: 'here', pid: 7, silentMs: expect.any(Number) },
        { boot: SECOND },
      ]);
      await store.schedulerStopped(FIRST);
      expect((await store.schedulers()).map(({ boot }) => boot)).toEqual([SECOND]);
    });

    it('show for how long they have been silent, and are forgotten after a day', async () => {
      const { store, db } = stand();
      await store.schedulerTurned(scheduler(FIRST));
      const age = (interval: string) =>
        db.rows(sql`UPDATE tapekeeper.scheduler SET turned_at = turned_at - ${interval}::interval`);
      await age('1 minute');
      expect((await store.schedulers())[0]?.silentMs).toBeGreaterThanOrEqual(60_000);
      await age('1 day');
      await store.schedulerTurned(scheduler(SECOND));
      expect((await store.schedulers()).map(({ boot }) => boot)).toEqual([SECOND]);
    });
  });

  describe('fires, listed', () => {
    it('come newest first, page by page, by decision and time', async () => {
      const { store, db } = stand();
      const ids = [await addJob({ key: 'a' }), await addJob({ key: 'b' })];
      const at = Date.parse('2026-11-22T08:00:00Z');
      await db.rows(sql`
        INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, due_count, decision, reason)
        SELECT id, t, t + interval '9 minutes', 2, CASE WHEN n % 3 = 0 THEN 'missed' ELSE 'ran' END, 'too_late'
        FROM generate_series(0, 8) AS n, unnest(${ids}::bigint[]) AS id,
          LATERAL (SELECT to_timestamp(${at / 1000}::float8) + n * interval '10 minutes' AS t) AS moment
        ORDER BY n, id`);
      const all = { jobId: null, decision: null, from: null, to: null, before: null, limit: 100 };
      const list = (filter: Partial<FireFilter>) => store.fires({ ...all, ...filter });
      expect((await list({})).map(({ id }) => id)).toEqual(
        (await list({})).map(({ id }) => id).toSorted((a, b) => b - a),
      );
      const minutes = async (filter: Partial<FireFilter>) =>
        (await list(filter)).map(({ scheduledFor }) => (scheduledFor - at) / 60_000);
      const jobId = ids[0] as JobId;
      expect(await minutes({ jobId, decision: 'missed' })).toEqual([60, 30, 0]);
      const [from, to] = [at + 25 * 60_000, at + 50 * 60_000];
      expect(await minutes({ jobId, from, to })).toEqual([40, 30, 20]);
      const [, , third] = await list({ jobId });
      expect(await minutes({ jobId, before: third?.id ?? null })).toEqual([50, 40, 30, 20, 10, 0]);
      expect(await store.fireAt(jobId, at + 25 * 60_000)).toMatchObject({ scheduledFor: at + 20 * 60_000 });
      expect(await store.fireAt(jobId, at + 29.5 * 60_000)).toBeUndefined();
      expect(await store.fireAt(jobId, at - 1)).toBeUndefined();
    });
  });
}
