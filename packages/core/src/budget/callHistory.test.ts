import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsAtEnd, fullestWindow, stretchesOf, type MinuteCalls } from './callHistory.ts';

const MINUTE = 60_000;

/** Calls at these times, as they are kept. */
function kept(times: readonly number[]): MinuteCalls[] {
  const byMinute = Map.groupBy(times, (at) => Math.floor(at / MINUTE) * MINUTE);
  return [...byMinute].map(([minute, calls]) => ({
    minute,
    calls: calls.length,
    firstAt: calls[0] ?? 0,
    lastAt: calls.at(-1) ?? 0,
    banned: false,
  }));
}

/** Calls at even distances with pauses of whole minutes between some of them. */
const evenTimes = fc
  .record({
    everyMs: fc.integer({ min: 500, max: 90_000 }),
    calls: fc.integer({ min: 1, max: 200 }),
    from: fc.integer({ min: 0, max: MINUTE }),
  })
  .map(({ everyMs, calls, from }) => Array.from({ length: calls }, (_, at) => from + at * everyMs));

const countIn = (times: readonly number[], end: number, windowMs: number): number =>
  times.filter((at) => at <= end && at > end - windowMs).length;

describe('calls kept by minutes', () => {
  it('are counted exactly where the window holds all of them', () => {
    fc.assert(
      fc.property(evenTimes, (times) => {
        expect(callsAtEnd(kept(times), 86_400_000)).toEqual({ calls: times.length, exact: true });
        expect(fullestWindow(kept(times), 86_400_000)).toBeCloseTo(times.length - 1, 6);
      }),
    );
  });

  it('are counted to within one call where they came at even distances', () => {
    fc.assert(
      fc.property(evenTimes, fc.constantFrom(MINUTE, 60 * MINUTE), (times, windowMs) => {
        const { calls } = callsAtEnd(kept(times), windowMs);
        expect(Math.abs(calls - countIn(times, times.at(-1) ?? 0, windowMs))).toBeLessThanOrEqual(1);
        const safe = times.slice(0, -1);
        const fullest = Math.max(0, ...safe.map((end) => countIn(safe, end, windowMs)));
        expect(Math.abs(fullestWindow(kept(times), windowMs) - fullest)).toBeLessThanOrEqual(1.001);
      }),
    );
  });

  it('are counted by when they came within their minute, so that a late start counts whole', () => {
    const times = Array.from({ length: 50 }, (_, at) => 40_000 + at * 1000);
    expect(callsAtEnd(kept(times), MINUTE)).toEqual({ calls: 50, exact: true });
  });

  it('fall apart where bans came, and the minute of the ban ends its stretch', () => {
    const [one, two, three] = kept([0, 10, MINUTE, 2 * MINUTE]) as [MinuteCalls, MinuteCalls, MinuteCalls];
    const stretches = stretchesOf([one, { ...two, banned: true }, three]);
    expect(stretches.map((stretch) => stretch.length)).toEqual([2, 1]);
    expect(stretchesOf([{ ...one, banned: true }])).toHaveLength(1);
    expect(callsAtEnd([], MINUTE)).toEqual({ calls: 0, exact: true });
  });
});
