import { dayOfNumber } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listedCounter } from './listedCounter.ts';

const day = fc.integer({ min: 19_000, max: 19_030 }).map(dayOfNumber);
const listing = fc
  .record({
    listDate: fc.option(day),
    delistDate: fc.option(day),
    id: fc.nat(),
    symbol: fc.constant('600000.SH' as never),
  })
  .filter(({ listDate, delistDate }) => listDate === null || delistDate === null || listDate < delistDate);

test('counts who was there on some of the days, as one that looks at each does', () => {
  fc.assert(
    fc.property(fc.array(listing), day, day, (listings, one, other) => {
      const [first, last] = one <= other ? [one, other] : [other, one];
      const there = listings.filter(
        ({ listDate, delistDate }) =>
          listDate !== null && listDate <= last && (delistDate === null || delistDate > first),
      );
      expect(listedCounter(listings as never)(first, last)).toBe(there.length);
    }),
  );
});
