import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, plainDay } from '../day.ts';
import { requireZone } from './occurrences.ts';
import { zoneOf } from './zone.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const zone = requireZone;

describe('the clocks of a zone', () => {
  test.each([
    ['Asia/Shanghai', '2026-11-22T00:00Z', 8],
    ['Asia/Shanghai', '1991-05-06T00:00Z', 9],
    ['America/New_York', '2026-03-08T06:59:59Z', -5],
    ['America/New_York', '2026-03-08T07:00:00Z', -4],
    ['Australia/Lord_Howe', '2026-07-01T00:00Z', 10.5],
    ['Asia/Kathmandu', '2026-07-01T00:00Z', 5.75],
    ['Pacific/Apia', '2011-12-30T10:00Z', 14],
    ['UTC', '1970-01-01T00:00Z', 0],
  ])('of %s are at %s so many hours ahead of UTC: %d', (name, instant, hours) => {
    expect(zone(name).offsetAt(at(instant))).toBe(hours * HOUR);
  });

  test('are known by old names and in any capitals', () => {
    expect(zoneOf('asia/shanghai')?.offsetAt(0)).toBe(8 * HOUR);
    expect(zoneOf('PRC')?.offsetAt(0)).toBe(8 * HOUR);
    expect(zoneOf('US/Eastern')?.offsetAt(0)).toBe(-5 * HOUR);
  });

  test.each(['', 'Mars/Base', '+08:00', '-5', ' Asia/Shanghai'])('are not those of "%s"', (name) => {
    expect(zoneOf(name)).toBeUndefined();
  });
});

describe('a wall time', () => {
  const NEW_YORK = 'America/New_York';

  test('that is skipped is due at the first instant after the gap', () => {
    for (const minute of ['00', '15', '59']) {
      const wall = at(`2026-03-08T02:${minute}Z`);
      expect(zone(NEW_YORK).instantOf(wall)).toBe(at('2026-03-08T07:00Z'));
    }
  });

  test('that comes twice is due the first time', () => {
    expect(zone(NEW_YORK).instantOf(at('2026-11-01T01:30Z'))).toBe(at('2026-11-01T05:30Z'));
    expect(zone(NEW_YORK).repeatsUntil(at('2026-11-01T05:30Z'))).toBeUndefined();
    expect(zone(NEW_YORK).repeatsUntil(at('2026-11-01T06:30Z'))).toBe(at('2026-11-01T02:00Z'));
    expect(zone(NEW_YORK).repeatsUntil(at('2026-11-01T07:00Z'))).toBeUndefined();
  });

  test('of a day that was left out is due as the next one begins', () => {
    expect(zone('Pacific/Apia').startOf(plainDay('2011-12-30'))).toBe(at('2011-12-30T10:00Z'));
    expect(zone('Pacific/Apia').startOf(plainDay('2011-12-31'))).toBe(at('2011-12-30T10:00Z'));
  });

  test('of a midnight that does not exist is the first instant of the day', () => {
    const santiago = zone('America/Santiago');
    const start = santiago.startOf(plainDay('2026-09-06'));
    expect(start).toBe(at('2026-09-06T04:00Z'));
    expect([santiago.dayAt(start - 1), santiago.dayAt(start)]).toEqual(['2026-09-05', '2026-09-06']);
  });
});

test('in every zone, instants come back from what clocks show, unless shown for the second time', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instants = fc.integer({ min: 0, max: at('2038-01-01T00:00Z') });
  fc.assert(
    fc.property(zones, instants, (name, instant) => {
      const clocks = zone(name);
      const back = clocks.instantOf(clocks.wallAt(instant));
      expect(back).toBeLessThanOrEqual(instant);
      expect(back === instant).toBe(clocks.repeatsUntil(instant) === undefined);
      const day = clocks.dayAt(instant);
      expect(clocks.startOf(day)).toBeLessThanOrEqual(instant);
      expect(clocks.startOf(addDays(day, 1))).toBeGreaterThan(instant);
    }),
    { numRuns: 2000 },
  );
});
