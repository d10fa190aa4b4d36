import { AppError, plainDay, shanghaiInstant } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../packages/server/src/ports/source.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { honestSources } from '../support/handSource.ts';
import { DAYS, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createTaskStand } from './taskStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };

/** The honest sources, whose test calls end so. */
function probed(ends: Readonly<Record<string, Source['probe']>>): readonly Source[] {
  return Object.values(honestSources()).map((source) => ({
    ...source,
    probe: ends[source.id] ?? source.probe,
  }));
}
const answers: Source['probe'] = async () => ({ api: 'trade_cal', raw: '', parsed: null, ms: 12.4 });
const refuses: Source['probe'] = () => Promise.reject(new AppError('bad_token', { source: 'baostock' }));

describe('a check of the sources', () => {
  it('tells of each source how it answered', async () => {
    const stand = await createTaskStand(database().db, {
      sources: probed({ tushare: answers, baostock: answers }),
    });
    const run = await stand.task('source_check', {});
    expect(run).toMatchObject({
      state: 'success',
      result: {
        sources: [
          { source: 'tushare', ok: true, api: 'trade_cal', ms: 12, code: null },
          { source: 'baostock', ok: true },
        ],
      },
    });
    expect(await stand.stepStates(run.id)).toEqual(['done', 'done']);
  });

  it('is no plain success when one fails, and a failure when all do', async () => {
    const stand = await createTaskStand(database().db, {
      sources: probed({ tushare: answers, baostock: refuses }),
    });
    const some = await stand.task('source_check', {});
    expect(some).toMatchObject({ state: 'success_with_errors', error: null });
    expect(some.result?.['sources']).toMatchObject([
      { ok: true },
      { ok: false, code: 'bad_token', ms: null },
    ]);
    expect(await stand.stepStates(some.id)).toEqual(['done', 'failed']);

    const one = await stand.task('source_check', { source: 'baostock' });
    expect(one).toMatchObject({ state: 'failed', error: { code: 'sources_failed' } });
    expect(one.error?.message).toContain('baostock (bad_token)');
  });

  it('of a source that is not there is refused', async () => {
    const stand = await createTaskStand(database().db);
    expect(await stand.task('source_check', { source: 'akshare' })).toMatchObject({
      state: 'failed',
      error: { code: 'unknown_source' },
    });
  });
});

describe('a comparison of sources', () => {
  it('is kept with its number, which the result names', async () => {
    const stand = await createTaskStand(database().db, {
      marketNow: () => shanghaiInstant(SPAN.to, 20 * 60),
    });
    await stand.sync(WISH);
    const run = await stand.task('reconcile', { dataset: 'daily_bars', sampleSize: 5 });
    expect(run).toMatchObject({
      state: 'success',
      result: { dataset: 'daily_bars', cells: 5, mismatches: 0 },
    });
    expect(run.result?.['compared']).toBeGreaterThan(0);
    expect(await stand.deps.store.reconciliation(Number(run.result?.['reconciliation']))).toMatchObject({
      state: 'done',
      author: `run ${run.id}`,
    });
    expect(await stand.deps.store.runSteps(run.id)).toMatchObject([
      { name: 'begin', state: 'done' },
      { name: 'compare', state: 'done', done: 5 },
    ]);
  });

  it('of a day of which nothing is there is no plain success', async () => {
    const stand = await createTaskStand(database().db);
    await stand.sync(WISH);
    const run = await stand.task('reconcile', { dataset: 'daily_bars' });
    expect(run).toMatchObject({ state: 'success_with_errors', result: { cells: 0, day: '2024-01-31' } });
    expect(await stand.logOf(run.id)).toContain('nothing of 2024-01-31 is covered');
  });

  it('of a data set that is not compared is refused', async () => {
    const stand = await createTaskStand(database().db);
    expect(await stand.task('reconcile', { dataset: 'news' })).toMatchObject({
      state: 'failed',
      error: { code: 'bad_request' },
    });
  });
});

describe('figures of the data sets', () => {
  it('are taken of each, with what is complete and who wrote last', async () => {
    const stand = await createTaskStand(database().db);
    const sync = await stand.sync(WISH);
    const run = await stand.task('statistics', {});
    expect(run).toMatchObject({ state: 'success', result: { estimated: [] } });
    const latest = await stand.deps.store.latestStatistics();
    expect(run.result).toMatchObject({ datasets: latest.length });
    const cells = DAYS.length * SYMBOLS.length;
    expect(latest.find(({ dataset }) => dataset === 'daily_bars')).toMatchObject({
      rows: cells,
      rowsExact: true,
      symbols: SYMBOLS.length,
      firstDay: SPAN.from,
      lastDay: SPAN.to,
      expectedCells: expect.any(Number) as number,
      lastRunId: sync.id,
      lastRunState: 'success',
      runId: run.id,
    });
    expect(latest.find(({ dataset }) => dataset === 'stock_basics')).toMatchObject({
      rows: SYMBOLS.length,
      expectedCells: null,
      firstDay: null,
    });
    expect(await stand.stepStates(run.id)).toEqual(latest.map(() => 'done'));
  });

  it('taken twice a day are those of the second time', async () => {
    const stand = await createTaskStand(database().db);
    await stand.task('statistics', {});
    const second = await stand.task('statistics', {});
    const latest = await stand.deps.store.latestStatistics();
    expect(new Set(latest.map(({ runId }) => runId))).toEqual(new Set([second.id]));
    expect(latest[0]?.takenOn).toBe(plainDay(latest[0]?.takenOn ?? ''));
  });
});
