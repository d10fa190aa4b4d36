import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WORLD_FIRST } from '../../test/arbitraries.ts';
import { Bitmap } from '../coverage/bitmap.ts';
import type { DayGap } from '../coverage/gaps.ts';
import { addDays, type PlainDay } from '../day.ts';
import { splitSparse } from './sparse.ts';

const gaps = fc
  .array(fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((members) =>
    members.map((ids, i): DayGap => ({ day: addDays(WORLD_FIRST, i), missing: Bitmap.of(ids) })),
  );

/** The calls of each day by its place, so that days differ in price. */
const prices = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 });

describe('days cut into dense and sparse ones', () => {
  test('are all there once, in order, the sparse ones missing no more than the dense', () => {
    fc.assert(
      fc.property(gaps, prices, (days, price) => {
        const { dense, sparse } = splitSparse(days, priceOf(days, price));
        const together = [...dense, ...sparse].map(({ day }) => day);
        expect(together.toSorted()).toEqual(days.map(({ day }) => day));
        for (const part of [dense, sparse]) expect(part).toEqual(days.filter((gap) => part.includes(gap)));
        const most = Math.max(0, ...sparse.map(({ missing }) => missing.count()));
        expect(dense.every(({ missing }) => missing.count() >= most)).toBe(true);
      }),
    );
  });

  test('cost what they say, and no other cut in that order costs less', () => {
    fc.assert(
      fc.property(gaps, prices, (days, price) => {
        const callsOf = priceOf(days, price);
        const costOf = (dense: readonly DayGap[], sparse: readonly DayGap[]): number => {
          const symbols = new Set(sparse.flatMap(({ missing }) => [...missing.values()]));
          return dense.reduce((calls, { day }) => calls + callsOf(day), symbols.size);
        };
        const bySize = days.toSorted((a, b) => a.missing.count() - b.missing.count());
        const cuts = [...days.keys(), days.length].map((cut) =>
          costOf(bySize.slice(cut), bySize.slice(0, cut)),
        );
        const { dense, sparse, atLeastCalls } = splitSparse(days, callsOf);
        expect(atLeastCalls).toBe(Math.min(...cuts));
        expect(costOf(dense, sparse)).toBe(atLeastCalls);
      }),
    );
  });
});

function priceOf(days: readonly DayGap[], price: readonly number[]): (day: PlainDay) => number {
  return (day) => price[days.findIndex((gap) => gap.day === day)]!;
}
