import { addDays, dayNumber, dayOfNumber, weekday, type PlainDay } from '../day.ts';
import type { DayRange } from './ranges.ts';

/** How finely days are counted together. */
export type Zoom = 'day' | 'week' | 'month' | 'year';

/**
 * The days from `from` to `to` cut into calendar days, weeks (from Monday), months or years; the first
 * and the last piece may be short.
 * @example spansOfDays(plainDay('2024-01-15'), plainDay('2024-02-10'), 'month') // two ranges
 */
export function spansOfDays(from: PlainDay, to: PlainDay, zoom: Zoom): readonly DayRange[] {
  const spans: DayRange[] = [];
  let start = from;
  while (start <= to) {
    const end = lastDayOf(start, zoom);
    spans.push({ from: start, to: end < to ? end : to });
    start = addDays(end, 1);
  }
  return spans;
}

/** The last day of the day's week, month or year. */
function lastDayOf(day: PlainDay, zoom: Zoom): PlainDay {
  switch (zoom) {
    case 'day':
      return day;
    case 'week':
      return addDays(day, (7 - weekday(day)) % 7);
    case 'month':
      return lastDayOfMonth(day);
    case 'year':
      return `${day.slice(0, 4)}-12-31` as PlainDay;
  }
}

/** 31 days after the first of a month lies in the next one, whichever month it is. */
function lastDayOfMonth(day: PlainDay): PlainDay {
  const inNext = dayOfNumber(dayNumber(`${day.slice(0, 8)}01` as PlainDay) + 31);
  return addDays(inNext, -Number(inNext.slice(8)));
}
