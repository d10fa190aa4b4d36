import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../dataset/dataset.ts';
import { plainDay, shanghaiInstant } from '../day.ts';
import { INTERVALS, intervalBars, intervalEnd } from './minuteBars.ts';

const DAY = plainDay('2024-01-31');
const at = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return shanghaiInstant(DAY, hours * 60 + minutes);
};

/** Ends of the 48 bars of a session. */
const ENDS = [...each(9 * 60 + 35, 11 * 60 + 30), ...each(13 * 60 + 5, 15 * 60)];

function each(first: number, last: number): number[] {
  return Array.from({ length: (last - first) / 5 + 1 }, (_, place) =>
    shanghaiInstant(DAY, first + place * 5),
  );
}

describe('the longer bar of a five-minute bar', () => {
  test.each([
    ['09:35', 15, '09:45'],
    ['09:45', 15, '09:45'],
    ['09:50', 15, '10:00'],
    ['09:35', 60, '10:30'],
    ['11:30', 60, '11:30'],
    ['13:05', 60, '14:00'],
    ['13:05', 30, '13:30'],
    ['15:00', 30, '15:00'],
    ['09:25', 60, '10:30'],
    ['15:30', 15, '15:00'],
    ['12:00', 30, '11:30'],
  ] as const)('%s by %d minutes ends at %s', (time, interval, end) =>
    expect(intervalEnd(DAY, at(time), interval)).toBe(at(end)),
  );
});

test.each(INTERVALS)('bars of %d minutes divide the session, and lose nothing', (interval) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 48, maxLength: 48 }), (kept) => {
      const rows = ENDS.filter((_, place) => kept[place]).map((end, place): Row => {
        const price = 10 + place / 100;
        const prices = { open: price, high: price + 1, low: price - 1, close: price };
        return { symbol: '600000.SH', trade_date: DAY, bar_time: end, ...prices, volume: 100, amount: 0.1 };
      });
      const joiner = intervalBars(interval);
      const bars = [...rows.map((row) => joiner.add(row)), joiner.end()].filter((row) => row !== undefined);
      expect(bars.length).toBeLessThanOrEqual(240 / interval);
      expect(bars.map((bar) => bar['bar_time'])).toEqual([
        ...new Set(rows.map((row) => intervalEnd(DAY, Number(row['bar_time']), interval))),
      ]);
      const sum = (of: readonly Row[], column: string) =>
        of.reduce((total, row) => total + Number(row[column]), 0);
      expect(sum(bars, 'volume')).toBe(sum(rows, 'volume'));
      expect(sum(bars, 'amount')).toBeCloseTo(sum(rows, 'amount'), 6);
      if (interval === 5) expect(bars).toEqual(rows);
    }),
  );
});
