import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, eachDay, worlds } from '../../test/arbitraries.ts';
import { knownSpan, openSpan } from './openSpan.ts';

test('a span holds the open days between two days, in order', () => {
  fc.assert(
    fc.property(worlds, days, days, ({ calendar }, from, to) => {
      const { start, end } = openSpan(calendar, from, to);
      const open = eachDay(from, to).filter((day) => calendar.isOpen(day));
      expect(numbers(start, end).map((index) => calendar.openDayAt(index))).toEqual(open);
    }),
  );
});

test('a known span stops where the calendar does', () => {
  fc.assert(
    fc.property(worlds, days, days, ({ calendar }, from, to) => {
      const { start, end } = knownSpan(calendar, from, to);
      expect(numbers(start, end).map((index) => calendar.openDayAt(index))).toEqual(
        calendar.tradingDays(from, to),
      );
    }),
  );
});

function numbers(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
