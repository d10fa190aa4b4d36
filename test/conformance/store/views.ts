import { AppError, Bitmap, type DatasetId, type RunState, type SymbolOutcome } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunFilter, RunView } from '../../../packages/server/src/ports/viewStore.ts';
import { addWorker } from '../../support/queue.ts';
import { DAYS } from '../../support/smallMarket.ts';
import {
  claimFirst,
  commitOf,
  holdFetch,
  holdPlan,
  listSymbols,
  newItem,
  newRun,
  savePlan,
  takeAndCommit,
  type Stand,
} from './stand.ts';

const ALL: RunFilter = { states: null, dataset: null, before: null, limit: 100 };
const [FIRST, SECOND] = DAYS as [(typeof DAYS)[number], (typeof DAYS)[number]];

/** What people read of runs. */
export function describeViews(stand: Stand): void {
  const ids = async (filter: Partial<RunFilter>) =>
    (await stand().store.runs({ ...ALL, ...filter })).map((run) => run.id);

  /** A run that has ended in a state. */
  const ended = async (dataset: DatasetId, state: 'success' | 'failed'): Promise<number> => {
    const { store } = stand();
    const { runId, claim } = await holdFetch(store, [newItem()], { dataset });
    if (state === 'failed')
      await store.failRun(claim, new AppError('bad_token', { source: 'tushare', message: 'no.' }));
    else {
      await takeAndCommit(store, claim, {});
      await store.closeShard(claim);
    }
    return runId;
  };

  describe('the list of runs', () => {
    it('shows the newest first, by state and data set', async () => {
      const bars = await ended('daily_bars', 'success');
      const failed = await ended('daily_bars', 'failed');
      const factors = await ended('adj_factors', 'success');
      const waiting = await stand().store.createRun(newRun());
      expect(await ids({})).toEqual([waiting, factors, failed, bars]);
      expect(await ids({ dataset: 'daily_bars' })).toEqual([waiting, failed, bars]);
      const states: RunState[] = ['success', 'pending'];
      expect(await ids({ states })).toEqual([waiting, factors, bars]);
      expect(await ids({ states, dataset: 'daily_bars' })).toEqual([waiting, bars]);
      expect(await ids({ states: [] })).toEqual([]);
    });

    it('is read page by page without missing or doubling a run that was there, while new ones come', async () => {
      const { store } = stand();
      const known: number[] = [];
      for (let at = 0; at < 7; at++) known.unshift(await store.createRun(newRun()));
      const read: number[] = [];
      for (let before: number | null = null; ; before = read.at(-1) ?? null) {
        const page = await ids({ before, limit: 3 });
        if (page.length === 0) break;
        read.push(...page);
        await store.createRun(newRun());
      }
      expect(read).toEqual(known);
    });
  });

  describe('a run', () => {
    it('that there is not is not to be seen', async () => {
      expect(await stand().store.run(987_654)).toBeUndefined();
    });

    it('shows its question, its plan, how far it is and what it did', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store, { requestedBy: 'someone' });
      const members = Bitmap.of([1, 2, 3]).toBytes();
      await store.savePlan(claim, {
        summary: {
          source: 'tushare',
          sources: ['tushare'],
          shape: 'day',
          items: 2,
          calls: 2,
          cells: 6,
          unservedCells: 0,
          estimatedMs: 600,
        },
        shards: [[FIRST], [SECOND]].map(([day]) => ({
          source: 'tushare',
          symbolsTotal: 3,
          items: [
            newItem({ shape: 'day', from: day ?? FIRST, to: day ?? FIRST, instrumentId: null, members }),
          ],
        })),
        nextRound: null,
        cellsLeft: 0,
      });
      const first = await claimFirst(store, runId, 1, workerId);
      await takeAndCommit(store, first, { counts: { ok: 2, absent: 1 }, lastSymbol: '600001.SH' });
      await store.closeShard(first);
      const half = (await store.run(runId)) as RunView;
      expect(half).toMatchObject({
        id: runId,
        state: 'running',
        requestedBy: 'someone',
        cause: 'person',
        params: newRun().params,
        plan: { calls: 2, cells: 6 },
        itemsTotal: 2,
        itemsDone: 1,
        symbolsTotal: 6,
        outcomes: { ok: 2, absent: 1 },
        calls: 1,
        bytes: 10,
        lastSymbol: '600001.SH',
        lastSource: 'tushare',
        error: null,
        finishedAt: null,
        parentRunId: null,
      });
      expect(half.readAt).toBeGreaterThanOrEqual(half.startedAt ?? Infinity);
      const second = await claimFirst(store, runId, 2, workerId);
      await takeAndCommit(store, second, {
        state: 'failed',
        outcome: 'failed',
        counts: { failed: 3 },
        error: new AppError('empty'),
      });
      expect(await store.closeShard(second)).toBe('success_with_errors');
      const whole = (await store.run(runId)) as RunView;
      expect(whole).toMatchObject({
        state: 'success_with_errors',
        itemsDone: 1,
        itemsFailed: 1,
        outcomes: { ok: 2, absent: 1, failed: 3 },
        calls: 2,
      });
      expect(whole.finishedAt).toBeGreaterThanOrEqual(half.readAt);
    });

    it('that failed says with what, and its open items are cancelled', async () => {
      const { store } = stand();
      const runId = await ended('daily_bars', 'failed');
      const error = {
        code: 'bad_token',
        message: expect.stringContaining('tushare'),
        details: { source: 'tushare', message: 'no.' },
      };
      expect(await store.run(runId)).toMatchObject({ state: 'failed', reason: 'bad_token', error });
    });

    it('of which nothing could be done has failed, and with quarantined rows or cells left is no plain success', async () => {
      const { store } = stand();
      const end = async (commit: Parameters<typeof takeAndCommit>[2], cellsLeft = 0) => {
        const { runId, claim } = await holdPlan(store);
        await savePlan(store, claim, [[newItem()]], { cellsLeft });
        const fetch = await claimFirst(store, runId, 1, await addWorker(store));
        await takeAndCommit(store, fetch, commit);
        return store.closeShard(fetch);
      };
      expect(await end({})).toBe('success');
      expect(await end({ state: 'failed', counts: { failed: 1 } })).toBe('failed');
      expect(await end({ counts: { quarantined: 1 } })).toBe('success_with_errors');
      expect(await end({}, 3)).toBe('success_with_errors');
      expect(await end({ counts: { absent: 1 } })).toBe('success');
    });

    it('planned again without a source counts only what was done, and is fetched on from there', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem(), newItem()], [newItem()]]);
      const first = await claimFirst(store, runId, 1, workerId);
      const other = await claimFirst(store, runId, 2, workerId);
      await store.takeItems(other, 1);
      const [item] = await store.takeItems(first, 1);
      await store.commitItems(first, [commitOf(item?.no ?? 0)]);
      await store.replan(first, ['baostock'], 0);
      await expect(store.takeItems(other, 1)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await store.run(runId)).toMatchObject({
        state: 'running',
        itemsTotal: 1,
        itemsDone: 1,
        symbolsTotal: 1,
        params: { sources: ['baostock'] },
      });
      const again = await claimFirst(store, runId, 3, workerId);
      expect(again).toMatchObject({ kind: 'plan', round: 0 });
      await savePlan(store, again, []);
      expect(await store.run(runId)).toMatchObject({ state: 'success', itemsTotal: 1 });
    });

    it('plans its next round when all shards of this one are closed', async () => {
      const { store } = stand();
      const { runId, workerId, claim } = await holdPlan(store);
      await savePlan(store, claim, [[newItem()], [newItem()]], { nextRound: 2 });
      expect(await store.claimShard({ runId, shardNo: 3, dispatch: 2, workerId })).toBeUndefined();
      for (const shardNo of [1, 2]) {
        const fetch = await claimFirst(store, runId, shardNo, workerId);
        await takeAndCommit(store, fetch, {});
        expect(await store.closeShard(fetch)).toBeNull();
      }
      const next = await claimFirst(store, runId, 3, workerId, 2);
      expect(next).toMatchObject({ kind: 'plan', round: 2 });
      await savePlan(store, next, []);
      expect(await store.run(runId)).toMatchObject({ state: 'success' });
    });
  });

  describe('the symbols of a run', () => {
    /** A whole day for three symbols, one absent and one not the member, and one symbol over some days with a suspension. */
    const mixed = async (): Promise<number> => {
      const { store } = stand();
      await listSymbols(store);
      const day = newItem({
        shape: 'day',
        from: FIRST,
        to: FIRST,
        instrumentId: null,
        members: Bitmap.of([1, 2, 9]).toBytes(),
      });
      const { runId, claim } = await holdFetch(store, [
        day,
        newItem({ instrumentId: 4 }),
        newItem({ instrumentId: 5 }),
        newItem({ instrumentId: 6 }),
      ]);
      const [whole, halted, absent, failed] = (await store.takeItems(claim, 4)).map((item) => item.no);
      const exception = (instrumentId: number, outcome: SymbolOutcome, cells: number) => ({
        instrumentId,
        outcome,
        source: 'tushare' as const,
        cells,
        detail: null,
      });
      await store.commitItems(claim, [
        commitOf(whole ?? 0, { exceptions: [exception(2, 'absent', 1)], counts: { ok: 2, absent: 1 } }),
        commitOf(halted ?? 0, { exceptions: [exception(4, 'suspended', 2)] }),
        commitOf(absent ?? 0, {
          outcome: 'absent',
          exceptions: [exception(5, 'absent', 7)],
          counts: { absent: 1 },
        }),
        commitOf(failed ?? 0, { state: 'failed', outcome: 'failed', counts: { failed: 1 } }),
      ]);
      await store.closeShard(claim);
      return runId;
    };
    const outcomes = async (runId: number, outcome: SymbolOutcome | null = null) =>
      (await stand().store.runSymbols(runId, 0, 100, outcome)).map((one) => [
        one.instrumentId,
        ...one.outcomes.map((each) => `${each.outcome} ${each.cells}`),
      ]);

    it('have the outcome of their items, and exceptions in its place or beside it', async () => {
      const runId = await mixed();
      expect(await outcomes(runId)).toEqual([
        [1, 'ok 1'],
        [2, 'absent 1'],
        [4, 'ok 1', 'suspended 2'],
        [5, 'absent 7'],
        [6, 'failed 1'],
        [9, 'ok 1'],
      ]);
      const [first] = await stand().store.runSymbols(runId, 0, 1, null);
      expect(first).toEqual({
        instrumentId: 1,
        symbol: '000001.SZ',
        outcomes: [{ outcome: 'ok', cells: 1, source: 'tushare', detail: null }],
      });
    });

    it('are found by each outcome that is shown of them, and by no other', async () => {
      const runId = await mixed();
      const shown = await outcomes(runId);
      for (const outcome of ['ok', 'absent', 'suspended', 'failed', 'quarantined'] as const) {
        const wanted = shown.filter(([, ...each]) => each.some((text) => String(text).startsWith(outcome)));
        expect([outcome, await outcomes(runId, outcome)]).toEqual([outcome, wanted]);
      }
    });

    it('are read page by page after the last one read', async () => {
      const { store } = stand();
      const runId = await mixed();
      const read: number[] = [];
      for (;;) {
        const page = await store.runSymbols(runId, read.at(-1) ?? 0, 2, null);
        if (page.length === 0) break;
        read.push(...page.map((one) => one.instrumentId));
      }
      expect(read).toEqual([1, 2, 4, 5, 6, 9]);
    });

    it('of another run, or of a list, are none of them', async () => {
      const runId = await mixed();
      expect(await outcomes(runId + 1000)).toEqual([]);
      const { claim } = await holdFetch(stand().store, [newItem({ shape: 'all', instrumentId: null })]);
      expect(await outcomes(claim.runId)).toEqual([]);
    });
  });
}
