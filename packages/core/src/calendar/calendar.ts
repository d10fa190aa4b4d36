import { addDays, dayNumber, dayOfNumber, type PlainDay } from '../day.ts';

/**
 * The trading days of the exchanges, which share one calendar. Open days are numbered from 0 in
 * order, so that ranges of days can be worked on as ranges of numbers.
 *
 * Days past `lastKnownDay` are `assumed`: nobody has announced them, so every weekday counts as open,
 * and the numbering goes on over them; only `tradingDays` leaves them out. Before `firstDay` nothing
 * was open.
 */
export interface Calendar {
  readonly firstDay: PlainDay;
  /** Last day of which it is known whether the exchanges open. */
  readonly lastKnownDay: PlainDay;
  isOpen(day: PlainDay): boolean;
  /** Whether the calendar of that day has yet to be announced. */
  isAssumed(day: PlainDay): boolean;
  /** Known trading days from `from` to `to`, both included. */
  tradingDays(from: PlainDay, to: PlainDay): readonly PlainDay[];
  /** The first open day after `day`, that day itself not counted. */
  nextOpen(day: PlainDay): PlainDay;
  /** The last open day before `day`, that day itself not counted; none before the first. */
  previousOpen(day: PlainDay): PlainDay | undefined;
  /** Number of the first open day on or after `day`. */
  openIndex(day: PlainDay): number;
  /** The open day of a number; undefined for what is no number of an open day (negative, fraction). */
  openDayAt(index: number): PlainDay | undefined;
}

/** What somebody says of one day: a source's calendar row, or a person's correction. */
export interface CalendarDay {
  readonly day: PlainDay;
  readonly isOpen: boolean;
}

/**
 * A calendar of the days from `firstDay` to `lastKnownDay`, open where `isOpen` says so.
 * @example makeCalendar(plainDay('2024-01-01'), plainDay('2024-01-07'), (day) => day === '2024-01-02')
 */
export function makeCalendar(
  firstDay: PlainDay,
  lastKnownDay: PlainDay,
  isOpen: (day: PlainDay) => boolean,
): Calendar {
  return new KnownDays(firstDay, lastKnownDay, isOpen);
}

/**
 * The calendar with the words of a source or a person laid over it. Days that join the known ones
 * move `lastKnownDay` forward; a Saturday or Sunday in between that nobody names counts as closed.
 * Days beyond a hole, or before `firstDay`, are left out.
 * @example calendarWith(builtinCalendar(), [{ day: plainDay('2024-02-08'), isOpen: false }])
 */
export function calendarWith(base: Calendar, days: readonly CalendarDay[]): Calendar {
  if (days.length === 0) return base;
  const words = new Map(days.map(({ day, isOpen }) => [day, isOpen]));
  const open = new Set(base.tradingDays(base.firstDay, base.lastKnownDay));
  return new KnownDays(
    base.firstDay,
    lastJoined(base.lastKnownDay, words),
    (day) => words.get(day) ?? open.has(day),
  );
}

function lastJoined(lastKnownDay: PlainDay, words: ReadonlyMap<PlainDay, boolean>): PlainDay {
  let last = lastKnownDay;
  for (let day = addDays(last, 1); words.has(day) || isWeekend(dayNumber(day)); day = addDays(day, 1)) {
    if (words.has(day)) last = day;
  }
  return last;
}

class KnownDays implements Calendar {
  readonly firstDay: PlainDay;
  readonly lastKnownDay: PlainDay;
  readonly #first: number;
  /** Day number of the first assumed day. */
  readonly #end: number;
  readonly #openDays: readonly PlainDay[];
  /** Open days before the day `#first + i`, for each known day and the one after. */
  readonly #openBefore: Uint32Array;

  constructor(firstDay: PlainDay, lastKnownDay: PlainDay, isOpen: (day: PlainDay) => boolean) {
    this.firstDay = firstDay;
    this.lastKnownDay = lastKnownDay;
    this.#first = dayNumber(firstDay);
    this.#end = dayNumber(lastKnownDay) + 1;
    if (this.#end <= this.#first)
      throw new RangeError(`the calendar ends (${lastKnownDay}) before it begins (${firstDay})`);
    this.#openBefore = new Uint32Array(this.#end - this.#first + 1);
    const openDays: PlainDay[] = [];
    for (let number = this.#first; number < this.#end; number++) {
      const day = dayOfNumber(number);
      if (isOpen(day)) openDays.push(day);
      this.#openBefore[number - this.#first + 1] = openDays.length;
    }
    this.#openDays = Object.freeze(openDays);
  }

  isOpen(day: PlainDay): boolean {
    const number = dayNumber(day);
    if (number >= this.#end) return !isWeekend(number);
    return number >= this.#first && this.#indexOf(number) !== this.#indexOf(number + 1);
  }

  isAssumed(day: PlainDay): boolean {
    return day > this.lastKnownDay;
  }

  tradingDays(from: PlainDay, to: PlainDay): readonly PlainDay[] {
    return this.#openDays.slice(this.openIndex(from), this.#indexOf(dayNumber(to) + 1));
  }

  nextOpen(day: PlainDay): PlainDay {
    return this.#dayOf(this.#indexOf(dayNumber(day) + 1));
  }

  previousOpen(day: PlainDay): PlainDay | undefined {
    return this.openDayAt(this.openIndex(day) - 1);
  }

  openIndex(day: PlainDay): number {
    return this.#indexOf(dayNumber(day));
  }

  openDayAt(index: number): PlainDay | undefined {
    return Number.isInteger(index) && index >= 0 ? this.#dayOf(index) : undefined;
  }

  #indexOf(number: number): number {
    if (number <= this.#first) return 0;
    if (number <= this.#end) return this.#openBefore[number - this.#first]!;
    return this.#openDays.length + weekdaysBefore(number) - weekdaysBefore(this.#end);
  }

  #dayOf(index: number): PlainDay {
    const known = this.#openDays[index];
    if (known !== undefined) return known;
    return dayOfNumber(weekdayAt(weekdaysBefore(this.#end) + index - this.#openDays.length));
  }
}

/** Monday, 1969-12-29: weekdays are counted from there. */
const FIRST_MONDAY = -3;

/** Weekdays from the first Monday up to the day of that number, which is not counted. */
function weekdaysBefore(number: number): number {
  const days = number - FIRST_MONDAY;
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(days - weeks * 7, 5);
}

/** Day number of the weekday that has `count` weekdays before it. */
function weekdayAt(count: number): number {
  const weeks = Math.floor(count / 5);
  return FIRST_MONDAY + weeks * 7 + (count - weeks * 5);
}

function isWeekend(number: number): boolean {
  return weekdaysBefore(number) === weekdaysBefore(number + 1);
}
