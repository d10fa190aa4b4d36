import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, ageShards, ageWorker, takeDispatch, waitingDispatches } from '../../support/queue.ts';
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

const SILENT_MS = 15_000;
const LONG_MS = 60_000;
const DAY_MS = 86_400_000;

/** Work goes on when whoever did it is gone, and is left to whoever still does it. */
export function describeRescue(stand: Stand): void {
  const rescue = () => stand().store.rescue(SILENT_MS);
  const queued = async (runId: number, shardNo: number) =>
    (await waitingDispatches(stand().db))
      .filter((one) => one.runId === runId && one.shardNo === shardNo)
      .map((one) => one.dispatch);

  describe('rescue', () => {
    it('takes the shards of a silent worker away, puts its items back and queues them again', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdFetch(store, [newItem(), newItem()]);
      const [item] = await store.takeItems(claim, 1);
      await store.takeLease('baostock', workerId);
      await ageWorker(db, workerId, LONG_MS);
      expect(await rescue()).toEqual([{ runId, shardNo: 1, why: 'silent_worker' }]);
      expect(await queued(runId, 1)).toEqual([2]);
      const states = await db.rows(sql`SELECT DISTINCT state FROM tapekeeper.item WHERE run_id = ${runId}`);
      expect(states).toEqual([{ state: 'pending' }]);
      expect(await store.beat(workerId)).toBe(false);
      const other = await addWorker(store, 'other');
      expect(await store.takeLease('baostock', other)).toBe(true);
      const next = await claimFirst(store, runId, 1, other, 2);
      expect((await store.takeItems(next, 5)).map(({ no, attempts }) => [no, attempts])).toEqual([
        [item?.no, 2],
        [2, 1],
      ]);
      await expectNothingDone(
        stand(),
        () => store.commitItems(claim, [commitOf(item?.no ?? 0)]),
        'lease_lost',
      );
    });

    it('finds a worker that was killed before its first heartbeat, by its start', async () => {
      const { store, db } = stand();
      const { runId, workerId } = await holdPlan(store);
      await db.rows(sql`UPDATE tapekeeper.worker SET heartbeat_at = NULL WHERE id = ${workerId}`);
      expect(await rescue()).toEqual([]);
      await ageWorker(db, workerId, LONG_MS);
      expect(await rescue()).toEqual([{ runId, shardNo: 0, why: 'silent_worker' }]);
    });

    it('never touches the work of a worker that beats, however old it is', async () => {
      const { store, db } = stand();
      const { workerId, claim } = await holdFetch(store);
      const [item] = await store.takeItems(claim, 1);
      await takeDispatch(db);
      await ageShards(db, DAY_MS);
      await db.rows(sql`UPDATE tapekeeper.shard SET claimed_at = claimed_at - interval '1 day'`);
      await db.rows(
        sql`UPDATE tapekeeper.worker SET started_at = started_at - interval '1 day' WHERE id = ${workerId}`,
      );
      expect(await store.beat(workerId)).toBe(true);
      expect(await rescue()).toEqual([]);
      await store.commitItems(claim, [commitOf(item?.no ?? 0)]);
      expect(await store.closeShard(claim)).toBe('success');
    });

    it('frees what a worker took in the moment in which it was given up', async () => {
      const { store, db } = stand();
      const workerId = await addWorker(store);
      const runId = await store.createRun(newRun());
      await ageWorker(db, workerId, LONG_MS);
      // a claim that was under way when the scan looked, and was committed after it
      await rescue();
      await db.rows(
        sql`UPDATE tapekeeper.shard SET worker_id = ${workerId}, fence = fence + 1 WHERE run_id = ${runId}`,
      );
      expect(await rescue()).toEqual([{ runId, shardNo: 0, why: 'silent_worker' }]);
      expect(await claimFirst(store, runId, 0, await addWorker(store), 2)).toMatchObject({ shardNo: 0 });
    });

    it('queues a shard again whose dispatch was lost, a moment later', async () => {
      const { store, db } = stand();
      const runId = await store.createRun(newRun());
      await ageShards(db, LONG_MS);
      expect(await rescue()).toEqual([]);
      await takeDispatch(db);
      expect(await rescue()).toEqual([{ runId, shardNo: 0, why: 'lost_dispatch' }]);
      expect(await queued(runId, 0)).toEqual([2]);
      await takeDispatch(db);
      expect(await rescue()).toEqual([]);
    });

    it('queues a shard again whose dispatch a dead worker had taken, or had failed at', async () => {
      const { store, db } = stand();
      const locked = await store.createRun(newRun());
      const failed = await store.createRun(newRun());
      await lockDispatch(stand, locked);
      await lockDispatch(stand, failed);
      await db.rows(
        sql`UPDATE graphile_worker._private_jobs SET locked_at = NULL WHERE payload->>'runId' = ${String(failed)}`,
      );
      await ageShards(db, LONG_MS);
      const rescued = await rescue();
      expect(rescued.toSorted((a, b) => a.runId - b.runId)).toEqual(
        [locked, failed].map((runId) => ({ runId, shardNo: 0, why: 'lost_dispatch' })),
      );
      for (const runId of [locked, failed]) expect(await queued(runId, 0)).toEqual([2]);
    });

    it('wakes a parent whose children have all ended, and not before', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      const children = await store.waitForRuns(claim, [
        newRun({ dataset: 'stock_basics', parentRunId: runId }),
        newRun({ dataset: 'trade_calendar', parentRunId: runId }),
      ]);
      await ageShards(db, LONG_MS);
      expect((await rescue()).filter((one) => one.runId === runId)).toEqual([]);
      // as when the process that ended the last child died before it could wake anybody
      await db.rows(
        sql`UPDATE tapekeeper.run SET state = 'failed' WHERE id = ANY(${[...children]}::bigint[])`,
      );
      await db.rows(
        sql`UPDATE tapekeeper.shard SET open = false WHERE run_id = ANY(${[...children]}::bigint[])`,
      );
      expect(await rescue()).toEqual([{ runId, shardNo: 0, why: 'requirement_done' }]);
      expect(await claimFirst(store, runId, 0, workerId, 2)).toMatchObject({ shardNo: 0 });
    });

    it('leaves shards alone that wait for others of their run, and runs that are over', async () => {
      const { store, db } = stand();
      const { claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem()]], { nextRound: 1 });
      const over = await holdFetch(store, []);
      await store.closeShard(over.claim);
      await ageShards(db, LONG_MS);
      expect(await rescue()).toEqual([]);
    });

    it('is done once by scans at the same time', async () => {
      const { store, db } = stand();
      const held = await Promise.all(Array.from({ length: 5 }, () => holdPlan(store)));
      for (const { workerId } of held) await ageWorker(db, workerId, LONG_MS);
      const rescued = (await Promise.all(Array.from({ length: 5 }, rescue))).flat();
      expect(ascending(rescued.map((one) => one.runId))).toEqual(ascending(held.map((one) => one.runId)));
    });

    it('clears the queue of what nobody will ever run, when it is old', async () => {
      const { store, db } = stand();
      const [dead, failed, young, waiting] = await Promise.all(
        Array.from({ length: 4 }, () => store.createRun(newRun())),
      );
      for (const runId of [dead, failed, young] as number[]) await lockDispatch(stand, runId);
      await db.rows(
        sql`UPDATE graphile_worker._private_jobs SET locked_at = NULL WHERE payload->>'runId' = ${String(failed)}`,
      );
      await db.rows(sql`
        UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '1 hour', updated_at = updated_at - interval '1 hour'
        WHERE payload->>'runId' <> ${String(young)}`);
      await rescue();
      const left = await db.rows<{ run: string }>(
        sql`SELECT payload->>'runId' AS run FROM graphile_worker._private_jobs`,
      );
      expect(ascending(left.map(({ run }) => Number(run)))).toEqual(ascending([young, waiting] as number[]));
    });
  });

  describe('a worker', () => {
    it('that stops in order gives back at once what it holds', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      await store.takeItems(claim, 1);
      await store.stopWorker(workerId);
      expect(await queued(runId, 1)).toEqual([2]);
      await store.stopWorker(workerId);
      expect(await queued(runId, 1)).toEqual([2]);
    });

    it('settles what earlier boots of its own directory held, and nothing else', async () => {
      const { store } = stand();
      const [dead, mine, elsewhere] = [randomUUID(), randomUUID(), randomUUID()];
      const workers = [
        ['here', dead],
        ['here', mine],
        ['there', elsewhere],
      ] as const;
      const runs: number[] = [];
      for (const [node, boot] of workers) {
        const workerId = await store.registerWorker({ node, boot, pid: 1 });
        const runId = await store.createRun(newRun());
        await claimFirst(store, runId, 0, workerId);
        runs.push(runId);
      }
      expect(await store.settlePredecessors('here', mine)).toBe(1);
      expect(await Promise.all(runs.map((runId) => queued(runId, 0)))).toEqual([[2], [1], [1]]);
      expect(await store.settlePredecessors('here', mine)).toBe(0);
    });
  });

  describe('a run', () => {
    it('counts as stranded from when nobody holds it and nothing waits for it', async () => {
      const { store, db } = stand();
      const { runId, workerId } = await holdPlan(store);
      await takeDispatch(db);
      expect(await store.strandedRuns()).toEqual([]);
      await ageShards(db, LONG_MS);
      expect(await store.strandedRuns()).toEqual([]);
      await ageWorker(db, workerId, LONG_MS);
      const [stranded] = await store.strandedRuns();
      expect(stranded?.runId).toBe(runId);
      expect(stranded?.ms).toBeGreaterThanOrEqual(LONG_MS);
      await rescue();
      expect(await store.strandedRuns()).toEqual([]);
    });
  });
}

const ascending = (ids: readonly number[]): readonly number[] => ids.toSorted((a, b) => a - b);

/** Takes a run's dispatch as an engine does that never comes back. */
async function lockDispatch(stand: Stand, runId: number): Promise<void> {
  await stand().db.rows(sql`
    UPDATE graphile_worker._private_jobs SET locked_at = clock_timestamp(), locked_by = 'dead', attempts = max_attempts
    WHERE payload->>'runId' = ${String(runId)}`);
}
