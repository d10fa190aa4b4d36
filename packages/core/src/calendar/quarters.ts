import type { DayScale } from '../dataset/dataset.ts';
import { plainDay, type PlainDay } from '../day.ts';
import { makeCalendar, type Calendar } from './calendar.ts';

const FIRST_QUARTER = plainDay('1990-03-31');
const LAST_QUARTER = plainDay('2099-12-31');

let quarters: Calendar | undefined;

/**
 * The ends of quarters as the open days of a calendar, so that reports are counted as trading days are.
 * @example quarterCalendar().nextOpen(plainDay('2024-05-01')) // '2024-06-30'
 */
export function quarterCalendar(): Calendar {
  quarters ??= makeCalendar(FIRST_QUARTER, LAST_QUARTER, isQuarterEnd);
  return quarters;
}

/** The days that a scale counts: the trading days given, or the ends of quarters. */
export function calendarOfScale(scale: DayScale | undefined, tradingDays: Calendar): Calendar {
  return scale === 'quarters' ? quarterCalendar() : tradingDays;
}

/**
 * Last day on which the report of a quarter may be published: the end of April for the year and the
 * first quarter, of August for the half year, of October for the third quarter (exchange rules).
 * @example disclosureDeadline(plainDay('2024-12-31')) // '2025-04-30'
 */
export function disclosureDeadline(period: PlainDay): PlainDay {
  const year = Number(period.slice(0, 4));
  switch (period.slice(5)) {
    case '03-31':
      return plainDay(`${year}-04-30`);
    case '06-30':
      return plainDay(`${year}-08-31`);
    case '09-30':
      return plainDay(`${year}-10-31`);
    default:
      return plainDay(`${year + 1}-04-30`);
  }
}

function isQuarterEnd(day: PlainDay): boolean {
  return QUARTER_ENDS.has(day.slice(5));
}

const QUARTER_ENDS = new Set(['03-31', '06-30', '09-30', '12-31']);
