import { AppError, plainDay, shanghaiDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { NewRun, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { TableStatistics } from '../../../packages/server/src/ports/taskStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, ageWorker } from '../../support/queue.ts';
import { claimFirst, commitOnce, expectNothingDone, listSymbols, newRun, type Stand } from './stand.ts';

const EXAMPLE: Partial<NewRun> = {
  type: 'example',
  dataset: null,
  wish: { durationSeconds: 1, successRate: 1, steps: 2 },
  params: null,
};
const STEPS = [
  { no: 0, name: 'first', state: 'pending', weight: 1, estimatedMs: 200, total: 4 },
  { no: 1, name: 'second', state: 'pending', weight: 3 },
] as const;

async function holdTask({ store }: ReturnType<Stand>): Promise<ShardClaim> {
  const worker = await addWorker(store);
  const runId = await store.createRun(newRun(EXAMPLE));
  return claimFirst(store, runId, 0, worker);
}

/** Runs in one piece: steps, log, end, and what they ask of the database. */
export function describeTasks(stand: Stand): void {
  describeSteps(stand);
  describeLog(stand);
  describeEnd(stand);
  describeProcesses(stand);
  describeStatistics(stand);
}

function describeSteps(stand: Stand): void {
  describe('steps of a task', () => {
    it('are kept with their times, which a step has from its begin and its end', async () => {
      const { db, store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, STEPS);
      await store.noteSteps(claim, [{ ...STEPS[0], state: 'running', done: 1, detail: 'on its way' }]);
      const [first, second] = await store.runSteps(claim.runId);
      expect(first).toMatchObject({
        state: 'running',
        done: 1,
        total: 4,
        estimatedMs: 200,
        detail: 'on its way',
      });
      expect(first?.startedAt).not.toBeNull();
      expect(first?.finishedAt).toBeNull();
      expect(second).toMatchObject({ no: 1, state: 'pending', weight: 3, startedAt: null, total: 0 });

      await store.noteSteps(claim, [{ ...STEPS[0], state: 'done', done: 4 }]);
      const [done] = await store.runSteps(claim.runId);
      expect(done?.startedAt).toBe(first?.startedAt);
      expect(done?.finishedAt).toBeGreaterThanOrEqual(first?.startedAt ?? Infinity);
      const events = await db.rows<{ payload: { runId: number } }>(sql`
        SELECT payload FROM tapekeeper.event_outbox WHERE topic = 'step' ORDER BY id`);
      expect(events.map(({ payload }) => payload.runId)).toEqual([claim.runId, claim.runId, claim.runId]);
    });

    it('begin anew with the next attempt', async () => {
      const { store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, [{ ...STEPS[0], state: 'failed', done: 2, detail: 'broke' }]);
      await store.noteSteps(claim, STEPS);
      expect((await store.runSteps(claim.runId))[0]).toMatchObject({
        state: 'pending',
        done: 0,
        detail: null,
        startedAt: null,
        finishedAt: null,
      });
    });

    it('and the log are refused to a worker that was given up, and nothing changes', async () => {
      const { db, store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, STEPS);
      await ageWorker(db, claim.workerId, 60_000);
      await store.rescue(15_000);
      for (const work of [
        () => store.noteSteps(claim, []),
        () => store.noteSteps(claim, [{ ...STEPS[0], state: 'running' }]),
        () => store.appendLog(claim, [{ stream: 'info', line: 'late' }]),
        () => store.endTask(claim, { state: 'success', result: {}, error: null }),
        () => store.beginProcess(claim, { host: 'here', pid: 7, birth: '1', token: 't' }),
      ])
        await expectNothingDone(stand(), work, 'lease_lost');
    });
  });
}

function describeLog(stand: Stand): void {
  describe('the log of a run', () => {
    it('keeps lines in their order, to be read on from a place and from its end', async () => {
      const { store } = stand();
      const [claim, other] = [await holdTask(stand()), await holdTask(stand())];
      const lines = Array.from({ length: 50 }, (_, at) => ({ stream: 'out', line: `line ${at}` }) as const);
      await store.appendLog(claim, lines.slice(0, 20));
      await store.appendLog(other, [{ stream: 'err', line: 'not mine' }]);
      await store.appendLog(claim, lines.slice(20));
      await store.appendLog(claim, []);

      const first = await store.runLog(claim.runId, 0, 30);
      const rest = await store.runLog(claim.runId, first.at(-1)?.no ?? 0, 100);
      expect([...first, ...rest].map(({ line }) => line)).toEqual(lines.map(({ line }) => line));
      const tail = await store.runLogTail(claim.runId, 3);
      expect(tail.map(({ line }) => line)).toEqual(['line 47', 'line 48', 'line 49']);
    });

    it('takes any text, but for the character that the server has none of', async () => {
      const { store } = stand();
      const claim = await holdTask(stand());
      const line = `'quoted' \\ "x" {a,b} NULL 数据 😀 \u0001`;
      await store.appendLog(claim, [
        { stream: 'out', line },
        { stream: 'warn', line: 'a\0b' },
        { stream: 'error', line: '' },
      ]);
      expect(await store.runLog(claim.runId, 0, 10)).toMatchObject([
        { stream: 'out', line },
        { stream: 'warn', line: 'a\uFFFDb' },
        { stream: 'error', line: '' },
      ]);
    });
  });
}

function describeEnd(stand: Stand): void {
  describe('the end of a task', () => {
    it('ends the run with its result and closes the steps that are left', async () => {
      const { store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, [{ ...STEPS[0], state: 'running' }, STEPS[1]]);
      const result = { rows: 3, nested: { list: ['a'] } };
      expect(await store.endTask(claim, { state: 'success_with_errors', result, error: null })).toBe(
        'success_with_errors',
      );
      expect(await store.run(claim.runId)).toMatchObject({
        state: 'success_with_errors',
        result,
        error: null,
      });
      expect((await store.runSteps(claim.runId)).map(({ state }) => state)).toEqual(['done', 'skipped']);
      await expectNothingDone(
        stand(),
        () => store.endTask(claim, { state: 'failed', result: {}, error: null }),
        'lease_lost',
      );
    });

    it('keeps the error of one that failed, and shows in which step', async () => {
      const { store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, [{ ...STEPS[0], state: 'running' }, STEPS[1]]);
      const error = new AppError('example_failed', { step: 1, steps: 2 });
      await store.endTask(claim, { state: 'failed', result: {}, error });
      expect(await store.run(claim.runId)).toMatchObject({
        state: 'failed',
        error: { code: 'example_failed' },
      });
      expect((await store.runSteps(claim.runId)).map(({ state }) => state)).toEqual(['failed', 'skipped']);
    });

    it('of another kind leaves no step running', async () => {
      const { store } = stand();
      const claim = await holdTask(stand());
      await store.noteSteps(claim, [{ ...STEPS[0], state: 'running' }, STEPS[1]]);
      await store.failRun(claim, new AppError('internal', { message: 'x' }));
      const steps = await store.runSteps(claim.runId);
      expect(steps.map(({ state }) => state)).toEqual(['failed', 'skipped']);
      expect(steps[0]?.finishedAt).toBe((await store.run(claim.runId))?.finishedAt);
    });
  });
}

function describeProcesses(stand: Stand): void {
  describe('programs of tasks', () => {
    it('are left over when their claim is no longer held, on the machine that they run on', async () => {
      const { db, store } = stand();
      const claim = await holdTask(stand());
      const begun = { host: 'here', pid: 0, birth: '', token: 'secret-of-the-run' };
      await store.beginProcess(claim, begun);
      await store.beginProcess(claim, { ...begun, pid: 77, birth: '123' });
      expect(await store.leftoverProcesses('here')).toEqual([]);

      await ageWorker(db, claim.workerId, 60_000);
      await store.rescue(15_000);
      expect(await store.leftoverProcesses('elsewhere')).toEqual([]);
      const { runId, shardNo, fence } = claim;
      const left = await store.leftoverProcesses('here');
      expect(left).toEqual([{ runId, shardNo, fence, ...begun, pid: 77, birth: '123' }]);
      await store.forgetProcess({ runId, shardNo, fence });
      expect(await store.leftoverProcesses('here')).toEqual([]);
    });
  });
}

function describeStatistics(stand: Stand): void {
  describe('figures of tables', () => {
    it('are counted where a table is small: rows, symbols, days, bytes', async () => {
      const { store } = stand();
      await listSymbols(store);
      const rows = ['2024-01-04', '2024-01-05'].map((day) => ({
        symbol: '600001.SH',
        trade_date: plainDay(day),
        adj_factor: 1,
      }));
      const write = { dataset: 'adj_factors', source: 'tushare', columns: ['adj_factor'], rows } as const;
      await commitOnce(store, { writes: [{ ...write, mode: 'replace' }] }, { dataset: 'adj_factors' });
      const size = await store.tableSize('adj_factors');
      expect(size).toMatchObject({
        rows: 2,
        rowsExact: true,
        symbols: 1,
        firstDay: '2024-01-04',
        lastDay: '2024-01-05',
      });
      expect(size.bytes).toBeGreaterThan(0);
      expect(await store.tableSize('stock_basics')).toMatchObject({ rowsExact: true, firstDay: null });
      expect(await store.tableSize('trade_calendar')).toMatchObject({
        rows: 0,
        symbols: null,
        lastDay: null,
      });
      expect(await store.tableSize('news')).toMatchObject({ rows: 0, rowsExact: true });
    });

    it('are kept once a day, and the newest of each data set are read', async () => {
      const { db, store } = stand();
      const run = await store.createRun(newRun(EXAMPLE));
      const taken: TableStatistics = {
        dataset: 'daily_bars',
        rows: 10,
        rowsExact: true,
        bytes: 8192,
        symbols: 2,
        firstDay: plainDay('2024-01-04'),
        lastDay: plainDay('2024-01-05'),
        expectedCells: 12,
        gapCells: 2,
        freshAsOf: null,
        lastRunId: run,
        lastRunState: 'success',
      };
      await store.saveStatistics(run, { ...taken, rows: 9 });
      await db.rows(sql`UPDATE tapekeeper.table_statistics SET taken_on = taken_on - 1`);
      await store.saveStatistics(run, { ...taken, rows: 1 });
      await store.saveStatistics(run, taken);
      await store.saveStatistics(run, { ...taken, dataset: 'stock_basics', freshAsOf: 1_700_000_000_000 });

      const latest = await store.latestStatistics();
      expect(latest).toMatchObject([
        { dataset: 'stock_basics', freshAsOf: 1_700_000_000_000 },
        { ...taken, runId: run },
      ]);
      expect(latest[1]?.takenOn).toBe(shanghaiDay(latest[1]?.takenAt ?? 0));
      expect(
        await db.rows(sql`SELECT rows FROM tapekeeper.table_statistics ORDER BY dataset, taken_on`),
      ).toEqual([{ rows: 9 }, { rows: 10 }, { rows: 10 }]);
    });
  });
}
