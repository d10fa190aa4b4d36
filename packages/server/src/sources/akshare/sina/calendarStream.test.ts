import {
  addDays,
  builtinCalendar,
  dayNumber,
  isAppError,
  plainDay,
  weekday,
  type PlainDay,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarLetters } from '../../../../../../test/conformance/sinaLetters.ts';
import { decodeSinaCalendar } from './calendarStream.ts';

const FIRST = plainDay('1990-12-19');
const written = (days: readonly PlainDay[]) =>
  `var datelist="${calendarLetters(days)}";var KLC_TD_SH=datelist;`;

describe("Sina's calendar", () => {
  it('holds the trading days that it was made of', () => {
    const days = builtinCalendar().tradingDays(FIRST, plainDay('2026-12-31'));
    expect(decodeSinaCalendar(written(days.filter((day) => day !== '1992-05-04')))).toEqual(days);
  });

  it('holds any weekdays', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(300), { minLength: 1 }), (offsets) => {
        const from = plainDay('2000-01-03');
        const days = [0, ...offsets].map((offset) => addDays(from, offset));
        const weekdays = [...new Set(days)].filter((day) => weekday(day) % 6 !== 0).toSorted();
        expect(decodeSinaCalendar(written(weekdays))).toEqual(weekdays);
      }),
    );
  });

  it('is malformed or a list of weekdays, whatever its letters', () => {
    const letters = calendarLetters(builtinCalendar().tradingDays(FIRST, plainDay('1999-12-30')));
    fc.assert(
      fc.property(fc.nat(letters.length - 1), fc.stringMatching(/^[A-Za-z0-9+/]{1,6}$/), (at, put) => {
        const changed = letters.slice(0, at) + put + letters.slice(at + put.length);
        try {
          const days = decodeSinaCalendar(`"${changed}"`);
          expect(days.filter((day) => weekday(day) % 6 === 0)).toEqual([]);
          expect(days.map(dayNumber)).toEqual(days.map(dayNumber).toSorted((one, other) => one - other));
        } catch (error) {
          if (!isAppError(error, 'malformed')) throw error;
        }
      }),
    );
  });

  it.each(['', 'var datelist="";', '"AAAAAAAAAA"', '<html>', 'var datelist="LC/AAAp"'])(
    'is malformed as %s',
    (text) => {
      expect(() => decodeSinaCalendar(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );
});
