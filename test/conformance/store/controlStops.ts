import { AppError, DEFAULT_POLICIES, type RunState } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { StopWish } from '../../../packages/server/src/ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, ageWorker, waitingDispatches } from '../../support/queue.ts';
import {
  claimFirst,
  commitOf,
  expectNothingDone,
  holdFetch,
  holdPlan,
  newItem,
  newRun,
  savePlan,
  type Held,
  type Stand,
} from './stand.ts';

const CANCEL: StopWish = { end: 'cancelled', code: 'cancelled', reason: 'not wanted', by: 'somebody' };
const FAIL: StopWish = { end: 'failed', code: 'marked_failed', reason: 'it hangs', by: 'somebody' };

const GRACE_MS = 30_000;

/** A run that is told to end ends when the work on it has stopped, and as it was told to. */
export function describeStops(stand: Stand): void {
  const stateOf = async (id: RunId): Promise<RunState | undefined> => (await stand().store.run(id))?.state;
  const itemStates = async (id: RunId): Promise<readonly string[]> => {
    const items = await stand().db.rows<{ state: string }>(
      sql`SELECT state FROM tapekeeper.item WHERE run_id = ${id} ORDER BY no`,
    );
    return items.map(({ state }) => state);
  };
  /** A run with two fetch shards, one item each, that two workers hold. */
  const holdTwo = async (): Promise<{ runId: RunId; one: ShardClaim; other: ShardClaim }> => {
    const { store } = stand();
    const { runId, workerId, claim } = await holdPlan(store);
    await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
    const second = await addWorker(store);
    return {
      runId,
      one: await claimFirst(store, runId, 1, workerId),
      other: await claimFirst(store, runId, 2, second),
    };
  };
  /** A run that waits for a child, which a worker holds. */
  const family = async (): Promise<{ parent: Held; child: ShardClaim }> => {
    const { store } = stand();
    const parent = await holdPlan(store);
    const [id = 0] = await store.waitForRuns(parent.claim, [
      newRun({ dataset: 'trade_calendar', cause: 'requirement', parentRunId: parent.runId }),
    ]);
    return { parent, child: await claimFirst(store, id, 0, parent.workerId) };
  };
  const asked = (id: RunId, secondsAgo: number): Promise<unknown> =>
    stand().db.rows(sql`
      UPDATE tapekeeper.run SET stop_asked_at = tapekeeper.now() - make_interval(secs => ${secondsAgo}) WHERE id = ${id}`);

  describe('a run that is told to end', () => {
    it('ends at once when nobody works on it, and its dispatch is of no use any more', async () => {
      const { store } = stand();
      const id = await store.createRun(newRun());
      expect(await store.stopRun(id, CANCEL, false)).toBe('cancelled');
      expect(await store.run(id)).toMatchObject({
        state: 'cancelled',
        reason: 'cancelled',
        error: null,
        stop: CANCEL,
        finishedAt: expect.any(Number) as number,
      });
      const workerId = await addWorker(store);
      expect(await store.claimShard({ runId: id, shardNo: 0, dispatch: 1, workerId })).toBeUndefined();
    });

    it('goes on until its worker has stopped, who is told so', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store, [newItem(), newItem({ instrumentId: 2 })]);
      const [item] = await store.takeItems(claim, 1);
      expect(await store.signalsFor(workerId)).toEqual([]);
      expect(await store.stopRun(runId, CANCEL, false)).toBe('running');
      expect(await store.signalsFor(workerId)).toEqual([
        { runId, shardNo: 1, fence: claim.fence, what: 'stop' },
      ]);
      expect(await store.signalsFor(workerId, [claim])).toEqual([
        { runId, shardNo: 1, fence: claim.fence, what: 'stop' },
      ]);

      // what is done is done: its commit still counts
      await store.commitItems(claim, [commitOf(item?.no ?? 0)]);
      expect(await store.yieldShard(claim)).toBe('cancelled');
      expect(await store.run(runId)).toMatchObject({ state: 'cancelled', itemsDone: 1 });
      expect(await itemStates(runId)).toEqual(['done', 'cancelled']);
      await expect(store.commitItems(claim, [commitOf(2)])).rejects.toMatchObject({ code: 'lease_lost' });
    });

    it('ends with the last of its shards, however each is let go', async () => {
      const { store } = stand();
      const ways: readonly ((claim: ShardClaim) => Promise<unknown>)[] = [
        (claim) => store.yieldShard(claim),
        (claim) => store.releaseShard(claim, 0, false),
        (claim) => store.closeShard(claim),
        (claim) => store.failAttempt(claim, new AppError('internal', { message: 'x' })),
        (claim) => store.replan(claim, ['baostock'], 0),
      ];
      for (const last of ways) {
        const { runId, one, other } = await holdTwo();
        await store.stopRun(runId, CANCEL, false);
        expect(await store.yieldShard(one)).toBeNull();
        expect(await stateOf(runId)).toBe('running');
        await last(other);
        expect(await stateOf(runId)).toBe('cancelled');
        expect(await itemStates(runId)).toEqual(['cancelled', 'cancelled']);
      }
    });

    it('is never tried again, and makes no children any more', async () => {
      const { store } = stand();
      const { runId, claim } = await holdPlan(store);
      await store.stopRun(runId, CANCEL, false);
      await expect(store.waitForRuns(claim, [newRun({ parentRunId: runId })])).rejects.toMatchObject({
        code: 'interrupted',
      });
      expect(await store.failAttempt(claim, new AppError('internal', { message: 'x' }))).toBe('cancelled');
      expect(await store.requirementsOf(runId)).toEqual([]);
    });

    it('that its worker holds without knowing is found, once the answer cannot be on its way any more', async () => {
      const { db, store } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      await db.rows(
        sql`UPDATE tapekeeper.shard SET claimed_at = claimed_at - interval '30 seconds' WHERE run_id = ${runId}`,
      );
      expect(await store.strayShards(workerId, [claim], 20_000)).toEqual([]);
      expect(await store.strayShards(workerId, [], 60_000)).toEqual([]);
      expect(await store.strayShards(workerId, [{ ...claim, fence: claim.fence - 1 }], 20_000)).toEqual([
        claim,
      ]);
      expect(await store.strayShards(workerId + 1, [], 20_000)).toEqual([]);
      expect(await store.stopRun(runId, CANCEL, false)).toBe('running');
      await store.releaseShard(claim, 0, false);
      expect((await store.run(runId))?.state).toBe('cancelled');
      expect(await store.strayShards(workerId, [], 20_000)).toEqual([]);
    });

    it('by force ends now, whoever works on it, and a late write changes nothing', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      const [item] = await store.takeItems(claim, 1);
      expect(await store.stopRun(runId, FAIL, true)).toBe('failed');
      expect(await store.run(runId)).toMatchObject({
        state: 'failed',
        error: { code: 'marked_failed', message: expect.stringContaining('it hangs') as string },
      });
      expect(await store.signalsFor(workerId, [claim])).toEqual([
        { runId, shardNo: 1, fence: claim.fence, what: 'lost' },
      ]);
      await expectNothingDone(
        stand(),
        () => store.commitItems(claim, [commitOf(item?.no ?? 0)]),
        'lease_lost',
      );
    });

    it('keeps the first wish, unless it is forced', async () => {
      const { store } = stand();
      const { runId } = await holdPlan(store);
      await store.stopRun(runId, CANCEL, false);
      expect(await store.stopRun(runId, FAIL, false)).toBe('running');
      expect((await store.run(runId))?.stop).toEqual(CANCEL);
      expect(await store.stopRun(runId, FAIL, true)).toBe('failed');
    });

    it('is refused where it is over or there is none', async () => {
      const { store } = stand();
      const id = await store.createRun(newRun());
      await store.stopRun(id, CANCEL, false);
      await expectNothingDone(stand(), () => store.stopRun(id, FAIL, true), 'run_over');
      await expectNothingDone(stand(), () => store.stopRun(id + 99, FAIL, true), 'unknown_run');
    });

    it('takes its children along', async () => {
      const { store } = stand();
      const { parent, child } = await family();
      expect(await store.stopRun(parent.runId, CANCEL, false)).toBe('cancelled');
      expect(await stateOf(child.runId)).toBe('running');
      expect(await store.signalsFor(parent.workerId)).toEqual([
        { runId: child.runId, shardNo: 0, fence: child.fence, what: 'stop' },
      ]);
      expect(await store.yieldShard(child)).toBe('cancelled');
      expect((await store.run(child.runId))?.reason).toBe('parent_ended');
    });

    it('as a child alone is seen by its parent, which goes on', async () => {
      const { store } = stand();
      const { parent, child } = await family();
      await store.stopRun(child.runId, CANCEL, false);
      await store.yieldShard(child);
      expect(await store.requirementsOf(parent.runId)).toMatchObject([{ state: 'cancelled' }]);
      expect(await claimFirst(store, parent.runId, 0, parent.workerId, 2)).toMatchObject({ kind: 'plan' });
    });

    it('finds each child that its parent missed', async () => {
      const { store, db } = stand();
      const { parent, child } = await family();
      await db.rows(
        sql`UPDATE tapekeeper.run SET state = 'cancelled', finished_at = tapekeeper.now() WHERE id = ${parent.runId}`,
      );
      await store.enforceStops(GRACE_MS);
      expect(await store.yieldShard(child)).toBe('cancelled');
    });
  });

  describe('stops that did not come about', () => {
    it('are forced after the grace, and not before', async () => {
      const { store } = stand();
      const { runId } = await holdPlan(store);
      await store.stopRun(runId, CANCEL, false);
      await asked(runId, 29);
      expect(await store.enforceStops(GRACE_MS)).toEqual([]);
      await asked(runId, 31);
      expect(await store.enforceStops(GRACE_MS)).toEqual([{ runId, what: 'forced' }]);
      expect(await stateOf(runId)).toBe('cancelled');
      expect(await store.enforceStops(GRACE_MS)).toEqual([]);
    });

    it('come about when the worker dies', async () => {
      const { store, db } = stand();
      const { runId, workerId } = await holdFetch(store);
      await store.stopRun(runId, CANCEL, false);
      await ageWorker(db, workerId, 60_000);
      await store.rescue(15_000);
      await store.enforceStops(GRACE_MS);
      expect(await stateOf(runId)).toBe('cancelled');
      expect(await itemStates(runId)).toEqual(['cancelled']);
    });
  });

  describe('a run with a limit', () => {
    const limited = { policies: { ...DEFAULT_POLICIES, timeoutSeconds: 60 } };
    const late = (id: RunId): Promise<unknown> =>
      stand().db.rows(sql`UPDATE tapekeeper.run SET deadline_at = tapekeeper.now() WHERE id = ${id}`);

    it('has it from its first start on, which waiting and a second claim do not move', async () => {
      const { store, db } = stand();
      const deadline = async (id: RunId): Promise<number | null> =>
        (
          await db.one<{ left: number | null }>(sql`
            SELECT round(extract(epoch FROM deadline_at - started_at))::float8 AS left FROM tapekeeper.run WHERE id = ${id}`)
        ).left;
      const { runId, workerId, claim } = await holdPlan(store, limited);
      expect(await deadline(runId)).toBe(60);
      await store.releaseShard(claim, 0, false);
      await claimFirst(store, runId, 0, workerId, 2);
      expect(await deadline(runId)).toBe(60);
    });

    it('is told to end when it has passed, and fails with the reason', async () => {
      const { store } = stand();
      const { runId, claim } = await holdPlan(store, limited);
      expect(await store.enforceStops(GRACE_MS)).toEqual([]);
      await late(runId);
      expect(await store.enforceStops(GRACE_MS)).toEqual([{ runId, what: 'timed_out' }]);
      expect(await stateOf(runId)).toBe('running');
      expect(await store.yieldShard(claim)).toBe('failed');
      expect(await store.run(runId)).toMatchObject({
        error: { code: 'timed_out', message: expect.stringContaining('60 s') as string },
      });
    });

    it('may be paused for as long as one likes', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdPlan(store, limited);
      await store.pauseRun(runId, 'somebody');
      await store.yieldShard(claim);
      await db.rows(sql`
        UPDATE tapekeeper.run SET deadline_at = deadline_at - interval '1 hour', pause_asked_at = pause_asked_at - interval '1 hour'
        WHERE id = ${runId}`);
      expect(await store.enforceStops(GRACE_MS)).toEqual([]);
      await store.continueRun(runId, 'somebody');
      expect(await store.enforceStops(GRACE_MS)).toEqual([]);
      const [dispatch] = (await waitingDispatches(db)).filter((one) => one.runId === runId);
      expect(await claimFirst(store, runId, 0, workerId, dispatch?.dispatch)).toBeDefined();
    });
  });

  describe('a shard that nobody is left to be asked for', () => {
    it('fails with its open items, and what others did stands', async () => {
      const { store } = stand();
      const { runId, one, other } = await holdTwo();
      const [done] = await store.takeItems(one, 1);
      await store.commitItems(one, [commitOf(done?.no ?? 0)]);
      await store.closeShard(one);
      await store.takeItems(other, 1);
      const error = new AppError('quota_exhausted', { source: 'tushare', message: 'no more.' });
      expect(await store.failShard(other, error)).toBe('success_with_errors');
      expect(await store.run(runId)).toMatchObject({
        itemsDone: 1,
        itemsFailed: 1,
        outcomes: { ok: 1, failed: 1 },
      });
      expect(await itemStates(runId)).toEqual(['done', 'failed']);
    });

    it('fails the run where nothing was done at all, with its error', async () => {
      const { store } = stand();
      const members = Uint8Array.of(0b0111_0000);
      const { runId, claim } = await holdFetch(store, [
        newItem({ shape: 'day', instrumentId: null, members }),
      ]);
      const error = new AppError('banned', { source: 'tushare', message: 'out.', until: 'noon' });
      expect(await store.failShard(claim, error)).toBe('failed');
      expect(await store.run(runId)).toMatchObject({ error: { code: 'banned' }, outcomes: { failed: 3 } });
    });

    it('is what a retry asks for: symbols, or every one where a whole market failed', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(store, [newItem()]);
      expect(await store.failuresOf(runId)).toEqual({ items: 0, everySymbol: false, symbols: [] });
      await store.failShard(claim, new AppError('internal', { message: 'x' }));
      expect(await store.failuresOf(runId)).toMatchObject({ items: 1, everySymbol: false });
      const day = await holdFetch(store, [
        newItem({ shape: 'day', instrumentId: null, members: Uint8Array.of(1) }),
      ]);
      await store.failShard(day.claim, new AppError('internal', { message: 'x' }));
      expect(await store.failuresOf(day.runId)).toMatchObject({ items: 1, everySymbol: true });
    });
  });

  describe('the record of a run', () => {
    it('can be deleted when the run is over, with all its details', async () => {
      const { store, db } = stand();
      const { runId, claim } = await holdFetch(store);
      const [item] = await store.takeItems(claim, 1);
      await store.commitItems(claim, [commitOf(item?.no ?? 0)]);
      await expectNothingDone(stand(), () => store.deleteRun(runId), 'run_open');
      await store.closeShard(claim);
      const resumed = await store.createRun(newRun({ resumesRunId: runId }));
      expect(await store.openResumption(runId)).toBe(resumed);
      await store.deleteRun(runId);
      expect(await store.run(runId)).toBeUndefined();
      expect((await store.run(resumed))?.resumesRunId).toBeNull();
      for (const table of ['shard', 'item', 'attempt', 'run_attempt']) {
        expect(
          await db.rows(sql`SELECT 1 FROM ${sql.table(`tapekeeper.${table}`)} WHERE run_id = ${runId}`),
        ).toEqual([]);
      }
      await expectNothingDone(stand(), () => store.deleteRun(runId), 'unknown_run');
    });

    it('stays while a run that it made is open', async () => {
      const { store } = stand();
      const { parent } = await family();
      await store.stopRun(parent.runId, CANCEL, false);
      await expectNothingDone(stand(), () => store.deleteRun(parent.runId), 'run_open');
    });
  });
}
