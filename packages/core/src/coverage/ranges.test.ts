import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayPairs, days, eachDay, worlds } from '../../test/arbitraries.ts';
import { builtinCalendar } from '../calendar/builtin.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { plainDay, type PlainDay } from '../day.ts';
import { mergeRanges, rangeContains, subtractRanges, type DayRange } from './ranges.ts';

const manyRanges = fc.array(dayPairs, { maxLength: 10 });
const range = (from: string, to: string): DayRange => ({ from: plainDay(from), to: plainDay(to) });

describe('merged ranges', () => {
  test('hold the same open days', () => {
    fc.assert(
      fc.property(worlds, manyRanges, ({ calendar }, ranges) => {
        expect(openDays(mergeRanges(ranges, calendar), calendar)).toEqual(openDays(ranges, calendar));
      }),
    );
  });

  test('ascend, begin and end on open days, and have an open day between them', () => {
    fc.assert(
      fc.property(worlds, manyRanges, ({ calendar }, ranges) => {
        expectTidy(mergeRanges(ranges, calendar), calendar);
      }),
    );
  });

  test('go over a weekend and a holiday, not over a trading day', () => {
    const ranges = [
      range('2024-10-08', '2024-10-09'),
      range('2024-09-27', '2024-09-30'),
      range('2024-10-11', '2024-10-11'),
    ];
    expect(mergeRanges(ranges, builtinCalendar())).toEqual([
      range('2024-09-27', '2024-10-09'),
      range('2024-10-11', '2024-10-11'),
    ]);
  });
});

describe('ranges less others', () => {
  test('hold the open days of the first that the others lack', () => {
    fc.assert(
      fc.property(worlds, manyRanges, manyRanges, ({ calendar }, ranges, taken) => {
        const gone = new Set(openDays(taken, calendar));
        const left = subtractRanges(ranges, taken, calendar);
        expect(openDays(left, calendar)).toEqual(openDays(ranges, calendar).filter((day) => !gone.has(day)));
        expectTidy(left, calendar);
      }),
    );
  });
});

test('a day is in a range from its first to its last day', () => {
  fc.assert(
    fc.property(manyRanges, days, (ranges, day) => {
      const slow = ranges.some(({ from, to }) => eachDay(from, to).includes(day));
      expect(rangeContains(ranges, day)).toBe(slow);
    }),
  );
});

function openDays(ranges: readonly DayRange[], calendar: Calendar): PlainDay[] {
  const all = new Set(ranges.flatMap(({ from, to }) => eachDay(from, to)));
  return [...all].filter((day) => calendar.isOpen(day)).sort();
}

function expectTidy(ranges: readonly DayRange[], calendar: Calendar): void {
  ranges.forEach(({ from, to }, i) => {
    expect(calendar.isOpen(from) && calendar.isOpen(to) && from <= to).toBe(true);
    expect(ranges.slice(i + 1).every((later) => calendar.nextOpen(to) < later.from)).toBe(true);
  });
}
