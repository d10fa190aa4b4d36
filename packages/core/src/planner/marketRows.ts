import { expectedSpan } from '../coverage/expected.ts';
import type { DayGap } from '../coverage/gaps.ts';
import type { PlainDay } from '../day.ts';
import type { Capability } from '../source/source.ts';
import { exchangeOf } from '../symbol/symbol.ts';
import type { PlanInput } from './plan.ts';

/**
 * How many rows the source's answer for a whole market day holds: the size that the caller has seen, or
 * else the listings expected on that day on the exchanges that the source serves. Good for the days from
 * the first gap to the last.
 */
export function marketRows(
  { calendar, capability, listings, marketSize }: PlanInput,
  gaps: readonly DayGap[],
): (day: PlainDay) => number {
  if (marketSize !== undefined) return () => marketSize;
  const from = gaps[0]!.day;
  const to = gaps.at(-1)!.day;
  const base = calendar.openIndex(from);
  const rows = new Int32Array(calendar.openIndex(to) - base + 2);
  for (const listing of listings) {
    const { start, end } = expectedSpan(calendar, listing, from, to);
    if (start >= end || !capability.exchanges.includes(exchangeOf(listing.symbol))) continue;
    rows[start - base]!++;
    rows[end - base]!--;
  }
  for (let i = 1; i < rows.length; i++) rows[i]! += rows[i - 1]!;
  return (day) => rows[calendar.openIndex(day) - base]!;
}

/** Calls that a question takes whose answer has rows of so many cells; there is always one. */
export function pages(cells: number, capability: Capability): number {
  const { pageRows, rowsPerCell = 1, queries = 1, pagedQueries = queries } = capability;
  return queries - pagedQueries + pagedQueries * Math.max(1, Math.ceil((cells * rowsPerCell) / pageRows));
}
