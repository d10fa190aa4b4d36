import { shanghaiInstant, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Answer, Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, honestSources, type HandSource } from '../support/handSource.ts';
import { answerOf, DAYS, honestAnswer, honestRows, rowOf, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

async function open(
  options: Partial<AppStandOptions> = {},
  sources: { byDay?: boolean; bySymbol?: boolean } = {},
): Promise<void> {
  ({ tushare, baostock } = honestSources());
  const chosen = [...(sources.byDay === false ? [] : [tushare]), ...(sources.bySymbol ? [baostock] : [])];
  stand = await createAppStand(database().db, { sources: chosen, ...options });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
const THIRD = DAYS[2] as PlainDay;
const SYMBOL = SYMBOLS[0] as Symbol;

/** An honest answer with some of its bars changed or left out. */
function change(question: Question, edit: (row: Row) => Row | undefined): Answer {
  if (question.dataset !== 'daily_bars') return honestAnswer(question);
  return answerOf(
    'daily_bars',
    honestRows(question)
      .map(edit)
      .filter((row) => row !== undefined),
  );
}

const coverage = (dataset: 'daily_bars' | 'daily_basics' = 'daily_bars') =>
  stand.deps.store.coverageOf(dataset, SPAN.from, SPAN.to, null);
const barsStored = async () => (await stand.db.rows(sql`SELECT 1 FROM market.daily_bars`)).length;

describe('rows that break a rule', () => {
  it('go to quarantine, leave the run with errors, and are asked for again', async () => {
    await open();
    tushare.answer = (question) =>
      change(question, (row) =>
        row['symbol'] === SYMBOL && row['trade_date'] === THIRD ? { ...row, low: 99 } : row,
      );
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      rowsWritten: CELLS - 1,
      outcomes: { quarantined: 1, ok: CELLS - 1 },
      itemsFailed: 0,
    });
    expect(
      await stand.db.rows(
        sql`SELECT symbol, day, rule, source, row->>'low' AS low FROM tapekeeper.quarantine`,
      ),
    ).toEqual([{ symbol: SYMBOL, day: THIRD, rule: 'ohlc_order', source: 'tushare', low: '99' }]);
    expect((await coverage()).exceptions).toEqual([]);
    tushare.answer = (question) => honestAnswer(question);
    const second = await stand.sync(BARS);
    expect(second).toMatchObject({ state: 'success', calls: 1, plan: { cells: 1 } });
    expect(await barsStored()).toBe(CELLS);
    expect((await stand.sync(BARS)).calls).toBe(0);
  });

  it('are asked of the next source in the same run', async () => {
    await open({}, { bySymbol: true });
    tushare.answer = (question) =>
      change(question, (row) =>
        row['symbol'] === SYMBOL && row['trade_date'] === THIRD ? { ...row, open: 0 } : row,
      );
    await stand.sync(BARS);
    expect(askedFor(baostock, 'daily_bars')).toEqual([
      { shape: 'symbol', dataset: 'daily_bars', symbol: SYMBOL, from: THIRD, to: THIRD },
    ]);
    expect(await barsStored()).toBe(CELLS);
  });

  it('by the hundredfold of all amounts are refused as a whole, and the day stays open', async () => {
    await open();
    tushare.answer = (question) =>
      change(question, (row) =>
        row['trade_date'] === THIRD ? { ...row, amount: Number(row['amount']) * 100 } : row,
      );
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      itemsFailed: 1,
      rowsWritten: CELLS - SYMBOLS.length,
    });
    const held = await stand.db.rows(sql`SELECT DISTINCT rule, day FROM tapekeeper.quarantine`);
    expect(held).toEqual([{ rule: 'factor_100_slip', day: THIRD }]);
    const { days, exceptions } = await coverage();
    expect([days.map((one) => one.day), exceptions]).toEqual([DAYS.filter((day) => day !== THIRD), []]);
  });

  it('of symbols that no list knows are kept for later, and trouble nobody else', async () => {
    await open();
    const stranger = rowOf('daily_bars', '600999.SH', THIRD);
    tushare.answer = (question) => {
      const answer = change(question, (row) => row);
      const isThird = question.shape === 'day' && question.day === THIRD && question.dataset === 'daily_bars';
      return isThird ? answerOf('daily_bars', [...(answer.batches[0]?.rows ?? []), stranger]) : answer;
    };
    expect(await stand.sync(BARS)).toMatchObject({ rowsWritten: CELLS, outcomes: { ok: CELLS } });
    expect(await stand.db.rows(sql`SELECT symbol, rule, state FROM tapekeeper.quarantine`)).toEqual([
      { symbol: '600999.SH', rule: 'unknown_symbol', state: 'held' },
    ]);
  });
});

describe('an empty answer', () => {
  it('for a whole market day is a failed item, changes no coverage, and is asked for again', async () => {
    await open();
    tushare.answer = (question) => change(question, (row) => (row['trade_date'] === THIRD ? undefined : row));
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      itemsFailed: 1,
      itemsDone: DAYS.length - 1,
      outcomes: { failed: SYMBOLS.length },
    });
    const { days, exceptions } = await coverage();
    expect([days.length, exceptions]).toEqual([DAYS.length - 1, []]);
    tushare.answer = (question) => honestAnswer(question);
    expect(await stand.sync(BARS)).toMatchObject({ state: 'success', calls: 1 });
  });

  it('for every day fails the run', async () => {
    await open();
    tushare.answer = (question) => change(question, () => undefined);
    expect(await stand.sync(BARS)).toMatchObject({ state: 'failed', itemsDone: 0, rowsWritten: 0 });
    expect(await coverage()).toEqual({ ranges: [], days: [], exceptions: [] });
  });

  it('for a list fails the run, and the list that is there stays', async () => {
    await open();
    await stand.sync(BARS);
    const before = await stand.deps.store.freshness('stock_basics');
    tushare.answer = (question) => answerOf(question.dataset, []);
    expect(await stand.sync({ dataset: 'stock_basics', force: true })).toMatchObject({
      state: 'failed',
      rowsWritten: 0,
    });
    expect(await stand.deps.store.instruments()).toHaveLength(SYMBOLS.length);
    expect(await stand.deps.store.freshness('stock_basics')).toEqual(before);
  });
});

describe('days that are not final', () => {
  it('are written, but not covered, and are asked for again until they are', async () => {
    const today = SPAN.to;
    let now = shanghaiInstant(today, 15 * 60 + 30);
    await open({ marketNow: () => now });
    expect(await stand.sync({ dataset: 'daily_bars', from: SPAN.from, to: today })).toMatchObject({
      state: 'success',
      rowsWritten: CELLS,
    });
    expect((await coverage()).days.map((one) => one.day)).toEqual(DAYS.slice(0, -1));
    // corrected after the close
    tushare.answer = (question) =>
      change(question, (row) => (row['trade_date'] === today ? { ...row, pct_chg: 1 } : row));
    now = shanghaiInstant(today, 17 * 60);
    // with the day that has settled by now, and is asked for once more
    expect(await stand.sync(BARS)).toMatchObject({ calls: 2, rowsWritten: SYMBOLS.length });
    expect(new Set((await coverage()).days.map((one) => one.day))).toEqual(new Set(DAYS));
    expect(
      await stand.db.one(sql`SELECT count(*)::int AS kept FROM tapekeeper.revision WHERE day = ${today}`),
    ).toEqual({ kept: SYMBOLS.length });
  });

  it('are not in a wish that names no end', async () => {
    await open({ marketNow: () => shanghaiInstant(SPAN.to, 12 * 60) });
    const run = await stand.sync({ dataset: 'daily_bars', from: SPAN.from });
    expect(run.params?.to).toBe(DAYS.at(-2));
    await expect(
      stand.sync({ dataset: 'daily_bars', from: SPAN.from, to: '2024-01-13' }),
    ).rejects.toMatchObject({ code: 'future_day' });
  });
});

describe('suspended days', () => {
  it('have no row and are no gap', async () => {
    await open({}, { byDay: false, bySymbol: true });
    const halted = (day: PlainDay): boolean => day === THIRD;
    baostock.answer = (question) => {
      const answer = honestAnswer(question);
      if (question.shape !== 'symbol' || question.symbol !== SYMBOL) return answer;
      const rows = honestRows(question).filter((row) => !halted(row['trade_date'] as PlainDay));
      return answerOf('daily_bars', rows, { suspended: [{ symbol: SYMBOL, day: THIRD }] });
    };
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'success', rowsWritten: CELLS - 1 });
    expect((await coverage()).exceptions).toMatchObject([
      { day: THIRD, kind: 'suspended', source: 'baostock' },
    ]);
    expect((await stand.sync(BARS)).calls).toBe(0);
    const symbols = await stand.deps.store.runSymbols(run.id, 0, 100, 'suspended');
    expect(symbols).toMatchObject([
      { symbol: SYMBOL, outcomes: [{ outcome: 'ok' }, { outcome: 'suspended', cells: 1 }] },
    ]);
  });
});
