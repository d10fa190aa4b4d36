import type { Calendar } from '../calendar/calendar.ts';
import { knownSpan, type OpenSpan } from '../calendar/openSpan.ts';
import { addDays, plainDay, type PlainDay } from '../day.ts';
import { exchangeOf, type ExchangeId, type Symbol } from '../symbol/symbol.ts';

/** When an instrument was listed; the expected cells of a grid follow from it. */
export interface Listing {
  readonly instrumentId: number;
  readonly symbol: Symbol;
  /** First day of listing; null while approved and not yet trading. */
  readonly listDate: PlainDay | null;
  /** First day after the listing ended; null while it lasts. */
  readonly delistDate: PlainDay | null;
}

/**
 * First session of each exchange. Lists give Beijing's oldest symbols the day on which they came to the
 * tier that the exchange was made from: there are no sessions, and no bars, before it opened.
 */
export const FIRST_SESSION: Readonly<Record<ExchangeId, PlainDay>> = {
  XSHG: plainDay('1990-12-19'),
  XSHE: plainDay('1990-12-01'),
  XBSE: plainDay('2021-11-15'),
};

/**
 * Whether there should be a row: the day is a known trading day on which the symbol was listed and its
 * exchange was open.
 * @example isExpected(calendar, listing, plainDay('2024-01-02'))
 */
export function isExpected(calendar: Calendar, listing: Listing, day: PlainDay): boolean {
  return (
    listing.listDate !== null &&
    listing.listDate <= day &&
    (listing.delistDate === null || day < listing.delistDate) &&
    FIRST_SESSION[exchangeOf(listing.symbol)] <= day &&
    calendar.isOpen(day) &&
    !calendar.isAssumed(day)
  );
}

/**
 * The expected days of a listing from `from` to `to`, as numbers of the calendar; they have no holes.
 * @example expectedSpan(calendar, listing, plainDay('2020-01-01'), plainDay('2024-12-31'))
 */
export function expectedSpan(calendar: Calendar, listing: Listing, from: PlainDay, to: PlainDay): OpenSpan {
  if (listing.listDate === null) return { start: 0, end: 0 };
  const lastListed = listing.delistDate === null ? to : addDays(listing.delistDate, -1);
  const start = latest(from, latest(listing.listDate, FIRST_SESSION[exchangeOf(listing.symbol)]));
  return knownSpan(calendar, start, lastListed < to ? lastListed : to);
}

/**
 * How many cells a grid should have from `from` to `to`.
 * @example countExpected(calendar, listings, plainDay('2024-01-02'), plainDay('2024-01-02'))
 */
export function countExpected(
  calendar: Calendar,
  listings: readonly Listing[],
  from: PlainDay,
  to: PlainDay,
): number {
  let cells = 0;
  for (const listing of listings) {
    const { start, end } = expectedSpan(calendar, listing, from, to);
    cells += end - start;
  }
  return cells;
}

/**
 * The largest instrument id of the listings, 0 without any: how long an array by id must be, less one.
 * @example largestId([]) // 0
 */
export function largestId(listings: readonly Listing[]): number {
  return listings.reduce((largest, { instrumentId }) => Math.max(largest, instrumentId), 0);
}

function latest(a: PlainDay, b: PlainDay): PlainDay {
  return a > b ? a : b;
}
