import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import type { Row } from '../dataset/dataset.ts';
import { plainDay } from '../day.ts';
import { boardOf } from '../symbol/symbol.ts';
import { amountRatio, slipFactor } from './slip.ts';
import { validateBatch, type BatchVerdict } from './validate.ts';

const bar = (symbol: string, price: number, volume: number): Row => ({
  symbol,
  trade_date: '2024-01-03',
  open: price,
  high: price * 1.02,
  low: price * 0.98,
  close: price * 1.01,
  pre_close: price,
  volume,
  amount: price * volume,
});

const MARKET: readonly Row[] = [
  bar('600000.SH', 6.6, 1_000_000),
  bar('600001.SH', 22, 5_000),
  bar('000001.SZ', 9.2, 90_000_000),
  bar('000002.SZ', 10, 300),
];
const STAR: readonly Row[] = [
  bar('688001.SH', 80, 200_000),
  bar('688002.SH', 41, 70_000),
  bar('688003.SH', 12, 1000),
];

const judge = (rows: readonly Row[]): BatchVerdict =>
  validateBatch({
    dataset: 'daily_bars',
    rows,
    calendar: builtinCalendar(),
    listingOf: (symbol) => ({
      listDate: plainDay('2010-01-04'),
      delistDate: null,
      board: boardOf(symbol) ?? null,
    }),
  });

const scaled = (rows: readonly Row[], column: string, factor: number): Row[] =>
  rows.map((row) => ({ ...row, [column]: Number(row[column]) * factor }));

describe('units that are off by a power of ten', () => {
  test.each([
    ['volume in lots', 'volume', 0.01],
    ['volume taken for lots', 'volume', 100],
    ['amount in thousands', 'amount', 0.001],
    ['amount taken for thousands', 'amount', 1000],
    ['amount in ten thousands', 'amount', 0.0001],
    ['amount taken for ten thousands', 'amount', 10_000],
  ])('send the whole batch to quarantine: %s', (_, column, factor) => {
    const rows = scaled(MARKET, column, factor).filter((row) => Number.isInteger(row['volume']));
    const { accepted, refused, flags } = judge(rows);
    expect(accepted).toEqual([]);
    expect(flags).toEqual([]);
    expect(refused.map(({ rule }) => rule)).toEqual(rows.map(() => 'factor_100_slip'));
  });

  test('show in prices as well', () => {
    const cents = ['open', 'high', 'low', 'close', 'pre_close'].reduce<readonly Row[]>(
      (rows, column) => scaled(rows, column, 100),
      MARKET,
    );
    expect(judge(cents).refused.map(({ detail }) => detail)[0]).toContain('0.01');
  });

  test('of one board are found beside others that are right', () => {
    const { accepted, refused } = judge([...MARKET, ...scaled(STAR, 'volume', 100)]);
    expect(accepted).toEqual(MARKET);
    expect(refused.map(({ row }) => row['symbol'])).toEqual(['688001.SH', '688002.SH', '688003.SH']);
  });

  test('are not seen in a few odd rows, which are flagged', () => {
    const odd = { ...MARKET[0]!, amount: Number(MARKET[0]!['amount']) * 100 };
    const { accepted, flags } = judge([odd, ...MARKET.slice(1)]);
    expect(accepted).toHaveLength(MARKET.length);
    expect(flags).toMatchObject([{ row: odd, rule: 'amount_volume_mismatch' }]);
  });

  test('cannot be seen where nothing was traded', () => {
    const rows = MARKET.map((row) => ({ ...row, volume: 0, amount: 0 }));
    expect(judge(rows).accepted).toEqual(rows);
  });
});

describe('the slip factor', () => {
  test('is found for any power of ten under the scatter of prices within a day', () => {
    const scatter = fc.array(fc.double({ min: 0.85, max: 1.15, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(scatter, fc.integer({ min: -6, max: 6 }), (ratios, power) => {
        const factor = slipFactor(Float64Array.from(ratios, (ratio) => ratio * 10 ** power));
        expect(factor).toBe(power === 0 ? undefined : 10 ** power);
      }),
    );
  });

  test('is none where nothing is known, or the ratio is no power of ten', () => {
    expect(slipFactor(new Float64Array(0))).toBeUndefined();
    expect(slipFactor(Float64Array.of(3, 3, 3))).toBeUndefined();
  });
});

test('the amount ratio is 1 where units are right, and unknown without trade', () => {
  expect(amountRatio({ high: 11, low: 9, close: 10, volume: 100, amount: 1000 })).toBe(1);
  expect(amountRatio({ high: 11, low: 9, close: 10, volume: 0, amount: 0 })).toBeNaN();
  expect(amountRatio({ high: 11, low: 9, close: 10, volume: 0, amount: 5 })).toBeNaN();
  expect(amountRatio({ close: 10, volume: 100, amount: 5 })).toBeNaN();
});
