import { DEFAULT_POLICIES, type RunPolicies } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { JobId } from '../../../packages/server/src/ports/jobStore.ts';
import type { RunId } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import { addWorker, waitingDispatches } from '../../support/queue.ts';
import { claimFirst, newRun, type Stand } from './stand.ts';

/** Runs that wait for their turn begin when their job and their group have room, in the order of priority. */
export function describeTurns(stand: Stand): void {
  const addJob = async (key: string, policies: Partial<RunPolicies> = {}): Promise<JobId> => {
    const { store } = stand();
    const definition = { ...syncJob(), policies: { ...DEFAULT_POLICIES, ...policies } };
    return (await store.createJob({ key, definition, state: 'enabled', author: 'somebody' }, () => null)).id;
  };
  const addRun = (
    jobId: JobId | null,
    rest: { waits?: boolean; policies?: Partial<RunPolicies> } = {},
  ): Promise<RunId> =>
    stand().store.createRun(
      newRun({
        jobId,
        waitsForTurn: rest.waits ?? true,
        policies: { ...DEFAULT_POLICIES, ...rest.policies },
      }),
    );
  const waiting = async (ids: readonly RunId[]): Promise<readonly boolean[]> =>
    Promise.all(ids.map(async (id) => (await stand().store.run(id))?.waitsForTurn ?? false));
  const isQueued = async (id: RunId): Promise<boolean> =>
    (await waitingDispatches(stand().db)).some((one) => one.runId === id);
  const finish = async (id: RunId): Promise<void> => {
    const { store } = stand();
    await store.closeShard(await claimFirst(store, id, 0, await addWorker(store)));
  };

  describe('a run that waits for its turn', () => {
    it('has no dispatch, and can be claimed by nobody', async () => {
      const { store } = stand();
      const job = await addJob('a');
      await addRun(job, { waits: false });
      const id = await addRun(job);
      expect(await store.run(id)).toMatchObject({ state: 'pending', reason: 'waits_for_turn' });
      expect(await isQueued(id)).toBe(false);
      const workerId = await addWorker(store);
      expect(await store.claimShard({ runId: id, shardNo: 0, dispatch: 1, workerId })).toBeUndefined();
      expect(await store.giveTurns()).toEqual([]);
      expect(await store.strandedRuns()).toMatchObject([]);
    });

    it('begins when the run before it ends, and the next one waits on', async () => {
      const job = await addJob('a');
      const first = await addRun(job, { waits: false });
      const [second, third] = [await addRun(job), await addRun(job)];
      await finish(first);
      expect(await waiting([second, third])).toEqual([false, true]);
      expect(await stand().store.run(second)).toMatchObject({ state: 'pending', reason: null });
      expect(await isQueued(second)).toBe(true);
      expect(await stand().store.giveTurns()).toEqual([]);
      await finish(second);
      expect(await waiting([third])).toEqual([false]);
    });

    it('begins as one of as many as its job may have at a time', async () => {
      const job = await addJob('a', { mostRuns: 2 });
      const ids = [await addRun(job), await addRun(job), await addRun(job)];
      expect(await stand().store.giveTurns()).toEqual(ids.slice(0, 2));
      expect(await waiting(ids)).toEqual([false, false, true]);
    });

    it('begins before others of less priority', async () => {
      const job = await addJob('a');
      const first = await addRun(job, { waits: false });
      const past = await addRun(job, { policies: { priority: 'backfill' } });
      const normal = await addRun(job);
      const live = await addRun(job, { policies: { priority: 'live' } });
      for (const [ended, begun] of [
        [first, live],
        [live, normal],
        [normal, past],
      ] as const) {
        await finish(ended);
        expect(await isQueued(begun)).toBe(true);
      }
    });

    it('needs room in its group as well, which jobs share', async () => {
      const { store } = stand();
      const [a, b] = [await addJob('a', { group: 'g' }), await addJob('b', { group: 'g' })];
      const first = await addRun(a, { waits: false, policies: { group: 'g' } });
      const second = await addRun(b, { policies: { group: 'g' } });
      expect(await store.giveTurns()).toEqual([]);
      await finish(first);
      expect(await waiting([second])).toEqual([false]);
    });

    it('has the room that its group has been given', async () => {
      const { store, db } = stand();
      await db.rows(sql`INSERT INTO tapekeeper.concurrency_group (name, most) VALUES ('g', 2)`);
      const jobs = [await addJob('a'), await addJob('b'), await addJob('c')];
      const ids: RunId[] = [];
      for (const job of jobs) ids.push(await addRun(job, { policies: { group: 'g' } }));
      expect((await store.giveTurns()).toSorted((x, y) => x - y)).toEqual(ids.slice(0, 2));
    });

    it('that is told to end ends, and its turn goes to the next one', async () => {
      const { store } = stand();
      const job = await addJob('a');
      const first = await addRun(job, { waits: false });
      const [second, third] = [await addRun(job), await addRun(job)];
      const wish = { end: 'cancelled', code: 'cancelled', reason: '', by: 'somebody' } as const;
      expect(await store.stopRun(second, wish, false)).toBe('cancelled');
      await finish(first);
      expect(await waiting([third])).toEqual([false]);
    });

    it('is left alone while somebody decides about its job, and begins afterwards', async () => {
      const { store, db } = stand();
      const job = await addJob('a');
      const id = await addRun(job);
      await db.transaction(async (tx) => {
        await tx.rows(sql`SELECT 1 FROM tapekeeper.job WHERE id = ${job} FOR NO KEY UPDATE`);
        expect(await store.giveTurns()).toEqual([]);
      });
      expect(await store.giveTurns()).toEqual([id]);
    });

    it('is given one turn, however many look at the same time', async () => {
      const { store } = stand();
      const job = await addJob('a', { mostRuns: 3 });
      const ids: RunId[] = [];
      for (let no = 0; no < 8; no++) ids.push(await addRun(job));
      await Promise.all(Array.from({ length: 6 }, () => store.giveTurns()));
      await store.giveTurns();
      expect((await waiting(ids)).filter((waits) => !waits)).toHaveLength(3);
      await Promise.all(ids.slice(0, 3).map(finish));
      await store.giveTurns();
      expect((await waiting(ids)).filter((waits) => !waits)).toHaveLength(6);
    });
  });

  describe('the end of a run', () => {
    it('makes the jobs that follow due when it is a good one, and not else', async () => {
      const { store, db } = stand();
      const job = await addJob('a');
      const follower = { ...syncJob({ kind: 'after', jobId: job }), policies: DEFAULT_POLICIES };
      const after = await store.createJob(
        { key: 'after', definition: follower, state: 'enabled', author: 'somebody' },
        () => null,
      );
      const off = { key: 'off', definition: follower, state: 'disabled', author: 'somebody' } as const;
      await store.createJob(off, () => null);
      const due = (): Promise<readonly unknown[]> =>
        db.rows(sql`SELECT job_id AS "jobId", upstream_run_id AS "runId" FROM tapekeeper.after_due`);
      const bad = await addRun(job, { waits: false });
      await store.stopRun(bad, { end: 'failed', code: 'marked_failed', reason: '', by: 'x' }, false);
      expect(await due()).toEqual([]);
      const good = await addRun(job, { waits: false });
      await finish(good);
      expect(await due()).toEqual([{ jobId: after.id, runId: good }]);
    });
  });
}
