import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateMs } from './estimate.ts';

describe('the time that calls take', () => {
  test('is their latency where nothing is counted', () => {
    expect(estimateMs(10, { latencyMs: 250 })).toBe(2500);
    expect(estimateMs(0, { perMinute: 1, latencyMs: 250 })).toBe(0);
  });

  test('is bound by the minutes where more calls are wanted than one allows', () => {
    expect(estimateMs(200, { perMinute: 200, latencyMs: 100 })).toBe(20_000);
    expect(estimateMs(201, { perMinute: 200, latencyMs: 100 })).toBe(60_100);
    expect(estimateMs(500, { perMinute: 200, latencyMs: 100 })).toBe(130_000);
  });

  test('is what sending them one by one, never more in a minute than allowed, would take', () => {
    const budgets = fc.record({
      perMinute: fc.integer({ min: 1, max: 50 }),
      latencyMs: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), budgets, (calls, budget) => {
        const starts: number[] = [];
        let free = 0;
        for (let i = 0; i < calls; i++) {
          const start = Math.max(free, (starts[i - budget.perMinute] ?? -60_000) + 60_000);
          starts.push(start);
          free = start + budget.latencyMs;
        }
        expect(estimateMs(calls, budget)).toBe(free);
      }),
    );
  });
});
