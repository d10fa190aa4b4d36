import { addDays, plainDay, quarterCalendar, type PlainDay } from '@tapekeeper/core';

/**
 * The quarter that a dividend is for, which BaoStock does not say. A plan comes with the report of the
 * period: the year's until the end of June (it is due by April, and the meeting of shareholders that may
 * change it by June), the half year's from July, the third quarter's from October. No dividend is told to
 * be for a first quarter.
 * @example periodOfPlan(plainDay('2023-04-19')) // '2022-12-31'
 */
export function periodOfPlan(announced: PlainDay): PlainDay {
  const [year, month] = yearAndMonth(announced);
  if (month <= 6) return plainDay(`${year - 1}-12-31`);
  return plainDay(month <= 9 ? `${year}-06-30` : `${year}-09-30`);
}

/**
 * The same where only a later announcement is known, of the meeting or of the payment: dividends of a year
 * are paid by the end of August, and those of a half year after it.
 * @example periodOfPayment(plainDay('1999-07-05')) // '1998-12-31'
 */
export function periodOfPayment(announced: PlainDay): PlainDay {
  const [year, month] = yearAndMonth(announced);
  return plainDay(month <= 8 ? `${year - 1}-12-31` : `${year}-06-30`);
}

/** The years in which the dividends of the quarters from `from` to `to` are announced: those of the days after. */
export function announcementYears(from: PlainDay, to: PlainDay): readonly number[] {
  const quarters = quarterCalendar().tradingDays(from, to);
  const years = quarters.map((quarter) => yearAndMonth(addDays(quarter, 1))[0]);
  return [...new Set(years)];
}

function yearAndMonth(day: PlainDay): [number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
}
