import { AppError, DEFAULT_POLICIES } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunId, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { ageShards } from '../../support/queue.ts';
import { claimFirst, commitOf, holdFetch, holdPlan, newItem, savePlan, type Stand } from './stand.ts';

const fault = (): AppError => new AppError('internal', { message: 'a fault of ours' });

/** A failure outside items is another attempt of the run after a pause, as often as its policies allow. */
export function describeAttempts(stand: Stand): void {
  const dispatchOf = async (runId: RunId, shardNo: number): Promise<number> =>
    (
      await stand().db.one<{ dispatch: number }>(
        sql`SELECT dispatch FROM tapekeeper.shard WHERE run_id = ${runId} AND no = ${shardNo}`,
      )
    ).dispatch;
  /** Seconds until the dispatch of a shard may be taken. */
  const delayOf = async (runId: RunId, shardNo: number): Promise<number> =>
    (
      await stand().db.one<{ seconds: number }>(sql`
        SELECT round(extract(epoch FROM run_at - clock_timestamp()))::float8 AS seconds FROM graphile_worker.jobs
        WHERE key = ${`shard:${runId}:${shardNo}`} AND locked_at IS NULL`)
    ).seconds;
  const again = async (claim: ShardClaim): Promise<ShardClaim> => {
    const { runId, shardNo, workerId } = claim;
    return claimFirst(stand().store, runId, shardNo, workerId, await dispatchOf(runId, shardNo));
  };
  /** The pause of a run is over, and it has waited that long. */
  const waited = (runId: RunId, seconds: number): Promise<unknown> =>
    stand().db.rows(sql`
      UPDATE tapekeeper.run_attempt SET ended_at = ended_at - make_interval(secs => ${seconds}),
        started_at = started_at - make_interval(secs => ${seconds}) WHERE run_id = ${runId}`);

  describe('an attempt of a run', () => {
    it('begins with the first claim, and ends with the run', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      expect(await store.runAttempts(runId)).toEqual([
        { no: 1, workerId, startedAt: expect.any(Number) as number, endedAt: null, error: null },
      ]);
      await store.releaseShard(claim, 0, false);
      await store.closeShard(await again(claim));
      expect(await store.runAttempts(runId)).toMatchObject([
        { no: 1, endedAt: expect.any(Number) as number },
      ]);
      expect(await store.run(runId)).toMatchObject({ state: 'success', attempt: 1, retryWaitedMs: 0 });
    });

    it('that failed is followed by another one after the pause of its policies', async () => {
      const { store } = stand();
      const policies = { ...DEFAULT_POLICIES, retrySeconds: 90 };
      const { runId, claim } = await holdPlan(store, { policies });
      expect(await store.failAttempt(claim, fault())).toBe('pending');
      const waiting = await store.run(runId);
      expect(waiting).toMatchObject({ state: 'pending', reason: 'waits_to_retry', attempt: 2 });
      expect(Math.round(((waiting?.retryAt ?? 0) - (waiting?.readAt ?? 0)) / 1000)).toBe(90);
      expect(await delayOf(runId, 0)).toBe(90);
      await expect(store.closeShard(claim)).rejects.toMatchObject({ code: 'lease_lost' });

      await waited(runId, 90);
      await again(claim);
      const running = await store.run(runId);
      expect(running).toMatchObject({ state: 'running', reason: null, retryAt: null });
      expect(Math.round((running?.retryWaitedMs ?? 0) / 1000)).toBe(90);
      expect(await store.runAttempts(runId)).toMatchObject([
        { no: 1, error: { code: 'internal' } },
        { no: 2, endedAt: null, error: null },
      ]);
    });

    it('is the last one when as many have been made as there may be', async () => {
      const { store } = stand();
      const policies = { ...DEFAULT_POLICIES, maxAttempts: 3, retrySeconds: 0 };
      let { claim } = await holdPlan(store, { policies });
      for (const state of ['pending', 'pending', 'failed']) {
        expect(await store.failAttempt(claim, fault())).toBe(state);
        if (state === 'pending') claim = await again(claim);
      }
      expect(await store.run(claim.runId)).toMatchObject({
        state: 'failed',
        error: { code: 'internal' },
        attempt: 3,
      });
      expect(await store.runAttempts(claim.runId)).toHaveLength(3);
      const { runId, workerId } = claim;
      const dispatch = await dispatchOf(runId, 0);
      expect(await store.claimShard({ runId, shardNo: 0, dispatch, workerId })).toBeUndefined();
    });

    it('puts items back, and keeps what was done', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(store, [newItem(), newItem({ instrumentId: 2 })]);
      const [first] = await store.takeItems(claim, 2);
      await store.commitItems(claim, [commitOf(first?.no ?? 0)]);
      await store.failAttempt(claim, fault());
      const next = await again(claim);
      expect((await store.takeItems(next, 9)).map(({ no }) => no)).toEqual([2]);
      expect(await store.run(runId)).toMatchObject({ itemsDone: 1 });
    });

    it('lets the shards that others hold go on, whose failures are of the same attempt', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
      const one = await claimFirst(store, runId, 1, workerId);
      const other = await claimFirst(store, runId, 2, workerId);
      expect(await store.failAttempt(one, fault())).toBe('running');
      const [item] = await store.takeItems(other, 1);
      await store.commitItems(other, [commitOf(item?.no ?? 0)]);
      expect(await store.failAttempt(other, fault())).toBe('pending');
      expect(await store.run(runId)).toMatchObject({ attempt: 2, reason: 'waits_to_retry', itemsDone: 1 });
      expect(await store.runAttempts(runId)).toHaveLength(1);
      // the second attempt does not begin early by another shard
      expect(await delayOf(runId, 1)).toBe(60);
      expect(await delayOf(runId, 2)).toBe(60);

      // held over from the attempt before, its failure is none of the new one
      const first = await again(one);
      await again(other);
      expect(await store.failAttempt(first, fault())).toBe('running');
      expect(await store.run(runId)).toMatchObject({ attempt: 3 });
    });

    it('that waits has its lost dispatch back no earlier', async () => {
      const { store, db } = stand();
      const { runId, claim } = await holdPlan(store);
      await store.failAttempt(claim, fault());
      await db.rows(sql`DELETE FROM graphile_worker._private_jobs`);
      await ageShards(db, 60_000);
      expect(await store.rescue(15_000)).toMatchObject([{ runId, why: 'lost_dispatch' }]);
      expect(await delayOf(runId, 0)).toBeGreaterThan(50);
    });
  });

  describe('tries of items', () => {
    it('are listed newest first, those that failed alone where wished, page by page', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(store, [newItem(), newItem({ instrumentId: 2 })]);
      const items = await store.takeItems(claim, 2);
      const at = 1_700_000_000_000;
      const tried = (no: number, minute: number, error: AppError | null) =>
        commitOf(no, {
          attempts: [
            { source: 'tushare', startedAt: at, endedAt: at + minute * 60_000, calls: 1, rows: 0, error },
          ],
        });
      await store.commitItems(claim, [
        tried(items[0]?.no ?? 0, 1, fault()),
        tried(items[1]?.no ?? 0, 2, null),
      ]);
      const list = (filter: Partial<Parameters<typeof store.itemAttempts>[1]>) =>
        store.itemAttempts(runId, { failedOnly: false, before: null, limit: 10, ...filter });
      expect(await list({})).toMatchObject([
        { itemNo: 2, errorCode: null },
        { itemNo: 1, errorCode: 'internal' },
      ]);
      expect(await list({ failedOnly: true })).toMatchObject([{ itemNo: 1 }]);
      expect(await list({ before: at + 120_000 })).toMatchObject([{ itemNo: 1 }]);
      expect(await list({ limit: 1 })).toMatchObject([{ itemNo: 2 }]);
    });
  });
}
