import type { ListedInstrument } from '../../ports/coverageStore.ts';

/** How many stocks were listed on any of the days from the first to the last; a wish has them as texts. */
export type ListedCounter = (first: string, last: string) => number;

/** Counts by two looks into sorted days: a list of tasks asks for as many spans as it has tasks. */
export function listedCounter(listings: readonly ListedInstrument[]): ListedCounter {
  const listed = listings.filter(({ listDate }) => listDate !== null);
  const begins = sortedDays(listed.map(({ listDate }) => listDate));
  const ends = sortedDays(listed.map(({ delistDate }) => delistDate));
  // who has gone by the first day had come by the last one
  return (first, last) => countUntil(begins, last) - countUntil(ends, first < last ? first : last);
}

function sortedDays(days: readonly (string | null)[]): readonly string[] {
  return days.filter((day) => day !== null).toSorted();
}

/** Days that are not later than this one. */
function countUntil(sorted: readonly string[], day: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
