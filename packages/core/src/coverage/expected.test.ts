import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayPairs, days, eachDay, listings, worlds } from '../../test/arbitraries.ts';
import { builtinCalendar } from '../calendar/builtin.ts';
import { plainDay } from '../day.ts';
import { symbolOf } from '../symbol/symbol.ts';
import { countExpected, expectedSpan, isExpected, largestId, type Listing } from './expected.ts';

const calendar = builtinCalendar();
const listing = (symbol: string, listDate: string | null, delistDate: string | null = null): Listing => ({
  instrumentId: 1,
  symbol: symbolOf(symbol),
  listDate: listDate === null ? null : plainDay(listDate),
  delistDate: delistDate === null ? null : plainDay(delistDate),
});

describe('a row is expected', () => {
  test('from the list date on, on trading days', () => {
    const stock = listing('301269.SZ', '2022-07-29');
    expect(isExpected(calendar, stock, plainDay('2022-07-28'))).toBe(false);
    expect(isExpected(calendar, stock, plainDay('2022-07-29'))).toBe(true);
    expect(isExpected(calendar, stock, plainDay('2022-07-30'))).toBe(false);
  });

  test('up to the day before the listing ended', () => {
    const stock = listing('601989.SH', '2009-12-16', '2025-09-05');
    expect(isExpected(calendar, stock, plainDay('2025-09-04'))).toBe(true);
    expect(isExpected(calendar, stock, plainDay('2025-09-05'))).toBe(false);
  });

  test('never of a symbol that has yet to trade', () => {
    expect(isExpected(calendar, listing('600000.SH', null), plainDay('2024-01-02'))).toBe(false);
    expect(
      countExpected(calendar, [listing('600000.SH', null)], plainDay('2024-01-02'), plainDay('2024-12-31')),
    ).toBe(0);
  });

  test('in Beijing only since its exchange opened, whatever the list date', () => {
    const stock = listing('920964.BJ', '2020-07-27');
    expect(isExpected(calendar, stock, plainDay('2021-11-12'))).toBe(false);
    expect(isExpected(calendar, stock, plainDay('2021-11-15'))).toBe(true);
    expect(countExpected(calendar, [stock], plainDay('2020-07-27'), plainDay('2021-11-16'))).toBe(2);
  });

  test('not on days that are only assumed to be open', () => {
    const stock = listing('600000.SH', '1999-11-10');
    expect(isExpected(calendar, stock, plainDay('2027-01-04'))).toBe(false);
    expect(countExpected(calendar, [stock], plainDay('2026-12-31'), plainDay('2027-12-31'))).toBe(1);
  });
});

test('the expected span of a listing holds exactly its expected days', () => {
  fc.assert(
    fc.property(worlds, listings, days, days, (world, all, from, to) => {
      for (const each of all) {
        const { start, end } = expectedSpan(world.calendar, each, from, to);
        const expected = eachDay(from, to).filter((day) => isExpected(world.calendar, each, day));
        const found = Array.from({ length: end - start }, (_, i) => world.calendar.openDayAt(start + i));
        expect(found).toEqual(expected);
      }
    }),
  );
});

test('expected cells are counted as one by one', () => {
  fc.assert(
    fc.property(worlds, listings, dayPairs, (world, all, { from, to }) => {
      const slow = all.flatMap((each) =>
        eachDay(from, to).filter((day) => isExpected(world.calendar, each, day)),
      );
      expect(countExpected(world.calendar, all, from, to)).toBe(slow.length);
    }),
  );
});

test('the largest id is that of a listing, or 0', () => {
  expect(largestId([])).toBe(0);
  expect(largestId([{ ...listing('600000.SH', null), instrumentId: 7 }, listing('600001.SH', null)])).toBe(7);
});
