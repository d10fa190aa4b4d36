import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  compactDay,
  dayNumber,
  dayOfNumber,
  parseDay,
  plainDay,
  shanghaiDay,
  shanghaiInstant,
  weekday,
} from './day.ts';

/** 1900 to 2199. */
const numbers = fc.integer({ min: -25_567, max: 84_005 });

describe('a day', () => {
  test('is read in both forms', () => {
    expect(parseDay('2024-02-29')).toBe('2024-02-29');
    expect(parseDay('20240229')).toBe('2024-02-29');
  });

  test.each([
    '2024-02-30',
    '2023-02-29',
    '20240431',
    '2024-13-01',
    '2024-00-10',
    '2024-1-2',
    '2024-0102',
    '',
    'today',
  ])('is not read from %j', (text) => {
    expect(parseDay(text)).toBeUndefined();
    expect(() => plainDay(text)).toThrow(RangeError);
  });

  test('goes to its number and back', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        expect(dayNumber(dayOfNumber(number))).toBe(number);
      }),
    );
  });

  test('comes after the day before as text and as number', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        expect(dayOfNumber(number) < dayOfNumber(number + 1)).toBe(true);
        expect(addDays(dayOfNumber(number), 1)).toBe(dayOfNumber(number + 1));
      }),
    );
  });

  test('has the weekday that its date object has', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const day = dayOfNumber(number);
        expect(weekday(day)).toBe(new Date(`${day}T00:00:00Z`).getUTCDay());
      }),
    );
  });

  test('is written without dashes for Tushare, and read again', () => {
    expect(compactDay(plainDay('2024-01-02'))).toBe('20240102');
    fc.assert(
      fc.property(numbers, (number) => {
        expect(parseDay(compactDay(dayOfNumber(number)))).toBe(dayOfNumber(number));
      }),
    );
  });
});

describe('an instant', () => {
  test('belongs to the day that clocks in Shanghai show', () => {
    expect(shanghaiDay(Date.UTC(2024, 0, 1, 15, 59, 59, 999))).toBe('2024-01-01');
    expect(shanghaiDay(Date.UTC(2024, 0, 1, 16))).toBe('2024-01-02');
  });

  test('of a wall time lies on that day for every minute of it', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 1439 }), (number, minutes) => {
        const day = dayOfNumber(number);
        expect(shanghaiDay(shanghaiInstant(day, minutes))).toBe(day);
      }),
    );
    expect(shanghaiInstant(plainDay('2024-01-02'), 17 * 60)).toBe(Date.UTC(2024, 0, 2, 9));
  });
});
