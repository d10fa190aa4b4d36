import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellOf, dayRows, eachDay, ranges, worlds } from '../../test/arbitraries.ts';
import { builtinCalendar } from '../calendar/builtin.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { plainDay } from '../day.ts';
import { Bitmap } from './bitmap.ts';
import { foldDays } from './fold.ts';
import type { DayMembers, InstrumentRange } from './sweep.ts';

describe('folded days', () => {
  test('are the same cells as before', () => {
    fc.assert(
      fc.property(worlds, dayRows, ranges, ({ calendar }, days, before) => {
        const after = foldDays({ calendar, days, ranges: before });
        expect(cells(calendar, [], after)).toEqual(cells(calendar, days, before));
      }),
      { numRuns: 300 },
    );
  });

  test('are in key order, with an open day between two ranges of one instrument', () => {
    fc.assert(
      fc.property(worlds, dayRows, ranges, ({ calendar }, days, before) => {
        const after = foldDays({ calendar, days, ranges: before });
        after.forEach((range, i) => {
          const next = after[i + 1];
          expect(calendar.isOpen(range.from) && calendar.isOpen(range.to)).toBe(true);
          if (next === undefined) return;
          const isLater = next.instrumentId === range.instrumentId && next.from > calendar.nextOpen(range.to);
          expect(next.instrumentId > range.instrumentId || isLater).toBe(true);
        });
      }),
    );
  });

  test('fold to the same when folded again', () => {
    fc.assert(
      fc.property(worlds, dayRows, ranges, ({ calendar }, days, before) => {
        const after = foldDays({ calendar, days, ranges: before });
        expect(foldDays({ calendar, days: [], ranges: after })).toEqual(after);
      }),
    );
  });

  test('lengthen a range over a holiday, and begin one for a newcomer', () => {
    const day = (text: string, ...members: number[]): DayMembers => ({
      day: plainDay(text),
      members: Bitmap.of(members),
    });
    const known = { instrumentId: 1, from: plainDay('2020-01-02'), to: plainDay('2024-09-30') };
    const days = [day('2024-10-09', 1, 2), day('2024-10-08', 1), day('2024-10-11', 2)];
    expect(foldDays({ calendar: builtinCalendar(), days, ranges: [known] })).toEqual([
      { instrumentId: 1, from: '2020-01-02', to: '2024-10-09' },
      { instrumentId: 2, from: '2024-10-09', to: '2024-10-09' },
      { instrumentId: 2, from: '2024-10-11', to: '2024-10-11' },
    ]);
  });
});

function cells(calendar: Calendar, days: readonly DayMembers[], all: readonly InstrumentRange[]): string[] {
  const found = new Set<string>();
  for (const { day, members } of days) {
    if (calendar.isOpen(day)) for (const id of members.values()) found.add(cellOf(id, day));
  }
  for (const { instrumentId, from, to } of all) {
    for (const day of eachDay(from, to)) if (calendar.isOpen(day)) found.add(cellOf(instrumentId, day));
  }
  return [...found].sort();
}
