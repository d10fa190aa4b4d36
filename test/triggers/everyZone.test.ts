import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { dueByClock, readWindow, type Window } from './oracle.ts';
import { randomCrons } from './randomCron.ts';

// A change of clocks of each zone that has had any, between 1970 and 2037, minute by minute.

const HOUR = 3_600_000;
const FIRST_YEAR = 1970;
const YEARS = 68;
/** Shorter than most summers. */
const STRIDE = 45 * 24 * HOUR;

/** What the clocks show in one place: a window of a single step. */
function offsetAt(zone: string, at: number): number {
  return (readWindow(zone, new Date(at).toISOString(), 1, 1000).shown[0] ?? 0) - at;
}

/** Twelve hours around the first change of clocks after a year, or after 1970 where there is none. */
function changeOf(zone: string, year: number): Window | undefined {
  let at = Date.UTC(year, 0);
  const before = offsetAt(zone, at);
  const end = Date.UTC(FIRST_YEAR + YEARS, 0);
  while (at < end && offsetAt(zone, at) === before) at += STRIDE;
  if (at >= end) return year === FIRST_YEAR ? undefined : changeOf(zone, FIRST_YEAR);
  let low = at - STRIDE;
  while (at - low > HOUR) {
    const middle = low + Math.floor((at - low) / 2 / HOUR) * HOUR;
    if (offsetAt(zone, middle) === before) low = middle;
    else at = middle;
  }
  return readWindow(zone, new Date(at - 6 * HOUR).toISOString(), 720, 60_000);
}

const findWindows = (): readonly Window[] =>
  Intl.supportedValuesOf('timeZone').flatMap(
    (zone, place) => changeOf(zone, FIRST_YEAR + ((place * 7) % YEARS)) ?? [],
  );

test('around a change of clocks of every zone, random expressions agree with a walk over every minute', () => {
  // clocks of odd seconds, as Monrovia had, meet no whole minute of a walk by minutes
  const windows = findWindows();
  const whole = windows.filter(({ shown }) => shown.every((wall) => wall % 60_000 === 0));
  expect(whole.length).toBeGreaterThan(300);
  expect(windows.length - whole.length).toBeLessThan(5);
  let moments = 0;
  for (const window of whole) {
    fc.assert(
      fc.property(randomCrons(false), (cron) => {
        const wanted = [...dueByClock(window, cron.fits)].map(({ at }) => at);
        const reader = cronReader(cron.text, window.zone);
        const found: number[] = [];
        for (let after = window.start - 1; ;) {
          const next = reader.next(after);
          if (next === undefined || next >= window.start + 720 * 60_000) break;
          found.push(next);
          after = next;
        }
        expect({ zone: window.zone, found }).toEqual({ zone: window.zone, found: wanted });
        moments += wanted.length;
      }),
      { numRuns: 5 },
    );
  }
  expect(moments).toBeGreaterThan(1000);
});
