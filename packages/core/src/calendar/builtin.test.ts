import { describe, expect, test } from 'vitest';
import { plainDay, weekday } from '../day.ts';
import { builtinCalendar } from './builtin.ts';

const calendar = builtinCalendar();

/** Trading days a year as the exchanges counted them, 1990 from 19 December on. */
const DAYS_OF_YEARS = [
  9, 255, 255, 257, 252, 251, 247, 243, 246, 239, 239, 240, 237, 241, 243, 242, 241, 242, 246, 244, 242, 244,
  243, 238, 245, 244, 244, 244, 243, 244, 243, 243, 242, 242, 242, 243, 242,
];

describe('the calendar that the program brings along', () => {
  test('runs from the first session in Shanghai to the end of 2026', () => {
    expect(calendar.firstDay).toBe('1990-12-19');
    expect(calendar.lastKnownDay).toBe('2026-12-31');
    expect(calendar.previousOpen(calendar.firstDay)).toBeUndefined();
    expect(calendar.isOpen(calendar.firstDay)).toBe(true);
  });

  test('has as many trading days in each year as there were', () => {
    const years = DAYS_OF_YEARS.map((_, i) => {
      const year = 1990 + i;
      return calendar.tradingDays(plainDay(`${year}-01-01`), plainDay(`${year}-12-31`)).length;
    });
    expect(years).toEqual(DAYS_OF_YEARS);
  });

  test('never opens on a weekend, working days in lieu of holidays included', () => {
    const all = calendar.tradingDays(calendar.firstDay, calendar.lastKnownDay);
    expect(all).toHaveLength(8797);
    expect(all.filter((day) => weekday(day) === 0 || weekday(day) === 6)).toEqual([]);
    expect(calendar.isOpen(plainDay('2024-02-04'))).toBe(false);
  });

  test.each(['1992-05-04', '2009-05-05', '2024-02-08', '2024-02-19'])(
    'opens on %s, which other lists have lost',
    (day) => {
      expect(calendar.isOpen(plainDay(day))).toBe(true);
    },
  );

  test.each(['2024-01-01', '2024-02-09', '2024-02-16', '2024-10-01', '2003-05-09', '1999-12-20'])(
    'rests on %s',
    (day) => {
      expect(calendar.isOpen(plainDay(day))).toBe(false);
    },
  );

  test('steps over the long holidays', () => {
    expect(calendar.nextOpen(plainDay('2024-09-30'))).toBe('2024-10-08');
    expect(calendar.previousOpen(plainDay('2024-02-19'))).toBe('2024-02-08');
  });

  test('assumes the weekdays of years that nobody has announced', () => {
    expect(calendar.isAssumed(plainDay('2027-01-01'))).toBe(true);
    expect(calendar.nextOpen(plainDay('2026-12-31'))).toBe('2027-01-01');
    expect(calendar.tradingDays(plainDay('2026-12-31'), plainDay('2027-12-31'))).toEqual(['2026-12-31']);
  });

  test('is made once', () => expect(builtinCalendar()).toBe(calendar));
});
