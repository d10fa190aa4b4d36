import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { banningHost, type HiddenLimit } from './banningHost.ts';
import { DAY_MS, plainDay, shanghaiInstant, type Instant } from '../day.ts';
import { evidenceOf, learnCeilings, type BanEvidence } from './banLearning.ts';
import { afterAnswer, afterBan, CLOSED_BREAKER, passBreaker } from './breaker.ts';
import { fullBucket, takeCall, usedUpBucket, type Bucket, type Ceiling } from './bucket.ts';
import type { MinuteCalls } from './callHistory.ts';

const START = shanghaiInstant(plainDay('2024-03-05'), 9 * 60);
const HISTORY_MS = 25 * 3_600_000;
const FIRST_PAUSE_MS = 30 * 60_000;
const DAYS = 30;

/** Everything that a caller knows of a host, and does: as the store keeps it, but for the database. */
function caller(configured: Ceiling) {
  const own = fullBucket(configured, START);
  let learned: readonly Bucket[] = [];
  let buckets: readonly Bucket[] = [own];
  let breaker = CLOSED_BREAKER;
  let minutes: MinuteCalls[] = [];
  const bans: BanEvidence[] = [];
  return {
    learned: () => learned,
    /** Milliseconds to wait, or 0 for a call that may go out now. */
    wait(now: Instant): number {
      const passage = passBreaker(breaker, now);
      if (passage.kind === 'open') return passage.until - now;
      if (passage.kind === 'wait') return passage.waitMs;
      const taking = takeCall(buckets, now, 'live');
      buckets = taking.buckets;
      if (!taking.granted) return taking.waitMs;
      if (passage.kind === 'probe') breaker = passage.breaker;
      note(now);
      return 0;
    },
    answered: (now: Instant) => void (breaker = afterAnswer(breaker, now)),
    banned(now: Instant): void {
      const isNew = breaker.openings === 0;
      breaker = afterBan(breaker, now, 'banned', FIRST_PAUSE_MS);
      minutes = minutes.filter(({ minute }) => minute > now - HISTORY_MS);
      const evidence = evidenceOf(minutes);
      minutes.push({ ...(minutes.pop() as MinuteCalls), banned: true });
      if (!isNew) return;
      bans.push(evidence);
      const ceilings = learnCeilings(bans, learned);
      learned = ceilings.map((one) => usedUpBucket(one, now));
      buckets = [own, ...learned];
    },
  };

  function note(now: Instant): void {
    const minute = Math.floor(now / 60_000) * 60_000;
    const last = minutes.at(-1);
    if (last?.minute === minute && !last.banned) {
      minutes[minutes.length - 1] = { ...last, calls: last.calls + 1, lastAt: now };
    } else {
      minutes.push({ minute, calls: 1, firstAt: now, lastAt: now, banned: false });
    }
  }
}

/** When the next call is wanted after one at this time. */
type Wish = (now: Instant) => Instant;

const always: Wish = (now) => now;

function simulate(limit: HiddenLimit, configured: Ceiling, wish: Wish, days: number) {
  const host = banningHost(limit);
  const client = caller(configured);
  let now = START;
  let lastBanAt = START;
  const served: Instant[] = [];
  while (now < START + days * DAY_MS) {
    const waitMs = client.wait(now);
    if (waitMs > 0) {
      now += waitMs;
      continue;
    }
    if (host.call(now)) {
      served.push(now);
      client.answered(now);
    } else {
      if (host.bans > 0) lastBanAt = now;
      client.banned(now);
    }
    now = Math.max(now + 1, wish(now));
  }
  return { bans: host.bans, lastBanAt, served, learned: client.learned() };
}

/** Calls of the last whole days, to the calls that the tighter of the two limits would have allowed. */
function useOf(served: readonly Instant[], limit: HiddenLimit, configured: Ceiling, until: Instant): number {
  const from = until - 10 * DAY_MS;
  const made = served.filter((at) => at >= from && at < until).length;
  const perDay = (windowSeconds: number, calls: number) => (86_400 / windowSeconds) * calls;
  const allowed = Math.min(
    perDay(limit.windowSeconds, limit.calls),
    perDay(configured.windowSeconds, configured.capacity),
  );
  return made / (10 * allowed);
}

/** Thresholds of a window below what the configured ceiling lets through, and above a minute's worth of it. */
function limits(windowSeconds: number) {
  return fc.integer({ min: 2, max: 12 }).chain((perMinute) => {
    const most = Math.floor(0.85 * perMinute * (windowSeconds / 60));
    const least = windowSeconds === 60 ? 1 : perMinute + 2;
    return fc.record({
      configured: fc.constant({ capacity: perMinute, windowSeconds: 60, slides: true }),
      limit: fc.record({
        windowSeconds: fc.constant(windowSeconds),
        calls: fc.integer({ min: Math.min(least, most), max: most }),
        banMs: fc.integer({ min: 60_000, max: 20 * 3_600_000 }),
      }),
    });
  });
}

describe('a limit that nobody knows', () => {
  it.each([60, 3600, 86_400])(
    'of %i seconds is learned by two bans at most, and then kept',
    (windowSeconds) => {
      fc.assert(
        fc.property(limits(windowSeconds), ({ limit, configured }) => {
          const { bans, lastBanAt, served, learned } = simulate(limit, configured, always, DAYS + 10);
          expect(bans).toBeLessThanOrEqual(2);
          expect(lastBanAt).toBeLessThan(START + 10 * DAY_MS);
          expect(
            learned.every((one) => one.capacity <= limit.calls || one.windowSeconds !== windowSeconds),
          ).toBe(true);
          expect(useOf(served, limit, configured, START + (DAYS + 10) * DAY_MS)).toBeGreaterThanOrEqual(0.8);
        }),
        { numRuns: 12, seed: 20_240_305 },
      );
    },
  );

  it('is kept just as well by those who call in bursts by day and not by night', () => {
    const bursts: Wish = (now) => {
      const minuteOfDay = Math.floor(((now - START) / 60_000 + 9 * 60) % 1440);
      if (minuteOfDay < 9 * 60 || minuteOfDay > 16 * 60) return now + 7 * 3_600_000;
      return minuteOfDay % 30 < 25 ? now : now + 5 * 60_000;
    };
    for (const windowSeconds of [60, 3600, 86_400]) {
      fc.assert(
        fc.property(limits(windowSeconds), ({ limit, configured }) => {
          const { bans, lastBanAt } = simulate(limit, configured, bursts, DAYS + 10);
          expect(bans).toBeLessThanOrEqual(2);
          expect(lastBanAt).toBeLessThan(START + 10 * DAY_MS);
        }),
        { numRuns: 12, seed: 20_240_306 },
      );
    }
  });

  it('above the configured ceiling is never met', () => {
    const configured = { capacity: 10, windowSeconds: 60, slides: true };
    const { bans, learned } = simulate(
      { windowSeconds: 60, calls: 10, banMs: 60_000 },
      configured,
      always,
      1,
    );
    expect([bans, learned]).toEqual([0, []]);
  });
});

const ban = (...windows: readonly [calls: number, safe: number][]): BanEvidence => ({
  windows: windows.map(([calls, safe], at) => ({
    windowSeconds: [60, 3600, 86_400][at] ?? 0,
    calls,
    surely: calls,
    safe,
  })),
});
const capacities = (ceilings: readonly Ceiling[]) =>
  ceilings
    .map((one): [number, number] => [one.windowSeconds, one.capacity])
    .toSorted(([one], [other]) => one - other);

describe('what a ban teaches', () => {
  it('is nine tenths of the shortest window that was fuller than all safe ones', () => {
    expect(capacities(learnCeilings([ban([81, 80], [81, 80], [81, 80])], []))).toEqual([[60, 72]]);
    expect(capacities(learnCeilings([ban([60, 61], [901, 900], [901, 900])], []))).toEqual([[3600, 810]]);
    expect(capacities(learnCeilings([ban([60, 61], [900, 901], [5001, 5000])], []))).toEqual([
      [86_400, 4500],
    ]);
  });

  it('is at least one call', () => {
    expect(capacities(learnCeilings([ban([1, 0], [1, 0], [1, 0])], []))).toEqual([[60, 1]]);
  });

  it('replaces what an earlier one seemed to teach, when one limit explains both', () => {
    const first = ban([60, 61], [2001, 2000], [2001, 2000]);
    const known = learnCeilings([first], []);
    expect(capacities(known)).toEqual([[3600, 1800]]);
    const both = [first, ban([60, 61], [1800, 2000], [2001, 2000])];
    expect(capacities(learnCeilings(both, known))).toEqual([[86_400, 1800]]);
  });

  it('stands beside what an earlier one taught, when there must be two limits', () => {
    const minute = ban([51, 50], [51, 50], [51, 50]);
    const known = learnCeilings([minute], []);
    const day = ban([45, 50], [1500, 1600], [5001, 5000]);
    expect(capacities(learnCeilings([minute, day], known))).toEqual([
      [60, 45],
      [86_400, 4500],
    ]);
  });

  it('brings the ceiling that was used most down, when the host has become stricter', () => {
    const first = ban([60, 61], [901, 900], [901, 900]);
    const known = learnCeilings([first], []);
    const later = ban([14, 61], [401, 900], [600, 5000]);
    expect(capacities(learnCeilings([first, later], known))).toEqual([[3600, 360]]);
  });

  it('is nothing where calls cannot have been the reason', () => {
    expect(learnCeilings([ban([10, 60], [10, 900], [10, 5000])], [])).toEqual([]);
    expect(learnCeilings([], [])).toEqual([]);
  });
});
