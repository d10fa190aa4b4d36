import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayPairs, listings, worlds } from '../../test/arbitraries.ts';
import { Bitmap } from '../coverage/bitmap.ts';
import { isExpected } from '../coverage/expected.ts';
import type { DayGap } from '../coverage/gaps.ts';
import type { Capability } from '../source/source.ts';
import { exchangeOf } from '../symbol/symbol.ts';
import { marketRows, pages } from './marketRows.ts';
import type { PlanInput } from './plan.ts';

const capability = (exchanges: readonly string[], pageRows = 6000): Capability => ({
  dataset: 'daily_bars',
  shapes: ['day'],
  columns: [],
  byproducts: [],
  api: 'daily',
  exchanges,
  pageRows,
});

describe('the rows of a market day', () => {
  test('are the listings expected on it, on the exchanges served, those that ended left out', () => {
    const served = fc.subarray(['XSHG', 'XSHE', 'XBSE']);
    fc.assert(
      fc.property(worlds, listings, dayPairs, served, ({ calendar }, all, { from, to }, exchanges) => {
        const days = calendar.tradingDays(from, to);
        fc.pre(days.length > 0);
        const gaps = days.map((day): DayGap => ({ day, missing: new Bitmap() }));
        const input: PlanInput = {
          dataset: 'daily_bars',
          capability: capability(exchanges),
          gaps: { days: gaps },
          calendar,
          listings: all,
        };
        const rowsOf = marketRows(input, gaps);
        const slow = days.map((day) => {
          const onDay = all.filter((listing) => isExpected(calendar, listing, day));
          return onDay.filter(({ symbol }) => exchanges.includes(exchangeOf(symbol))).length;
        });
        expect(days.map(rowsOf)).toEqual(slow);
      }),
    );
  });
});

test('an answer takes one call at least, and one for each page begun', () => {
  expect([0, 1, 100, 101, 300].map((rows) => pages(rows, capability([], 100)))).toEqual([1, 1, 1, 2, 3]);
});
