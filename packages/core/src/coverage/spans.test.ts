import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachDay } from '../../test/arbitraries.ts';
import { addDays, dayOfNumber, plainDay, weekday, type PlainDay } from '../day.ts';
import { spansOfDays, type Zoom } from './spans.ts';

const starts = fc.integer({ min: 10_000, max: 25_000 }).map(dayOfNumber);
const zooms = fc.constantFrom<Zoom>('day', 'week', 'month', 'year');

/** Two days are in one piece when this text of theirs is the same. */
const pieceOf: Readonly<Record<Zoom, (day: PlainDay) => string>> = {
  day: (day) => day,
  week: (day) => addDays(day, -((weekday(day) + 6) % 7)),
  month: (day) => day.slice(0, 7),
  year: (day) => day.slice(0, 4),
};

describe('days cut into pieces', () => {
  test('are all there in order, each piece of one week, month or year, and no two of the same', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: -3, max: 800 }), zooms, (from, length, zoom) => {
        const to = addDays(from, length);
        const spans = spansOfDays(from, to, zoom);
        expect(spans.flatMap((span) => eachDay(span.from, span.to))).toEqual(eachDay(from, to));
        const pieces = spans.map((span) => [...new Set(eachDay(span.from, span.to).map(pieceOf[zoom]))]);
        for (const piece of pieces) expect(piece).toHaveLength(1);
        expect(new Set(pieces.flat()).size).toBe(spans.length);
      }),
      { numRuns: 60 },
    );
  });

  test('may begin and end within a month', () => {
    expect(spansOfDays(plainDay('2024-01-15'), plainDay('2024-03-02'), 'month')).toEqual([
      { from: '2024-01-15', to: '2024-01-31' },
      { from: '2024-02-01', to: '2024-02-29' },
      { from: '2024-03-01', to: '2024-03-02' },
    ]);
  });
});
