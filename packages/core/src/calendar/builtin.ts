import { dayNumber, dayOfNumber, plainDay, weekday, type PlainDay } from '../day.ts';
import { BUILTIN_FIRST_DAY, BUILTIN_LAST_DAY, CLOSED_WEEKDAYS } from './builtinDays.ts';
import { makeCalendar, type Calendar } from './calendar.ts';

let builtin: Calendar | undefined;

/**
 * The calendar that the program brings along: 1990-12-19, the first session in Shanghai, to the end of
 * the last year that the exchanges had announced. Shanghai, Shenzhen and Beijing (open since
 * 2021-11-15) trade on the same days. It is made once, since it never changes.
 * @example builtinCalendar().isOpen(plainDay('2024-10-01')) // false
 */
export function builtinCalendar(): Calendar {
  builtin ??= readBuiltin();
  return builtin;
}

function readBuiltin(): Calendar {
  const closed = closedDays();
  const isOpen = (day: PlainDay): boolean => weekday(day) % 6 !== 0 && !closed.has(day);
  return makeCalendar(BUILTIN_FIRST_DAY, BUILTIN_LAST_DAY, isOpen);
}

function closedDays(): Set<PlainDay> {
  const days = new Set<PlainDay>();
  for (const [year, runs] of Object.entries(CLOSED_WEEKDAYS)) {
    for (const run of runs.split(' ')) {
      const from = dayNumber(plainDay(year + run.slice(0, 4)));
      const to = dayNumber(plainDay(year + run.slice(-4)));
      for (let number = from; number <= to; number++) days.add(dayOfNumber(number));
    }
  }
  return days;
}
