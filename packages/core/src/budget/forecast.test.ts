import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, plainDay, shanghaiInstant } from '../day.ts';
import { burstOf, fullBucket, refillPerSecond, takeCall, type Bucket } from './bucket.ts';
import { budgetShare, forecastMs, type CallRoad } from './forecast.ts';

const NOW = shanghaiInstant(plainDay('2024-03-05'), 20 * 60);

const road = (rest: Partial<CallRoad>): CallRoad => ({
  now: NOW,
  buckets: [],
  callClass: 'live',
  latencyMs: 300,
  lanes: 1,
  openUntil: null,
  ...rest,
});
const minute = (capacity: number): Bucket => fullBucket({ capacity, windowSeconds: 60, slides: true }, NOW);
const quota = (capacity: number): Bucket =>
  fullBucket({ capacity, windowSeconds: 86_400, slides: false }, NOW);

/** Makes the calls one by one, as workers do, and gives the time until the last is answered. */
function stepByStep(calls: number, given: CallRoad): number {
  const lanes = Array.from({ length: given.lanes }, () => Math.max(given.now, given.openUntil ?? 0));
  let buckets = given.buckets;
  let now = given.now;
  let doneAt = given.now;
  for (let made = 0; made < calls; made++) {
    const free = Math.min(...lanes);
    now = Math.max(now, free);
    for (;;) {
      const taking = takeCall(buckets, now, given.callClass);
      buckets = taking.buckets;
      if (taking.granted) break;
      now += taking.waitMs;
    }
    lanes[lanes.indexOf(free)] = now + given.latencyMs;
    doneAt = Math.max(doneAt, now + given.latencyMs);
  }
  return doneAt - given.now;
}

describe('how long calls will take', () => {
  it('is their latency where nothing is counted, shared by those in flight together', () => {
    expect(forecastMs(10, road({}))).toBe(3000);
    expect(forecastMs(10, road({ lanes: 2 }))).toBe(1500);
    expect(forecastMs(0, road({}))).toBe(0);
  });

  it('waits for the breaker and for buckets that are being paid back', () => {
    expect(forecastMs(1, road({ openUntil: NOW + 60_000 }))).toBe(60_300);
    const owing = { ...minute(60), tokens: -10 };
    expect(forecastMs(1, road({ buckets: [owing] }))).toBeCloseTo((11 / 59) * 60_000 + 300, 3);
  });

  it('goes over midnight where the quota of the day is spent', () => {
    const left = { ...quota(100), tokens: 30 };
    expect(forecastMs(31, road({ buckets: [left] }))).toBe(4 * 3_600_000 + 300);
    expect(forecastMs(230, road({ buckets: [left] }))).toBe(DAY_MS + 4 * 3_600_000 + 100 * 300);
  });

  const buckets = fc.array(
    fc
      .record({
        capacity: fc.integer({ min: 1, max: 300 }),
        windowSeconds: fc.constantFrom(60, 3600),
        fill: fc.double({ min: -1, max: 1, noNaN: true }),
      })
      .map(({ capacity, windowSeconds, fill }): Bucket => {
        const ceiling = { capacity, windowSeconds, slides: true };
        const tokens = fill >= 0 ? fill * burstOf(capacity) : fill * capacity;
        return { ...fullBucket(ceiling, NOW), tokens };
      }),
    { maxLength: 3 },
  );
  const roads = fc.record({
    buckets,
    latencyMs: fc.integer({ min: 1, max: 5000 }),
    lanes: fc.integer({ min: 1, max: 4 }),
    callClass: fc.constantFrom('live', 'backfill'),
    openUntil: fc.option(fc.integer({ min: NOW - 10_000, max: NOW + 100_000 })),
  });

  /** Half calls of a lane or a bucket, and the milliseconds that waits are rounded to. */
  const slack = (calls: number, given: CallRoad): number => {
    const gaps = given.buckets.map((bucket) => (bucket.slides ? 1000 / refillPerSecond(bucket) : 0));
    return 2 * Math.max(given.latencyMs, ...gaps) + calls + 5;
  };

  it('is what making them one by one takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), roads, (calls, rest) => {
        const given = road(rest);
        const real = stepByStep(calls, given);
        expect(Math.abs(forecastMs(calls, given) - real)).toBeLessThanOrEqual(slack(calls, given));
      }),
    );
  });

  it('is so with quotas of days too', () => {
    const quotas = fc
      .record({
        capacity: fc.integer({ min: 1, max: 120 }),
        spent: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ capacity, spent }) => ({ ...quota(capacity), tokens: Math.floor(capacity * (1 - spent)) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), roads, quotas, (calls, rest, day) => {
        const given = road({ ...rest, buckets: [...rest.buckets, day] });
        const real = stepByStep(calls, given);
        // at each midnight one call more or less may fall into the day before
        const nights = Math.ceil((real + 20 * 3_600_000) / DAY_MS);
        const least = forecastMs(calls - nights, given) - slack(calls, given);
        const most = forecastMs(calls + nights, given) + slack(calls, given);
        expect(real).toBeGreaterThanOrEqual(least);
        expect(real).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('the share of a budget', () => {
  it('is that of the lowest ceiling of its window, and never more than all', () => {
    const hour = { capacity: 600, windowSeconds: 3600 };
    expect(budgetShare(30, [minute(50), minute(60), hour])).toEqual({ minute: 0.6, hour: 0.05, day: null });
    expect(budgetShare(9000, [hour]).hour).toBe(1);
  });
});
