import type { RunState } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, ageShards, ageWorker, waitingDispatches } from '../../support/queue.ts';
import {
  claimFirst,
  commitOf,
  expectNothingDone,
  holdFetch,
  holdPlan,
  newItem,
  newRun,
  savePlan,
  type Stand,
} from './stand.ts';

const BY = 'somebody';

/** A paused run stands still until somebody lets it go on, whoever dies meanwhile. */
export function describePauses(stand: Stand): void {
  const stateOf = async (id: RunId): Promise<RunState | undefined> => (await stand().store.run(id))?.state;
  /** What could be claimed of a run now: the last number queued of each shard, if it counts. */
  const claimable = async (id: RunId): Promise<readonly number[]> => {
    const queued = (await waitingDispatches(stand().db)).filter((one) => one.runId === id);
    const shards = await stand().db.rows<{ no: number; dispatch: number }>(
      sql`SELECT no, dispatch FROM tapekeeper.shard WHERE run_id = ${id} AND open ORDER BY no`,
    );
    return shards
      .filter(({ no, dispatch }) => queued.some((one) => one.shardNo === no && one.dispatch === dispatch))
      .map(({ no }) => no);
  };

  describe('a run that is asked to pause', () => {
    it('pauses when its worker has stopped; its items go back, and nothing is queued', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      await store.takeItems(claim, 1);
      expect(await store.pauseRun(runId, BY)).toBe('running');
      expect(await store.pauseRun(runId, BY)).toBe('running');
      expect(await store.signalsFor(workerId, [claim])).toEqual([
        { runId, shardNo: 1, fence: claim.fence, what: 'pause' },
      ]);
      expect(await store.yieldShard(claim)).toBe('paused');
      expect(await claimable(runId)).toEqual([]);
      expect(await store.strandedRuns()).toEqual([]);
    });

    it('loses the dispatches of shards that nobody holds, and gets them back when it goes on', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
      expect(await store.pauseRun(runId, BY)).toBe('paused');
      expect(await store.pauseRun(runId, BY)).toBe('paused');
      for (const shardNo of [1, 2])
        expect(await store.claimShard({ runId, shardNo, dispatch: 1, workerId })).toBeUndefined();
      expect(await store.continueRun(runId, BY)).toBe('running');
      expect(await claimable(runId)).toEqual([1, 2]);
    });

    it('goes on with the item where it was', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdFetch(store, [newItem(), newItem({ instrumentId: 2 })]);
      const [first] = await store.takeItems(claim, 1);
      await store.commitItems(claim, [commitOf(first?.no ?? 0)]);
      await store.pauseRun(runId, BY);
      await store.yieldShard(claim);
      await store.continueRun(runId, BY);
      const [dispatch] = (await waitingDispatches(db)).filter(
        (one) => one.runId === runId && one.shardNo === 1,
      );
      const again = await claimFirst(store, runId, 1, workerId, dispatch?.dispatch);
      const rest = await store.takeItems(again, 9);
      expect(rest.map(({ no }) => no)).toEqual([2]);
      await store.commitItems(again, [commitOf(2)]);
      expect(await store.closeShard(again)).toBe('success');
    });

    it('waits for all of its workers, and a commit under way is kept', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
      const one = await claimFirst(store, runId, 1, workerId);
      const other = await claimFirst(store, runId, 2, workerId);
      const [item] = await store.takeItems(other, 1);
      await store.pauseRun(runId, BY);
      expect(await store.yieldShard(one)).toBeNull();
      await store.commitItems(other, [commitOf(item?.no ?? 0)]);
      expect(await store.closeShard(other)).toBe('paused');
      expect(await store.run(runId)).toMatchObject({ itemsDone: 1 });
    });

    it('may be told to go on before it has paused', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(store);
      await store.pauseRun(runId, BY);
      expect(await store.continueRun(runId, BY)).toBe('running');
      expect(await store.yieldShard(claim)).toBeNull();
      expect(await claimable(runId)).toEqual([1]);
    });

    it('pauses when its worker dies, and rescue leaves it alone', async () => {
      const { store, db } = stand();
      const { runId, workerId } = await holdFetch(store);
      await store.pauseRun(runId, BY);
      await ageWorker(db, workerId, 60_000);
      await store.rescue(15_000);
      await store.enforceStops(30_000);
      expect(await stateOf(runId)).toBe('paused');
      await ageShards(db, 60_000);
      await store.rescue(15_000);
      expect(await claimable(runId)).toEqual([]);
      expect(await stateOf(runId)).toBe('paused');
    });

    it('can be told to end, and ends at once', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(store);
      await store.pauseRun(runId, BY);
      await store.yieldShard(claim);
      const wish = { end: 'cancelled', code: 'cancelled', reason: '', by: BY } as const;
      expect(await store.stopRun(runId, wish, false)).toBe('cancelled');
    });

    it('is refused unless it runs', async () => {
      const { store } = stand();
      const id = await store.createRun(newRun());
      await expectNothingDone(stand(), () => store.pauseRun(id, BY), 'run_not_running');
      await expectNothingDone(stand(), () => store.continueRun(id, BY), 'run_not_paused');
      await store.stopRun(id, { end: 'cancelled', code: 'cancelled', reason: '', by: BY }, false);
      await expectNothingDone(stand(), () => store.pauseRun(id, BY), 'run_over');
      await expectNothingDone(stand(), () => store.continueRun(id, BY), 'run_over');
      await expectNothingDone(stand(), () => store.pauseRun(id + 9, BY), 'unknown_run');
    });

    it('takes its children along, those that have not begun when they would begin', async () => {
      const { store, db } = stand();
      const workerId = await addWorker(store);
      const parent = await store.createRun(newRun({ type: 'workflow', dataset: null, params: null }));
      await claimFirst(store, parent, 0, workerId);
      // as a workflow that has started its nodes and sleeps
      await db.rows(sql`
        UPDATE tapekeeper.shard SET waits_for_runs = true, worker_id = NULL, fence = fence + 1 WHERE run_id = ${parent}`);
      const node = (name: string): Promise<RunId> =>
        store.createRun(newRun({ cause: 'workflow', parentRunId: parent, node: name }));
      const [running, pending] = [await node('a'), await node('b')];
      const held = await claimFirst(store, running, 0, workerId);
      expect(await store.pauseRun(parent, BY)).toBe('paused');
      expect(await store.yieldShard(held)).toBe('paused');
      expect(await store.claimShard({ runId: pending, shardNo: 0, dispatch: 2, workerId })).toBeUndefined();
      expect(await stateOf(pending)).toBe('paused');

      expect(await store.continueRun(parent, BY)).toBe('running');
      expect(await Promise.all([stateOf(running), stateOf(pending)])).toEqual(['running', 'running']);
      expect(await claimable(running)).toEqual([0]);
      expect(await claimable(pending)).toEqual([0]);
    });
  });
}
