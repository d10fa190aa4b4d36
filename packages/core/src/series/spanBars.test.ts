import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../dataset/dataset.ts';
import { addDays, plainDay, weekday, type PlainDay } from '../day.ts';
import type { DayBar } from './bars.ts';
import { spanBars, spanEnd, spanStart, type Span } from './spanBars.ts';

const FIRST = plainDay('2023-12-28');

const bars = fc
  .record({
    places: fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 60 }),
    prices: fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 60, maxLength: 60 }),
    changes: fc.array(fc.option(fc.integer({ min: -1000, max: 1000 })), { minLength: 60, maxLength: 60 }),
  })
  .map(({ places, prices, changes }): readonly DayBar[] =>
    places
      .toSorted((a, b) => a - b)
      .map((place, at) => barOn(addDays(FIRST, place), (prices[at] as number) / 100, changes[at] ?? null)),
  );

function barOn(day: PlainDay, price: number, change: number | null): DayBar {
  const prices = { open: price, high: price + 0.5, low: price - 0.5, close: price + 0.1, preClose: price };
  return {
    symbol: '600000.SH',
    day,
    ...prices,
    volume: 100,
    amount: price * 100,
    change: change && change / 100,
  };
}

function joined(span: Span, days: readonly DayBar[]): readonly Row[] {
  const joiner = spanBars(span);
  return [...days.map((bar) => joiner.add(bar)), joiner.end()].filter((row) => row !== undefined);
}

describe.each<Span>(['week', 'month'])('the span of a %s', (span) => {
  test('holds the day, begins behind the end of the last one, and is the same for all its days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (at) => {
        const day = addDays(FIRST, at);
        const [start, end] = [spanStart(day, span), spanEnd(day, span)];
        expect(start <= day && day <= end).toBe(true);
        expect(spanStart(end, span)).toBe(start);
        expect(spanEnd(addDays(start, -1), span)).toBe(addDays(start, -1));
        expect(span === 'week' ? weekday(start) : start.slice(8)).toBe(span === 'week' ? 1 : '01');
      }),
    );
  });

  test('has the first open, the last close, the extremes and the sums of its days', () => {
    fc.assert(
      fc.property(bars, (days) => {
        const rows = joined(span, days);
        const starts = [...new Set(days.map((bar) => spanStart(bar.day, span)))];
        expect(rows).toHaveLength(starts.length);
        starts.forEach((start, at) => {
          const own = days.filter((bar) => spanStart(bar.day, span) === start);
          const amount = own.reduce((sum, bar) => sum + bar.amount, 0);
          expect(rows[at]).toMatchObject({
            trade_date: own.at(-1)?.day,
            open: own[0]?.open,
            high: Math.max(...own.map((bar) => bar.high as number)),
            low: Math.min(...own.map((bar) => bar.low as number)),
            close: own.at(-1)?.close,
            volume: 100 * own.length,
            pre_close: at === 0 ? null : rows[at - 1]?.['close'],
          });
          expect(rows[at]?.['amount']).toBeCloseTo(amount, 2);
        });
      }),
    );
  });

  test('has the product of the changes of its days', () => {
    fc.assert(
      fc.property(bars, (days) => {
        const growth = (
          rows: readonly { change: number | null; close: number | null; preClose: number | null }[],
        ) =>
          rows.reduce(
            (product, { change, close, preClose }) =>
              product * (change === null ? (close as number) / (preClose as number) : 1 + change / 100),
            1,
          );
        const all = joined(span, days).reduce(
          (product, row) => product * (1 + Number(row['pct_chg']) / 100),
          1,
        );
        expect(all / growth(days)).toBeCloseTo(1, 3);
      }),
    );
  });
});

test('bars of two symbols are never joined, and the second begins without a close before it', () => {
  const joiner = spanBars('week');
  expect(joiner.add(barOn(FIRST, 10, 0))).toBeUndefined();
  expect(joiner.add({ ...barOn(FIRST, 20, 0), symbol: '600001.SH' })).toMatchObject({ symbol: '600000.SH' });
  expect(joiner.end()).toMatchObject({ symbol: '600001.SH', pre_close: null, open: 20 });
  expect(joiner.end()).toBeUndefined();
});

test('a span with a price that is not known has none, but its volume', () => {
  const joiner = spanBars('week');
  joiner.add({ ...barOn(FIRST, 10, 0), open: null, high: null, low: null, close: null });
  joiner.add(barOn(addDays(FIRST, 1), 10, 0));
  expect(joiner.end()).toMatchObject({ open: null, high: null, low: null, close: 10.1, volume: 200 });
});
