import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, waitingDispatches } from '../../support/queue.ts';
import { tableContents } from '../../support/tableContents.ts';
import {
  claimFirst,
  commitOf,
  expectNothingDone,
  holdFetch,
  holdPlan,
  newItem,
  newRun,
  savePlan,
  takeAndCommit,
  type Stand,
} from './stand.ts';

/** Everything that a worker writes under a claim. */
const WRITES: Readonly<Record<string, (store: Store, claim: ShardClaim) => Promise<unknown>>> = {
  takeItems: (store, claim) => store.takeItems(claim, 5),
  commitItems: (store, claim) => store.commitItems(claim, [commitOf(1)]),
  releaseShard: (store, claim) => store.releaseShard(claim, 0, false),
  closeShard: (store, claim) => store.closeShard(claim),
  savePlan: (store, claim) => savePlan(store, claim, [[newItem()]]),
  waitForRuns: (store, claim) => store.waitForRuns(claim, [newRun({ dataset: 'stock_basics' })]),
  replan: (store, claim) => store.replan(claim, ['baostock'], 0),
  failRun: (store, claim) => store.failRun(claim, new AppError('bad_token')),
};

/** One shard is in one worker's hands, and only those hands write. */
export function describeClaims(stand: Stand): void {
  describe('a claim', () => {
    it('goes to one of many workers that want the same dispatch at once', async () => {
      const { store } = stand();
      const workers = await Promise.all(Array.from({ length: 8 }, () => addWorker(store)));
      for (let round = 0; round < 5; round++) {
        const runId = await store.createRun(newRun());
        const taken = await Promise.all(
          workers.map((workerId) => store.claimShard({ runId, shardNo: 0, dispatch: 1, workerId })),
        );
        expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
      }
    });

    it('sets the run running, and tells so once', async () => {
      const { store, db } = stand();
      const { runId } = await holdPlan(store);
      expect(await store.run(runId)).toMatchObject({ state: 'running', startedAt: expect.any(Number) });
      const told = await db.rows(
        sql`SELECT payload->>'state' AS state FROM tapekeeper.event_outbox WHERE topic = 'run' ORDER BY id`,
      );
      expect(told).toEqual([{ state: 'pending' }, { state: 'running' }]);
    });

    it('is not to be had by a stale dispatch, which changes nothing', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await store.releaseShard(claim, 0, false);
      const before = await tableContents(db);
      expect(await store.claimShard({ runId, shardNo: 0, dispatch: 1, workerId })).toBeUndefined();
      expect(await store.claimShard({ runId, shardNo: 0, dispatch: 3, workerId })).toBeUndefined();
      expect(await tableContents(db)).toEqual(before);
      expect(await claimFirst(store, runId, 0, workerId, 2)).toMatchObject({ fence: claim.fence + 2 });
    });

    it('is not to be had on a shard that is closed, or whose run has ended', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      expect(await store.claimShard({ runId, shardNo: 0, dispatch: 1, workerId })).toBeUndefined();
      await store.failRun(claim, new AppError('bad_token'));
      expect(await store.claimShard({ runId, shardNo: 1, dispatch: 1, workerId })).toBeUndefined();
    });

    it('is not to be had by a worker that has stopped', async () => {
      const { store } = stand();
      const workerId = await addWorker(store);
      const runId = await store.createRun(newRun());
      await store.stopWorker(workerId);
      expect(await store.claimShard({ runId, shardNo: 0, dispatch: 1, workerId })).toBeUndefined();
      expect(await store.run(runId)).toMatchObject({ state: 'pending' });
    });

    it('comes to the same worker again by the same dispatch, whose answer may have been lost on the way', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      const again = await claimFirst(store, runId, 0, workerId);
      expect(again.fence).toBeGreaterThan(claim.fence);
      await expect(store.closeShard(claim)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await store.closeShard(again)).toBe('success');
      expect(
        await db.rows(sql`SELECT 1 FROM tapekeeper.event_outbox WHERE payload->>'state' = 'running'`),
      ).toHaveLength(1);
    });

    it('given back lets the next worker go on where this one was', async () => {
      const { store, db } = stand();
      const { runId, claim } = await holdFetch(store, [newItem(), newItem(), newItem()]);
      const [first, second] = await store.takeItems(claim, 2);
      await store.commitItems(claim, [commitOf(first?.no ?? 0)]);
      await store.releaseShard(claim, 0, false);
      expect(await waitingDispatches(db)).toContainEqual({ runId, shardNo: 1, dispatch: 2 });
      const other = await addWorker(store, 'other');
      const next = await claimFirst(store, runId, 1, other, 2);
      const left = await store.takeItems(next, 10);
      expect(left.map(({ no, attempts }) => [no, attempts])).toEqual([
        [second?.no, 2],
        [3, 1],
      ]);
    });

    it('given back after trouble counts it, until something is committed', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store, [newItem(), newItem()]);
      await store.releaseShard(claim, 5000, true);
      const second = await claimFirst(store, runId, 1, workerId, 2);
      expect(second.troubles).toBe(1);
      const [item] = await store.takeItems(second, 1);
      await store.commitItems(second, [commitOf(item?.no ?? 0)]);
      await store.releaseShard(second, 0, true);
      expect(await claimFirst(store, runId, 1, workerId, 3)).toMatchObject({ troubles: 1 });
    });

    it.each(Object.entries(WRITES))('that was lost writes nothing: %s', async (_, write) => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store, [newItem(), newItem()]);
      await store.takeItems(claim, 1);
      await store.releaseShard(claim, 0, false);
      // in the queue, then with another worker, then closed
      await expectNothingDone(stand(), () => write(store, claim), 'lease_lost');
      const other = await claimFirst(store, runId, 1, await addWorker(store), 2);
      await expectNothingDone(stand(), () => write(store, claim), 'lease_lost');
      await expectNothingDone(stand(), () => write(store, { ...other, workerId }), 'lease_lost');
      await takeAndCommit(store, other, {});
      await store.closeShard(other);
      await expectNothingDone(stand(), () => write(store, other), 'lease_lost');
    });
  });
}
