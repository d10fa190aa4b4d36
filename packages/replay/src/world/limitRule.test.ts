import { symbolOf } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitCents, limitPercent } from './limitRule.ts';

test.each([
  [935, 10, 1029],
  [935, -10, 842],
  [1000, 20, 1200],
  [1005, 30, 1307],
  [105, -5, 100],
  [3, 10, 4],
  [1, -10, 1],
])('from %d cents by %d percent the limit is %d', (reference, percent, limit) => {
  expect(limitCents(reference, percent)).toBe(limit);
});

test('limits are half cents up of the exact product, and lie around the reference price', () => {
  const percents = fc.constantFrom(5, 10, 20, 30);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300_000 }), percents, (cents, percent) => {
      const up = limitCents(cents, percent);
      const down = limitCents(cents, -percent);
      expect(up).toBe(Math.max(cents + 1, Number((BigInt(cents * (100 + percent)) * 2n + 100n) / 200n)));
      expect(down).toBeLessThan(cents);
      expect(up).toBeGreaterThan(cents);
      expect(limitCents(((cents / 100) * 1e2 * 3) / 3, percent)).toBe(up);
    }),
  );
});

test('the board sets the percentage, special treatment only on the main boards', () => {
  const of = (symbol: string): readonly number[] =>
    [false, true].map((isTreated) => limitPercent(symbolOf(symbol), isTreated));
  expect(of('600000.SH')).toEqual([10, 5]);
  expect(of('688981.SH')).toEqual([20, 20]);
  expect(of('300750.SZ')).toEqual([20, 20]);
  expect(of('920163.BJ')).toEqual([30, 30]);
});
