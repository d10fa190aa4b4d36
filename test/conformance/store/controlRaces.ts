import { AppError, DEFAULT_POLICIES, isAppError, RUN_MACHINE } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunId, ShardClaim, WorkerId } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, takeDispatch } from '../../support/queue.ts';
import { claimFirst, holdPlan, newItem, newRun, savePlan, takeAndCommit, type Stand } from './stand.ts';

const REFUSALS = ['lease_lost', 'run_over', 'run_not_running', 'run_not_paused', 'interrupted'] as const;

/** What is done to a run from several sides at once has one outcome, and nobody waits for ever. */
export function describeRaces(stand: Stand): void {
  describe('two shards of one run', () => {
    it('that plan it again at the same time do so once', async () => {
      const { store } = stand();
      for (let round = 0; round < 10; round++) {
        const { runId, workerId, claim } = await holdPlan(store);
        await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
        const other = await addWorker(store);
        const claims = [
          await claimFirst(store, runId, 1, workerId),
          await claimFirst(store, runId, 2, other),
        ];
        const ends = await Promise.allSettled(claims.map((one) => store.replan(one, ['baostock'], 0)));
        expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
        expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: 'lease_lost' });
        expect(await openShards(runId)).toEqual([{ open: 1, counted: 1 }]);
      }
    });

    it('that close at the same time end it once', async () => {
      const { store } = stand();
      for (let round = 0; round < 10; round++) {
        const { runId, workerId, claim } = await holdPlan(store);
        await savePlan(store, claim, [[newItem()], [newItem({ instrumentId: 2 })]]);
        const claims = [
          await claimFirst(store, runId, 1, workerId),
          await claimFirst(store, runId, 2, workerId),
        ];
        const ends = await Promise.all(claims.map((one) => store.closeShard(one)));
        expect(ends.filter((end) => end !== null)).toHaveLength(1);
      }
    });
  });

  const openShards = (runId: RunId): Promise<readonly unknown[]> =>
    stand().db.rows(sql`
      SELECT r.open_shards AS counted, (SELECT count(*) FROM tapekeeper.shard s WHERE s.run_id = r.id AND s.open)::int AS open
      FROM tapekeeper.run r WHERE r.id = ${runId}`);

  describe('everything that can happen to runs', () => {
    it('may happen at once from many sides: nobody waits in a circle, and all of them can be ended', async () => {
      const { store, db } = stand();
      const random = randomFrom(20_261_122);
      const policies = { ...DEFAULT_POLICIES, maxAttempts: 2, retrySeconds: 0, group: 'g' };
      const runs: RunId[] = [];
      for (let no = 0; no < 6; no++) runs.push(await store.createRun(newRun({ policies })));
      const workers = await Promise.all([addWorker(store), addWorker(store), addWorker(store)]);
      const held: ShardClaim[] = [];
      const claim = async (workerId: WorkerId): Promise<void> => {
        const dispatch = await takeDispatch(db);
        const taken = dispatch && (await store.claimShard({ ...dispatch, workerId }));
        if (taken !== undefined) held.push(taken.claim);
      };
      const dropped = (): ShardClaim | undefined => held.splice(Math.floor(random() * held.length), 1)[0];
      const anyRun = (): RunId => runs[Math.floor(random() * runs.length)] as RunId;
      const worker = (): WorkerId => workers[Math.floor(random() * workers.length)] as WorkerId;
      const steps: readonly (() => Promise<unknown>)[] = [
        () => claim(worker()),
        () => claim(worker()),
        () => claim(worker()),
        () => workOn(dropped()),
        () => workOn(dropped()),
        () => givenBack(dropped()),
        () => store.pauseRun(anyRun(), 'x'),
        () => store.continueRun(anyRun(), 'x'),
        () => store.enforceStops(30_000),
        () => store.rescue(600_000),
        () => store.giveTurns(),
        async () => {
          if (random() < 0.2)
            await store.stopRun(
              anyRun(),
              { end: 'cancelled', code: 'cancelled', reason: '', by: 'x' },
              random() < 0.3,
            );
        },
        async () => {
          runs.push(await store.createRun(newRun({ policies, waitsForTurn: random() < 0.5 })));
        },
      ];
      const workOn = async (one: ShardClaim | undefined): Promise<void> => {
        if (one === undefined) return;
        if (one.kind === 'plan' && one.round === 0 && random() < 0.3) {
          const children = [
            newRun({ dataset: 'trade_calendar', cause: 'requirement', parentRunId: one.runId }),
          ];
          runs.push(...(await store.waitForRuns(one, children)));
        } else if (one.kind === 'plan') {
          await savePlan(store, one, [
            [newItem()],
            [newItem({ instrumentId: 2 })],
            [newItem({ instrumentId: 3 })],
          ]);
        } else {
          await takeAndCommit(store, one, {});
          await store.closeShard(one);
        }
      };
      const givenBack = async (one: ShardClaim | undefined): Promise<unknown> => {
        if (one === undefined) return undefined;
        const fault = new AppError('internal', { message: 'x' });
        const ways = [
          () => store.yieldShard(one),
          () => store.releaseShard(one, 0, false),
          () => store.failAttempt(one, fault),
          () => store.failShard(one, fault),
          () => store.replan(one, ['tushare'], 0),
        ];
        return (ways[Math.floor(random() * ways.length)] ?? (() => undefined))();
      };

      for (let turn = 0; turn < 120; turn++) {
        const chosen = Array.from({ length: 5 }, () => Math.floor(random() * steps.length));
        const ends = await Promise.allSettled(chosen.map(async (at) => steps[at]?.()));
        const wrong = ends.flatMap((end) =>
          end.status === 'rejected' && !REFUSALS.some((code) => isAppError(end.reason, code))
            ? [end.reason as unknown]
            : [],
        );
        expect([turn, wrong]).toEqual([turn, []]);
      }

      // nothing new happens, and whoever works is gone: all of it ends when it is told to
      for (const id of runs)
        await store
          .stopRun(id, { end: 'cancelled', code: 'cancelled', reason: '', by: 'x' }, false)
          .catch(() => {});
      for (const id of workers) await store.stopWorker(id);
      await store.enforceStops(30_000);
      await store.enforceStops(30_000);
      for (const id of runs) {
        const run = await store.run(id);
        expect([id, RUN_MACHINE.terminal.includes(run?.state ?? 'pending')]).toEqual([id, true]);
        expect([id, ...(await openShards(id))]).toEqual([id, { counted: 0, open: 0 }]);
      }
    });
  });
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
