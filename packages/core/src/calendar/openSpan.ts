import type { PlainDay } from '../day.ts';
import type { Calendar } from './calendar.ts';

/** Numbers of consecutive open days: `start` the first, `end` the one after the last. Empty when they meet. */
export interface OpenSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The open days from `from` to `to`, both included, as numbers of the calendar.
 * @example openSpan(calendar, plainDay('2024-01-01'), plainDay('2024-01-03')) // two open days
 */
export function openSpan(calendar: Calendar, from: PlainDay, to: PlainDay): OpenSpan {
  const start = calendar.openIndex(from);
  return { start, end: Math.max(start, calendar.openIndex(to) + (calendar.isOpen(to) ? 1 : 0)) };
}

/**
 * The known trading days from `from` to `to` as numbers; what lies past the calendar is cut off.
 * @example knownSpan(builtinCalendar(), plainDay('2026-12-31'), plainDay('2027-06-30')) // one day
 */
export function knownSpan(calendar: Calendar, from: PlainDay, to: PlainDay): OpenSpan {
  return openSpan(calendar, from, to < calendar.lastKnownDay ? to : calendar.lastKnownDay);
}
