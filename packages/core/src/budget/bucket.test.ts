import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, DAY_MS, plainDay, shanghaiInstant } from '../day.ts';
import {
  burstOf,
  fullBucket,
  levelAt,
  refillPerSecond,
  reserveOf,
  shanghaiMidnightAfter,
  takeCall,
  usedUpBucket,
  type Bucket,
  type Ceiling,
} from './bucket.ts';

const NOW = shanghaiInstant(plainDay('2024-03-05'), 12 * 60);
const sliding = (capacity: number, windowSeconds = 60): Ceiling => ({
  capacity,
  windowSeconds,
  slides: true,
});
const quota = (capacity: number): Ceiling => ({ capacity, windowSeconds: 86_400, slides: false });

/** Takes a call whenever one is to be had, and gives the times; the pauses between the wishes are given. */
function callTimes(
  bucket: Bucket,
  pauses: readonly number[],
  callClass: 'live' | 'backfill' = 'live',
): number[] {
  let buckets: readonly Bucket[] = [bucket];
  let now = bucket.refilledAt;
  const times: number[] = [];
  for (const pause of pauses) {
    now += pause;
    for (;;) {
      const taking = takeCall(buckets, now, callClass);
      buckets = taking.buckets;
      if (taking.granted) break;
      now += taking.waitMs;
    }
    times.push(now);
  }
  return times;
}

/** The fullest half-open window, counted call by call. */
function fullest(times: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  times.forEach((time, at) => {
    while ((times[first] ?? 0) <= time - windowMs) first++;
    most = Math.max(most, at - first + 1);
  });
  return most;
}

describe('a sliding window', () => {
  const pauses = fc.array(
    fc.oneof(
      { arbitrary: fc.constant(0), weight: 8 },
      { arbitrary: fc.integer({ min: 0, max: 5000 }), weight: 3 },
      { arbitrary: fc.integer({ min: 0, max: 200_000 }), weight: 1 },
    ),
    { minLength: 1, maxLength: 300 },
  );

  it('never holds more than its ceiling wherever it is laid, after idle times too', () => {
    const windows = fc.constantFrom(1, 60, 3600, 86_400);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), windows, pauses, (capacity, windowSeconds, given) => {
        const times = callTimes(fullBucket(sliding(capacity, windowSeconds), NOW), given);
        expect(fullest(times, windowSeconds * 1000)).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  it('gives at least 96 of 100 of its ceiling to those who always want more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (capacity) => {
        expect(refillPerSecond(sliding(capacity)) * 60).toBeGreaterThanOrEqual(0.96 * capacity - 1e-9);
        expect(refillPerSecond(sliding(capacity)) * 60).toBeLessThanOrEqual(capacity + 1e-9);
      }),
    );
    const times = callTimes(
      fullBucket(sliding(50), NOW),
      Array.from({ length: 1000 }, () => 0),
    );
    const minutes = ((times.at(-1) ?? 0) - NOW) / 60_000;
    expect(1000 / minutes).toBeGreaterThan(0.96 * 50);
  });

  it('lets a small part of the ceiling out at once', () => {
    expect([1, 24, 49, 50, 500].map(burstOf)).toEqual([1, 1, 1, 2, 20]);
    const bucket = { ...fullBucket(sliding(500), NOW), refilledAt: NOW - DAY_MS };
    expect(levelAt(bucket, NOW)).toBe(20);
  });

  it('that is used up gives its next call when it has passed, and no more than its ceiling after that', () => {
    for (const capacity of [1, 7, 50, 500]) {
      const [first = 0] = callTimes(usedUpBucket(sliding(capacity), NOW), [0]);
      expect(first - NOW).toBe(60_000);
    }
  });

  it('gains nothing from a clock that goes back', () => {
    const taken = takeCall([fullBucket(sliding(2), NOW)], NOW, 'live').buckets[0] as Bucket;
    expect(levelAt(taken, NOW - 60_000)).toBe(0);
    const back = takeCall([fullBucket(sliding(50), NOW)], NOW - 60_000, 'live').buckets[0] as Bucket;
    expect(levelAt(back, NOW)).toBe(1);
  });
});

describe('a clock that was far ahead', () => {
  it('is not waited for', () => {
    for (const ceiling of [sliding(1), quota(1)]) {
      const [spent] = takeCall([fullBucket(ceiling, NOW + 400 * DAY_MS)], NOW + 400 * DAY_MS, 'live').buckets;
      const refused = takeCall([spent as Bucket], NOW, 'live');
      expect(refused.granted).toBe(false);
      if (!refused.granted)
        expect(takeCall(refused.buckets, NOW + refused.waitMs, 'live').granted).toBe(true);
    }
  });
});

describe('the quota of a day', () => {
  it('is there again at midnight in Shanghai, and not before', () => {
    const spent = usedUpBucket(quota(3), NOW);
    const midnight = shanghaiInstant(plainDay('2024-03-06'), 0);
    expect(shanghaiMidnightAfter(NOW)).toBe(midnight);
    expect([levelAt(spent, midnight - 1), levelAt(spent, midnight)]).toEqual([0, 3]);
    const refused = takeCall([spent], NOW, 'live');
    expect(refused).toMatchObject({ granted: false, waitMs: 12 * 3_600_000 });
  });

  it('never gives a day more than it has, whenever it is asked', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: DAY_MS / 3 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), pauses, (capacity, given) => {
        const days = new Map<number, number>();
        for (const time of callTimes(fullBucket(quota(capacity), NOW), given)) {
          const day = Math.floor((time + 8 * 3_600_000) / DAY_MS);
          days.set(day, (days.get(day) ?? 0) + 1);
        }
        expect(Math.max(...days.values())).toBeLessThanOrEqual(capacity);
      }),
    );
  });
});

describe('several buckets', () => {
  it('give a call together or not at all', () => {
    const ceilings = fc.array(
      fc.record({ capacity: fc.integer({ min: 1, max: 60 }), windowSeconds: fc.constantFrom(60, 3600) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(
        ceilings,
        fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 60 }),
        (some, pauses) => {
          let buckets: readonly Bucket[] = some.map((one) => fullBucket({ ...one, slides: true }, NOW));
          let now = NOW;
          for (const pause of pauses) {
            now += pause;
            const before = buckets.map((bucket) => levelAt(bucket, now));
            const taking = takeCall(buckets, now, 'live');
            buckets = taking.buckets;
            const after = buckets.map((bucket) => levelAt(bucket, now));
            expect(taking.granted).toBe(before.every((level) => level >= 1 - 1e-9));
            before.forEach((level, at) =>
              expect(after[at]).toBeCloseTo(taking.granted ? level - 1 : level, 6),
            );
          }
        },
      ),
    );
  });

  it('keep their next call for live work no longer than each has none itself', () => {
    const short = { ...usedUpBucket(sliding(1), NOW), tokens: 0 };
    const long = usedUpBucket(sliding(1, 3600), NOW);
    const { buckets } = takeCall([short, long], NOW, 'live');
    expect(buckets.map((bucket) => bucket.awaitedUntil)).toEqual([NOW + 61_000, NOW + 3_601_000]);
  });

  it('wait for the slowest of them', () => {
    const buckets = [usedUpBucket(sliding(1), NOW), usedUpBucket(sliding(1, 3600), NOW)];
    expect(takeCall(buckets, NOW, 'live')).toMatchObject({ granted: false, waitMs: 3_600_000 });
  });
});

describe('a backfill', () => {
  it('leaves a fifth of what may go out at once, and one call at least, where there is more than one', () => {
    expect([49, 50, 250, 500].map((capacity) => reserveOf(sliding(capacity), NOW))).toEqual([0, 1, 2, 4]);
    const noon = [1, 2, 1000].map((capacity) => reserveOf(quota(capacity), NOW));
    expect(noon).toEqual([0, 1, 100]);
  });

  it('never makes a live call wait for longer than the next call takes to flow in', () => {
    const calls = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 3000 }), live: fc.boolean() }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), calls, (capacity, given) => {
        let buckets: readonly Bucket[] = [fullBucket(sliding(capacity), NOW)];
        let now = NOW;
        let liveCalls = 0;
        for (const { pause, live } of given) {
          now += pause;
          // backfills take all they can get
          let taking = takeCall(buckets, now, 'backfill');
          for (; taking.granted; taking = takeCall(buckets, now, 'backfill')) buckets = taking.buckets;
          if (!live) continue;
          const asked = takeCall(buckets, now, 'live');
          buckets = asked.buckets;
          if (asked.granted) {
            liveCalls += 1;
            continue;
          }
          expect(asked.waitMs).toBeLessThanOrEqual(Math.ceil(60_000 / capacity / 0.96));
          // of a bucket with a reserve only other live calls can have had the last call
          if (reserveOf(buckets[0] as Bucket, now) > 0) expect(liveCalls).toBeGreaterThan(0);
          now += asked.waitMs;
          expect(takeCall(buckets, now, 'backfill').granted).toBe(false);
          const then = takeCall(buckets, now, 'live');
          expect(then.granted).toBe(true);
          buckets = then.buckets;
          liveCalls += 1;
        }
      }),
    );
  });

  it('does not take the call that live work waits for, for as long as that is promised', () => {
    const [spent] = takeCall([fullBucket(sliding(10), NOW)], NOW, 'live').buckets as [Bucket];
    const waiting = takeCall([spent], NOW, 'live');
    expect(waiting).toMatchObject({ granted: false, waitMs: 6000 });
    expect(takeCall(waiting.buckets, NOW + 6000, 'backfill').granted).toBe(false);
    expect(takeCall(waiting.buckets, NOW + 6000, 'live').granted).toBe(true);
    // the one who waited is gone
    expect(takeCall(waiting.buckets, NOW + 7001, 'backfill').granted).toBe(true);
  });

  it('leaves a part of the day to live work at any hour, and uses the rest of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2000 }), (capacity) => {
        const midnight = shanghaiInstant(addDays(plainDay('2024-03-05'), 1), 0);
        const start = { ...fullBucket(quota(capacity), midnight - DAY_MS), refilledAt: midnight - DAY_MS };
        let buckets: readonly Bucket[] = [start];
        let now = start.refilledAt;
        let given = 0;
        for (;;) {
          const taking = takeCall(buckets, now, 'backfill');
          if (!taking.granted) {
            expect(levelAt(buckets[0] as Bucket, now)).toBeGreaterThanOrEqual(reserveOf(start, now));
            now += taking.waitMs;
            if (now >= midnight) break;
            continue;
          }
          buckets = taking.buckets;
          given += 1;
        }
        expect(given).toBe(capacity - 1);
      }),
      { numRuns: 30 },
    );
  });
});
