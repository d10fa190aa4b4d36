import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, worlds } from '../../test/arbitraries.ts';
import { DATASETS } from '../dataset/catalogue.ts';
import { addDays, plainDay, shanghaiInstant } from '../day.ts';
import { builtinCalendar } from './builtin.ts';
import { isSettled, lastFinalDay } from './finality.ts';

const calendar = builtinCalendar();
const bars = DATASETS.daily_bars.finality;
const at = (day: string, hour: number, minute = 0): number =>
  shanghaiInstant(plainDay(day), hour * 60 + minute);

const finalities = fc.record({
  finalFromMinutes: fc.integer({ min: 0, max: 2000 }),
  settleDays: fc.integer({ min: 0, max: 6 }),
  due: fc.constant('same_day' as const),
});

describe('the last final day', () => {
  test('is the day itself from 17:00 on, the trading day before until then', () => {
    expect(lastFinalDay(calendar, bars, at('2024-01-03', 16, 59))).toBe('2024-01-02');
    expect(lastFinalDay(calendar, bars, at('2024-01-03', 17))).toBe('2024-01-03');
  });

  test('stays over weekends and holidays', () => {
    expect(lastFinalDay(calendar, bars, at('2024-10-05', 18))).toBe('2024-09-30');
    expect(lastFinalDay(calendar, bars, at('2024-10-08', 9))).toBe('2024-09-30');
  });

  test('is never an assumed day', () => {
    expect(lastFinalDay(calendar, bars, at('2027-03-01', 18))).toBe('2026-12-31');
  });

  test('lies before the calendar while no day is final', () => {
    expect(lastFinalDay(calendar, bars, at('1990-12-19', 12))).toBe('1990-12-18');
    expect(lastFinalDay(calendar, bars, at('1980-01-01', 12))).toBe('1990-12-18');
  });

  test('is what looking at every trading day would give', () => {
    fc.assert(
      fc.property(
        worlds,
        finalities,
        days,
        fc.integer({ min: 0, max: 1439 }),
        (world, finality, today, minutes) => {
          const instant = shanghaiInstant(today, minutes);
          const final = world.known.filter(
            ({ day, isOpen }) => isOpen && shanghaiInstant(day, finality.finalFromMinutes) <= instant,
          );
          const expected = final.at(-1)?.day ?? addDays(world.calendar.firstDay, -1);
          expect(lastFinalDay(world.calendar, finality, instant)).toBe(expected);
        },
      ),
    );
  });
});

describe('a day', () => {
  test('is settled when the fifth trading day after it is final', () => {
    expect(isSettled(calendar, bars, plainDay('2024-01-02'), at('2024-01-09', 16, 59))).toBe(false);
    expect(isSettled(calendar, bars, plainDay('2024-01-02'), at('2024-01-09', 17))).toBe(true);
  });

  test('is settled as soon as it is final where no correction is expected', () => {
    const finality = { finalFromMinutes: 900, settleDays: 0, due: 'same_day' } as const;
    expect(isSettled(calendar, finality, plainDay('2024-01-02'), at('2024-01-02', 15))).toBe(true);
    expect(isSettled(calendar, finality, plainDay('2024-01-02'), at('2024-01-02', 14, 59))).toBe(false);
  });

  test('at the end of the calendar settles over the assumed days', () => {
    expect(isSettled(calendar, bars, plainDay('2026-12-31'), at('2027-01-07', 17))).toBe(true);
    expect(isSettled(calendar, bars, plainDay('2026-12-31'), at('2027-01-07', 16))).toBe(false);
  });
});
