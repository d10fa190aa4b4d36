import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LOGIN_RULES, waitAfter } from './throttle.ts';

it('costs nothing at first, doubles, and ends at the longest', () => {
  const waits = Array.from({ length: 14 }, (_, tries) => waitAfter(tries + 1, LOGIN_RULES.account) / 1000);
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
});

it('never lets an account be tried more than a hundred times an hour, however the tries are spread', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), (before) => {
      let tries = before;
      let ms = 0;
      let inHour = 0;
      while (ms < 3_600_000) {
        inHour += 1;
        tries += 1;
        ms += waitAfter(tries, LOGIN_RULES.account);
      }
      expect(inHour).toBeLessThanOrEqual(41);
    }),
  );
});

it('shuts nobody out: even after a million tries the wait is two minutes', () => {
  expect(waitAfter(1_000_000, LOGIN_RULES.account)).toBe(120_000);
  expect(waitAfter(1_000_000, LOGIN_RULES.installation)).toBe(2_000);
});
