import { plainDay, quarterCalendar } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcementYears, periodOfPayment, periodOfPlan } from './dividendPeriod.ts';

describe('the quarter that a dividend is for', () => {
  it.each([
    ['2023-01-20', '2022-12-31'],
    ['2023-04-19', '2022-12-31'],
    ['2023-06-30', '2022-12-31'],
    ['2023-07-01', '2023-06-30'],
    ['2023-08-31', '2023-06-30'],
    ['2023-10-28', '2023-09-30'],
    ['2023-12-31', '2023-09-30'],
  ])('is, for a plan of %s, %s', (announced, period) => {
    expect(periodOfPlan(plainDay(announced))).toBe(period);
  });

  it.each([
    ['1999-07-05', '1998-12-31'],
    ['1999-08-31', '1998-12-31'],
    ['1999-10-11', '1999-06-30'],
  ])('is, for a payment announced on %s, %s', (announced, period) => {
    expect(periodOfPayment(plainDay(announced))).toBe(period);
  });

  it('is found in the years that are asked for it, whatever the day of the plan', () => {
    const quarters = quarterCalendar().tradingDays(plainDay('1991-03-31'), plainDay('2030-12-31'));
    const pair = fc.tuple(fc.nat(quarters.length - 1), fc.nat(7));
    fc.assert(
      fc.property(pair, fc.nat(364), ([at, length], offset) => {
        const range = quarters.slice(at, at + length + 1);
        const [from, to] = [range[0]!, range.at(-1)!];
        const years = announcementYears(from, to);
        expect(years).toEqual([...new Set(years)].toSorted((a, b) => a - b));
        // Any day of a plan whose period lies in the range lies in one of the years.
        const day = new Date(Date.UTC(Number(from.slice(0, 4)), 0, 1 + offset * 8))
          .toISOString()
          .slice(0, 10);
        const period = periodOfPlan(plainDay(day));
        if (period >= from && period <= to) expect(years).toContain(Number(day.slice(0, 4)));
      }),
    );
  });

  it('takes one year for the quarters from a December to the next September', () => {
    expect(announcementYears(plainDay('2022-12-31'), plainDay('2023-09-30'))).toEqual([2023]);
    expect(announcementYears(plainDay('2022-12-31'), plainDay('2023-12-31'))).toEqual([2023, 2024]);
    expect(announcementYears(plainDay('2023-01-01'), plainDay('2023-03-30'))).toEqual([]);
  });
});
