import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellOf,
  dayPairs,
  dayRows,
  eachDay,
  exceptions,
  listings,
  ranges,
  worlds,
} from '../../test/arbitraries.ts';
import { builtinCalendar } from '../calendar/builtin.ts';
import { plainDay } from '../day.ts';
import { symbolOf } from '../symbol/symbol.ts';
import { Bitmap } from './bitmap.ts';
import { isExpected, type Listing } from './expected.ts';
import { findGaps, type CoverageSnapshot } from './gaps.ts';

const snapshots: fc.Arbitrary<CoverageSnapshot> = fc.record({ ranges, days: dayRows, exceptions });

describe('gaps', () => {
  test('are the expected cells in no range, no day row and no exception', () => {
    fc.assert(
      fc.property(worlds, listings, dayPairs, snapshots, ({ calendar }, all, { from, to }, coverage) => {
        const found = findGaps({ calendar, listings: all, from, to, coverage });
        const expected = all.flatMap((listing) =>
          eachDay(from, to)
            .filter((day) => isExpected(calendar, listing, day))
            .map((day) => ({ id: listing.instrumentId, day })),
        );
        const missing = expected.filter(({ id, day }) => !isKnown(coverage, id, day));
        const cells = found.days.flatMap((gap) => [...gap.missing.values()].map((id) => cellOf(id, gap.day)));
        expect(cells.sort()).toEqual(missing.map(({ id, day }) => cellOf(id, day)).sort());
        expect(found.cells).toBe(missing.length);
        expect(found.expectedCells).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  test('are of days in order, none of them without a gap', () => {
    fc.assert(
      fc.property(worlds, listings, dayPairs, snapshots, ({ calendar }, all, { from, to }, coverage) => {
        const { days } = findGaps({ calendar, listings: all, from, to, coverage });
        expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).sort());
        expect(days.filter(({ missing }) => missing.isEmpty())).toEqual([]);
      }),
    );
  });

  test('are not found where days are asked for backwards', () => {
    const coverage = { ranges: [], days: [], exceptions: [] };
    const question = { calendar: builtinCalendar(), listings: [stock(1)], coverage };
    const found = findGaps({ ...question, from: plainDay('2024-02-01'), to: plainDay('2024-01-01') });
    expect(found).toEqual({ days: [], cells: 0, expectedCells: 0 });
  });

  test('leave the snapshot as it was', () => {
    const members = Bitmap.of([1]);
    const day = plainDay('2024-01-02');
    const coverage = { ranges: [], days: [{ day, members }], exceptions: [{ instrumentId: 2, day }] };
    const question = {
      calendar: builtinCalendar(),
      listings: [stock(1), stock(2), stock(3)],
      from: day,
      to: day,
    };
    expect([...findGaps({ ...question, coverage }).days[0]!.missing.values()]).toEqual([3]);
    expect([...members.values()]).toEqual([1]);
  });

  test('count an instrument once that has two listings at a time', () => {
    const day = plainDay('2024-01-02');
    const coverage = { ranges: [], days: [], exceptions: [] };
    const twice = [stock(1), stock(1)];
    expect(
      findGaps({ calendar: builtinCalendar(), listings: twice, from: day, to: day, coverage }),
    ).toMatchObject({
      cells: 1,
      expectedCells: 1,
    });
  });
});

function stock(instrumentId: number): Listing {
  const symbol = symbolOf(`60000${instrumentId}.SH`);
  return { instrumentId, symbol, listDate: plainDay('2020-01-02'), delistDate: null };
}

function isKnown(coverage: CoverageSnapshot, id: number, day: string): boolean {
  return (
    coverage.ranges.some((range) => range.instrumentId === id && range.from <= day && day <= range.to) ||
    coverage.days.some((row) => row.day === day && row.members.has(id)) ||
    coverage.exceptions.some((exception) => exception.instrumentId === id && exception.day === day)
  );
}
