/**
 * Days and instants without `Date` objects: a day is the text `2024-01-31`, an instant is epoch
 * milliseconds. Arithmetic goes through day numbers (days since 1970-01-01), so no zone is involved.
 */

/** A calendar day of the exchange, `YYYY-MM-DD`. Texts compare in the order of the days. */
export type PlainDay = string & { readonly __brand: 'PlainDay' };

/** A point in time in epoch milliseconds. */
export type Instant = number;

export const DAY_MS = 86_400_000;

/** Asia/Shanghai has had no summer time since 1991, so its offset is a constant for every bar we plan. */
export const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** Days from 0000-03-01 to 1970-01-01. */
const MARCH_FIRST_OF_YEAR_ZERO = 719_468;

const DAY_SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;
const COMPACT_SHAPE = /^(\d{4})(\d{2})(\d{2})$/;

/** Days that were read before: a backfill reads the same few thousand texts once for each symbol. */
const known = new Map<string, PlainDay>();
/** All days of the exchanges so far, in both spellings. */
const MOST_KNOWN = 30_000;

/**
 * Reads a day written `2024-01-31` or `20240131`; anything else, and impossible days, give undefined.
 * @example parseDay('20240229') // '2024-02-29'
 */
export function parseDay(text: string): PlainDay | undefined {
  return known.get(text) ?? readDay(text);
}

function readDay(text: string): PlainDay | undefined {
  const match = DAY_SHAPE.exec(text) ?? COMPACT_SHAPE.exec(text);
  if (!match) return undefined;
  const day = `${match[1]}-${match[2]}-${match[3]}` as PlainDay;
  if (dayOfNumber(dayNumber(day)) !== day) return undefined;
  if (known.size < MOST_KNOWN) known.set(text, day);
  return day;
}

/**
 * The day of a literal that is known to be right; throws otherwise.
 * @example plainDay('2024-01-02')
 */
export function plainDay(text: string): PlainDay {
  const day = parseDay(text);
  if (day === undefined) throw new RangeError(`not a day: ${text}`);
  return day;
}

/**
 * Days since 1970-01-01.
 * @example dayNumber(plainDay('1970-01-02')) // 1
 */
export function dayNumber(day: PlainDay): number {
  const month = Number(day.slice(5, 7));
  // Years that begin in March put the leap day last, so that months need no table.
  const year = Number(day.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + Number(day.slice(8, 10)) - 1;
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + dayOfYear - MARCH_FIRST_OF_YEAR_ZERO;
}

/**
 * The day of a day number.
 * @example dayOfNumber(1) // '1970-01-02'
 */
export function dayOfNumber(number: number): PlainDay {
  return new Date(number * DAY_MS).toISOString().slice(0, 10) as PlainDay;
}

/** The day `count` days after (or, negative, before) a day. */
export function addDays(day: PlainDay, count: number): PlainDay {
  return dayOfNumber(dayNumber(day) + count);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: PlainDay): number {
  return (((dayNumber(day) + 4) % 7) + 7) % 7;
}

/** `20240131`, the form Tushare speaks. */
export function compactDay(day: PlainDay): string {
  return day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10);
}

/** The day in Shanghai at an instant (after 1991). */
export function shanghaiDay(at: Instant): PlainDay {
  return dayOfNumber(Math.floor((at + SHANGHAI_OFFSET_MS) / DAY_MS));
}

/** The instant of a wall time in Shanghai (after 1991), in minutes after midnight. */
export function shanghaiInstant(day: PlainDay, minutes: number): Instant {
  return dayNumber(day) * DAY_MS - SHANGHAI_OFFSET_MS + minutes * 60_000;
}

/** `2024-01-31T09:30:00.000Z`, for messages and files. */
export function isoInstant(at: Instant): string {
  return new Date(at).toISOString();
}
