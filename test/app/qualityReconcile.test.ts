import {
  AppError,
  plainDay,
  shanghaiInstant,
  spanBars,
  dayBarOf,
  symbolOf,
  type Row,
} from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcileSample, type ReconcileWish } from '../../packages/server/src/app/quality/reconcile.ts';
import type { Question } from '../../packages/server/src/ports/source.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, honestSources, type HandSource } from '../support/handSource.ts';
import {
  answerOf,
  BY_SYMBOL,
  capabilityOf,
  DAYS,
  honestAnswer,
  honestRows,
  SPAN,
  SYMBOLS,
} from '../support/smallMarket.ts';

const database = useCleanDatabase();
const DAY = SPAN.to;
const WISH = { dataset: 'daily_bars', ...SPAN };
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  ({ tushare, baostock } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare, baostock], ...options });
  await stand.sync(WISH);
  tushare.asked.length = baostock.asked.length = 0;
}

beforeEach(() => open());

const reconcile = (wish: Partial<ReconcileWish> = {}) =>
  reconcileSample(stand.deps, { dataset: 'daily_bars', day: DAY, author: 'a', ...wish });

/** BaoStock answers bars otherwise. */
function differ(change: (row: Row) => Row | undefined): void {
  baostock.answer = (question) =>
    answerOf(
      question.dataset,
      honestRows(question)
        .map(change)
        .filter((row) => row !== undefined),
      { calls: 1 },
    );
}

const mismatches = async (id: number) =>
  (
    await stand.deps.store.reconciliationMismatches(id, {
      theirs: null,
      field: null,
      kind: null,
      after: 0,
      limit: 1000,
    })
  ).map(({ symbol, field, kind }) => `${symbol} ${field} ${kind}`);

const on = (day: string) => (row: Row) => row['trade_date'] === day;
const symbolsAsked = () =>
  askedFor(baostock, 'daily_bars').map((question) => ('symbol' in question ? question.symbol : ''));

describe('a comparison', () => {
  it('of honest sources finds nothing, with one question a symbol of the other source alone', async () => {
    const report = await reconcile();
    expect(report).toMatchObject({ state: 'done', cells: 9, calls: 9, notes: [], day: DAY, author: 'a' });
    expect(symbolsAsked()).toEqual(SYMBOLS.toSorted());
    expect(askedFor(tushare, 'daily_bars')).toEqual([]);
    for (const tally of report.tallies) {
      expect(tally).toMatchObject({ ours: 'tushare', theirs: 'baostock', compared: 9, unit: 0, real: 0 });
    }
    expect(report.tallies.map(({ field }) => field)).toContain('amount');
    expect(await mismatches(report.id)).toEqual([]);
  });

  it('takes the same sample again with its seed', async () => {
    const first = await reconcile({ sampleSize: 4, seed: 7 });
    const asked = symbolsAsked();
    expect(asked).toHaveLength(4);
    baostock.asked.length = 0;
    expect(await reconcile({ sampleSize: 4, seed: 7 })).toMatchObject({ seed: first.seed, cells: 4 });
    expect(symbolsAsked()).toEqual(asked);
  });

  it('takes the last final day, and only symbols that are covered on it', async () => {
    await stand.sync({
      dataset: 'daily_bars',
      from: '2024-01-31',
      to: '2024-01-31',
      symbols: ['600001.SH'],
      sources: ['tushare'],
    });
    expect(await reconcile({ day: undefined })).toMatchObject({ day: '2024-01-31', cells: 1 });
    expect(await reconcile({ symbols: ['sh600002', '000001'] })).toMatchObject({ day: DAY, cells: 2 });
    expect(await reconcile({ day: '2024-01-18' })).toMatchObject({ state: 'done', cells: 0, calls: 0 });
  });

  it('tells units, adjustments and real differences apart', async () => {
    differ((row) => {
      if (row['symbol'] === '600001.SH') return { ...row, volume: Number(row['volume']) / 100 };
      if (row['symbol'] === '600003.SH')
        return on(DAY)(row) ? { ...row, close: Number(row['close']) + 0.05 } : row;
      if (row['symbol'] !== '600002.SH') return row;
      const scaled = ['open', 'high', 'low', 'close'].map((name) => [
        name,
        Math.round(Number(row[name]) * 80) / 100,
      ]);
      return { ...row, ...Object.fromEntries(scaled) };
    });
    const report = await reconcile();
    expect((await mismatches(report.id)).toSorted()).toEqual([
      '600001.SH volume unit',
      '600002.SH close adjustment',
      '600002.SH high adjustment',
      '600002.SH low adjustment',
      '600002.SH open adjustment',
      '600003.SH close real',
    ]);
    expect(report.tallies.find(({ field }) => field === 'close')).toMatchObject({
      compared: 9,
      adjustment: 1,
      real: 1,
    });
  });

  it('calls late what we have corrected since, and a newest day that they lack', async () => {
    const answer = tushare.answer;
    tushare.answer = (question) =>
      answerOf(
        question.dataset,
        honestRows(question).map((row) =>
          row['symbol'] === '600001.SH' && on(DAY)(row) ? { ...row, volume: 2345 } : row,
        ),
      );
    await stand.sync({ ...WISH, force: true });
    tushare.answer = answer;
    expect(await mismatches((await reconcile()).id)).toEqual(['600001.SH volume late']);

    const evening = shanghaiInstant(DAY, 20 * 60);
    await open({ marketNow: () => evening });
    differ((row) => (row['symbol'] === '600002.SH' && on(DAY)(row) ? undefined : row));
    expect(await mismatches((await reconcile({ day: undefined })).id)).toContain('600002.SH * late');
  });

  it('counts a row that they call suspended as a real difference', async () => {
    baostock.answer = (question) => ({
      ...answerOf(
        question.dataset,
        honestRows(question).filter((row) => row['symbol'] !== '600001.SH' || !on(DAY)(row)),
      ),
      suspended: [{ symbol: symbolOf('600001.SH'), day: DAY }],
    });
    expect(await mismatches((await reconcile()).id)).toEqual(['600001.SH * real']);
  });

  it('compares factors by their changes, whatever base each counts from', async () => {
    await stand.sync({ dataset: 'adj_factors', ...SPAN });
    differ((row) => ({
      ...row,
      adj_factor: Number(row['adj_factor']) * 3 * (row['symbol'] === '600001.SH' && on(DAY)(row) ? 1.01 : 1),
    }));
    const report = await reconcile({ dataset: 'adj_factors' });
    expect(report.tallies.find(({ field }) => field === 'adj_factor')).toMatchObject({ compared: 9 });
    expect(await mismatches(report.id)).toEqual(['600001.SH adj_factor real']);
  });
});

describe('a source', () => {
  it('is asked no more than the cap allows, and the rest is noted', async () => {
    await open({ settings: { fallbackCallCap: 3 } });
    const report = await reconcile();
    expect(report).toMatchObject({ cells: 9, calls: 3 });
    expect(report.notes).toEqual([{ source: 'baostock', note: '6 cells are beyond the cap of calls' }]);
  });

  it('that refuses is left alone, and what it has said before counts', async () => {
    let asked = 0;
    const honest = baostock.answer;
    baostock.answer = (question) => {
      if (++asked > 2)
        throw new AppError('permission_denied', { source: 'baostock', api: 'daily_bars', message: 'no.' });
      return honest(question);
    };
    const report = await reconcile();
    expect(report).toMatchObject({ state: 'done', calls: 3 });
    expect(report.tallies[0]).toMatchObject({ compared: 2 });
    expect(report.notes[0]?.note).toContain('7 cells were not asked for');
    expect(await reconcile()).toMatchObject({ calls: 0, notes: [] });
  });

  it('that fails for some symbols is asked on', async () => {
    const honest = baostock.answer;
    baostock.answer = (question) => {
      if ('symbol' in question && question.symbol === '600001.SH')
        throw new AppError('upstream_refused', { source: 'baostock', message: 'not this one' });
      return honest(question);
    };
    const report = await reconcile();
    expect(report.tallies[0]).toMatchObject({ compared: 8 });
    expect(report.notes).toMatchObject([{ note: expect.stringContaining('1 cells could not be had') }]);
  });

  it('with a single connection is asked under its lease, or not at all', async () => {
    const single = createHandSource({
      id: 'baostock',
      capabilities: BY_SYMBOL,
      answer: (question: Question) => honestAnswer(question),
      singleConnection: true,
    });
    await open({ sources: [honestSources().tushare, single] });
    expect(await reconcile({ sampleSize: 2 })).toMatchObject({ calls: 2, notes: [] });
    expect(await stand.deps.store.takeLease('baostock', stand.workerId)).toBe(true);
    const report = await reconcile({ sampleSize: 2 });
    expect(report).toMatchObject({ state: 'done', calls: 0 });
    expect(report.notes).toEqual([{ source: 'baostock', note: 'its only connection is in use' }]);
  });
});

describe('weekly and monthly bars', () => {
  const SPANS = { weekly_bars: 'week', monthly_bars: 'month' } as const;

  /** Bars over spans, made from the honest days of the small market. */
  function spansOf(question: Question): readonly Row[] {
    const { dataset } = question;
    if (question.shape !== 'symbol' || !(dataset === 'weekly_bars' || dataset === 'monthly_bars'))
      return honestRows(question);
    const bars = spanBars(SPANS[dataset]);
    const days = honestRows({
      ...question,
      dataset: 'daily_bars',
      from: plainDay('2024-01-01'),
      to: question.to,
    });
    return [...days.map((row) => bars.add(dayBarOf(row))), bars.end()].filter((row) => row !== undefined);
  }

  it('of a source are compared with those that follow from the daily ones', async () => {
    const capabilities = [
      ...BY_SYMBOL,
      capabilityOf('weekly_bars', ['symbol']),
      capabilityOf('monthly_bars', ['symbol']),
    ];
    const other = createHandSource({
      id: 'baostock',
      capabilities,
      answer: (question) =>
        answerOf(
          question.dataset,
          spansOf(question).map((row) =>
            question.dataset === 'weekly_bars' && row['symbol'] === '600001.SH'
              ? { ...row, high: Number(row['high']) + 1 }
              : row,
          ),
        ),
    });
    await open({ sources: [honestSources().tushare, other] });
    // the week of the wish is not over on that day: its last trading day is meant
    const weekly = await reconcile({ dataset: 'weekly_bars', day: DAYS[3] });
    expect(weekly).toMatchObject({ day: '2024-01-12', cells: 9, calls: 9 });
    expect(await mismatches(weekly.id)).toEqual(['600001.SH high real']);
    await stand.sync({ dataset: 'daily_bars', from: '2024-01-02', to: '2024-01-31' });
    const monthly = await reconcile({ dataset: 'monthly_bars', day: undefined });
    expect(monthly).toMatchObject({ day: '2024-01-31', cells: 9 });
    expect(await mismatches(monthly.id)).toEqual([]);
  });
});

describe('a comparison that cannot be', () => {
  it.each([
    [{ dataset: 'moon' }, 'unknown_dataset'],
    [{ dataset: 'stock_basics' }, 'bad_request'],
    [{ day: '2024-01-06' }, 'bad_request'],
    [{ day: '2024-02-01' }, 'bad_request'],
    [{ day: 'soon' }, 'bad_day'],
    [{ sources: ['moon'] }, 'unknown_source'],
    [{ symbols: ['600099.SH'] }, 'bad_symbols'],
    [{ sampleSize: 0 }, 'bad_request'],
    [{ author: 'a'.repeat(101) }, 'bad_request'],
  ])('is refused before anything is noted: %j', async (wish, code) => {
    await expect(reconcile(wish)).rejects.toMatchObject({ code });
    expect(await stand.deps.store.reconciliations(null, { before: null, limit: 10 })).toEqual([]);
  });

  it('ends as failed when it is stopped', async () => {
    const stopped = reconcileSample(
      stand.deps,
      { dataset: 'daily_bars', day: DAY, author: 'a' },
      AbortSignal.abort(),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    const [found] = await stand.deps.store.reconciliations('daily_bars', { before: null, limit: 10 });
    expect(found).toMatchObject({ state: 'failed', error: { code: 'interrupted' } });
  });
});
