import {
  builtinCalendar,
  FIRST_SESSION,
  exchangeOf,
  plainDay,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import { generatedSymbols } from './generatedSymbols.ts';

/** The market that the targets speak of: 5,500 symbols over ten years. */
export const WHOLE_MARKET = {
  symbols: 5500,
  from: plainDay('2016-01-04'),
  to: plainDay('2025-12-31'),
} as const;

const LISTED_BEFORE = plainDay('2010-01-04');

/** Listings from before the ten years, so that every cell is expected; those of Beijing since it opened. */
export function generatedListings(count: number): readonly Listing[] {
  return generatedSymbols(count).map((symbol, at) => {
    const opened = FIRST_SESSION[exchangeOf(symbol)];
    return {
      instrumentId: at + 1,
      symbol,
      listDate: opened > LISTED_BEFORE ? opened : LISTED_BEFORE,
      delistDate: null,
    };
  });
}

/** One cell in so many is explained without a row: suspended in the real bars of 2020 to 2025 are 712 of 369,338. */
const CELLS_AN_EXCEPTION = 519;

export interface GeneratedCell {
  readonly instrumentId: number;
  readonly day: PlainDay;
}

/** Suspended cells, as many as real bars show, spread evenly over the expected ones. */
export function generatedExceptions(
  listings: readonly Listing[],
  from: PlainDay,
  to: PlainDay,
): readonly GeneratedCell[] {
  const days = builtinCalendar().tradingDays(from, to);
  const cells: GeneratedCell[] = [];
  let place = 0;
  for (const { instrumentId, listDate } of listings) {
    for (const day of days) {
      if (listDate !== null && day < listDate) continue;
      if (++place % CELLS_AN_EXCEPTION === 0) cells.push({ instrumentId, day });
    }
  }
  return cells;
}
