import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunId, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { waitingDispatches } from '../../support/queue.ts';
import { claimFirst, holdPlan, newRun, savePlan, type Held, type Stand } from './stand.ts';

/** A run that needs others first sleeps until they have all ended. */
export function describeParents(stand: Stand): void {
  /** A parent that waits, and the held planning shards of its children. */
  const family = async (): Promise<{ parent: Held; children: readonly ShardClaim[] }> => {
    const { store } = stand();
    const parent = await holdPlan(store);
    const lists = (['trade_calendar', 'stock_basics'] as const).map((dataset) =>
      newRun({ dataset, cause: 'requirement', parentRunId: parent.runId }),
    );
    const ids = await store.waitForRuns(parent.claim, lists);
    const children = await Promise.all(ids.map((id) => claimFirst(store, id, 0, parent.workerId)));
    return { parent, children };
  };
  const queued = async (runId: RunId): Promise<readonly number[]> =>
    (await waitingDispatches(stand().db)).filter((one) => one.runId === runId).map((one) => one.dispatch);

  describe('a run that waits for others', () => {
    it('gives its shard up, and says what it waits for', async () => {
      const { store } = stand();
      const { parent } = await family();
      expect(await store.run(parent.runId)).toMatchObject({
        state: 'pending',
        reason: 'waits_for_requirement',
      });
      await expect(store.closeShard(parent.claim)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await store.requirementsOf(parent.runId)).toMatchObject([
        { dataset: 'trade_calendar', state: 'running', error: null },
        { dataset: 'stock_basics', state: 'running', error: null },
      ]);
    });

    it('wakes when the last of them has ended, however they did, and not before', async () => {
      const { store } = stand();
      const { parent, children } = await family();
      const [first, last] = children as [ShardClaim, ShardClaim];
      const before = await queued(parent.runId);
      await savePlan(store, first, []);
      expect(await queued(parent.runId)).toEqual(before);
      await store.failRun(last, new AppError('bad_token', { source: 'tushare', message: 'expired.' }));
      expect(await queued(parent.runId)).toEqual([2]);
      expect(await claimFirst(store, parent.runId, 0, parent.workerId, 2)).toMatchObject({ kind: 'plan' });
      expect(await store.requirementsOf(parent.runId)).toMatchObject([
        { state: 'success', error: null },
        { state: 'failed', error: { code: 'bad_token', details: { message: 'expired.' } } },
      ]);
    });

    it('wakes once when they all end at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const { parent, children } = await family();
        await Promise.all(children.map((child) => savePlan(stand().store, child, [])));
        expect(await queued(parent.runId)).toEqual([2]);
      }
    });
  });
}
