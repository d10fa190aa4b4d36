import type { Calendar } from '../calendar/calendar.ts';
import { addDays, plainDay, weekday, type PlainDay } from '../day.ts';
import type { DayChoice } from './sessionRule.ts';

/**
 * The first day on or after `from` that is the first or last trading day of its week (Monday to Sunday),
 * month, quarter or year, of an exchange that opened on `firstSession`; undefined before that never
 * happens, since weekdays past the announced calendar count as open.
 * @example chosenDayFrom(calendar, { which: 'last', of: 'month' }, day, firstSession)
 */
export function chosenDayFrom(
  calendar: Calendar,
  { which, of }: DayChoice,
  from: PlainDay,
  firstSession: PlainDay,
): PlainDay {
  // periods without a trading day are rare and short: two weeks in February 1996
  for (let start = periodStart(from < firstSession ? firstSession : from, of); ;) {
    const next = nextPeriod(start, of);
    const day = which === 'first' ? firstOpen(calendar, start, firstSession) : calendar.previousOpen(next);
    if (day !== undefined && day >= start && day >= from && day >= firstSession && day < next) return day;
    start = next;
  }
}

function firstOpen(calendar: Calendar, start: PlainDay, firstSession: PlainDay): PlainDay {
  return calendar.nextOpen(addDays(start < firstSession ? firstSession : start, -1));
}

function periodStart(day: PlainDay, of: DayChoice['of']): PlainDay {
  switch (of) {
    case 'week':
      return addDays(day, -((weekday(day) + 6) % 7));
    case 'month':
      return plainDay(`${day.slice(0, 7)}-01`);
    case 'quarter':
      return firstOfMonth(Number(day.slice(0, 4)), quarterOf(day) * 3);
    case 'year':
      return plainDay(`${day.slice(0, 4)}-01-01`);
  }
}

/** First day of the period that follows the one beginning at `start`. */
function nextPeriod(start: PlainDay, of: DayChoice['of']): PlainDay {
  const [year, month] = [Number(start.slice(0, 4)), Number(start.slice(5, 7)) - 1];
  switch (of) {
    case 'week':
      return addDays(start, 7);
    case 'month':
      return firstOfMonth(year, month + 1);
    case 'quarter':
      return firstOfMonth(year, month + 3);
    case 'year':
      return firstOfMonth(year + 1, 0);
  }
}

/** 0 to 3. */
function quarterOf(day: PlainDay): number {
  return Math.floor((Number(day.slice(5, 7)) - 1) / 3);
}

/** The first of a month counted from 0; 12 is January of the next year. */
function firstOfMonth(year: number, month: number): PlainDay {
  const wrapped = month % 12;
  const years = String(year + (month - wrapped) / 12).padStart(4, '0');
  return plainDay(`${years}-${String(wrapped + 1).padStart(2, '0')}-01`);
}
