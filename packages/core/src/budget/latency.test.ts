import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withCall, type Latency } from './latency.ts';

const after = (calls: readonly number[]): Latency | undefined =>
  calls.reduce<Latency | undefined>((latency, ms) => withCall(latency, ms), undefined);

it('is the plain mean of the first ten calls', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 10 }), (calls) => {
      const mean = calls.reduce((sum, ms) => sum + ms, 0) / calls.length;
      expect(after(calls)?.meanMs).toBeCloseTo(mean, 6);
      expect(after(calls)?.calls).toBe(calls.length);
    }),
  );
});

it('follows a host that has become slower, and stays within what was seen', () => {
  const calls = [...Array.from({ length: 100 }, () => 100), ...Array.from({ length: 30 }, () => 1000)];
  expect(after(calls)?.meanMs).toBeGreaterThan(900);
  expect(after(calls)?.meanMs).toBeLessThan(1000);
});
