import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('doubles from try to try, with up to a half on top', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), (key, attempt) => {
      const pause = backoffMs(1000, attempt, key);
      expect(pause).toBeGreaterThanOrEqual(1000 * 2 ** (attempt - 1));
      expect(pause).toBeLessThanOrEqual(1500 * 2 ** (attempt - 1));
    }),
  );
});

it('is the same for the same try, and spread over those that failed together', () => {
  expect(backoffMs(1000, 1, 'run 1, item 2')).toBe(backoffMs(1000, 1, 'run 1, item 2'));
  const pauses = Array.from({ length: 1000 }, (_, item) => backoffMs(1000, 1, `run 1, item ${item}`));
  const tenths = Map.groupBy(pauses, (pause) => Math.min(9, Math.floor((pause - 1000) / 50)));
  expect(tenths.size).toBe(10);
  for (const tenth of tenths.values()) expect(tenth.length).toBeGreaterThan(50);
});
