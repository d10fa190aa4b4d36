import {
  AppError,
  addDays,
  builtinCalendar,
  exchangeOf,
  FIRST_SESSION,
  plainDay,
  type PlainDay,
} from '@tapekeeper/core';
import { lowerBound } from './barTable.ts';
import type { FactorSteps } from './factorSteps.ts';
import { drawsOf } from './facts/draws.ts';
import { makeFacts } from './facts/makeFacts.ts';
import { drawBars, type DrawnStock, marketDays } from './generated/drawBars.ts';
import { drawListings, type Listing, stockCells } from './generated/listings.ts';
import { newBarNumbers, numericTable } from './generated/numericTable.ts';
import type { RowSpan } from './generated/stockPlan.ts';
import { type CalendarDay, calendarOf, type TradingCalendar } from './tradingCalendar.ts';
import { makeUniverse, type Universe } from './universe.ts';
import type { World } from './world.ts';

/** The day on which the Beijing exchange gave all its stocks codes that begin with 920. */
const RECODED_SINCE = plainDay('2025-10-09');

export interface WorldWish {
  /** Default 1. */
  readonly seed?: number;
  /** Stocks of all boards, those that have left the list by then included; default 5500. */
  readonly symbols?: number;
  /** First and last day of the bars; default the year 2025. */
  readonly from?: PlainDay;
  readonly to?: PlainDay;
  /** Since when Beijing's older stocks have new codes; a world that ends before has the old ones. */
  readonly recodedSince?: PlainDay;
}

/**
 * A market that is made up: stocks of all boards that come and go, pay out, split, are suspended and reach
 * their limits, on the real trading days. The same wish gives the same world to the last digit; a row
 * takes about 50 bytes. Throws `bad_setting` for a span without trading days or too many stocks.
 */
export function generateWorld(wish: WorldWish = {}): World {
  const { seed = 1, symbols = 5500, recodedSince = RECODED_SINCE } = wish;
  const { from = plainDay('2025-01-01'), to = plainDay('2025-12-31') } = wish;
  const days = builtinCalendar().tradingDays(from, to);
  if (days.length === 0) {
    throw new AppError('bad_setting', { problem: `no trading day is known from ${from} to ${to}.` });
  }
  const [firstDay, lastDay] = [days[0]!, days.at(-1)!];
  const isRecoded = recodedSince <= lastDay;
  const listings = drawListings({ seed, symbols, days }).map((listing) =>
    isRecoded ? listing : { ...listing, symbol: listing.oldSymbol ?? listing.symbol },
  );
  listings.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const { universe, hasBars } = draw(seed, listings, days);
  const tushare = universe(() => true);
  const world = {
    folder: `a generated market (seed ${seed}, ${symbols} symbols)`,
    firstDay,
    lastDay,
    symbols: listings.filter((_, index) => hasBars(index)).map(({ symbol }) => symbol),
    calendar: realCalendar(),
    tushare,
    // BaoStock has never had the Beijing exchange.
    baostock: universe((symbol) => !symbol.endsWith('.BJ')),
    ratios: tushare.table,
  };
  const recoded = listings.flatMap(({ symbol, oldSymbol }, index) =>
    isRecoded && oldSymbol !== undefined && hasBars(index)
      ? [{ old: oldSymbol, now: symbol, since: recodedSince }]
      : [],
  );
  return { ...world, facts: makeFacts(world, seed), recoded };
}

function draw(
  seed: number,
  listings: readonly Listing[],
  days: readonly PlainDay[],
): { universe: (serves: (symbol: string) => boolean) => Universe; hasBars: (index: number) => boolean } {
  const symbolStart = new Uint32Array(listings.length + 1);
  const spans = listings.map((listing, index): RowSpan => {
    const span = { ...daysOf(listing, days), firstRow: symbolStart[index]! };
    symbolStart[index + 1] = span.firstRow + span.endDay - span.firstDay;
    return span;
  });
  const rowCount = symbolStart.at(-1)!;
  const rowDay = new Uint32Array(rowCount);
  const numbers = newBarNumbers(rowCount);
  const market = marketDays(seed, days.length);
  const drawn = listings.map((listing, index): DrawnStock => {
    const span = spans[index]!;
    for (let day = span.firstDay; day < span.endDay; day += 1)
      rowDay[span.firstRow + day - span.firstDay] = day;
    return drawBars(seed, listing, span, days, market, numbers);
  });
  const table = numericTable({
    symbols: listings.map(({ symbol }) => symbol),
    days,
    symbolStart,
    rowDay,
    numbers,
    worth: (index) => drawn[index]!.worth,
    growth: (index, row) => drawn[index]!.splits.findLast((split) => split.row <= row)?.growth ?? 1,
  });
  const stocks = new Map(
    listings.map((listing, index) => [
      listing.symbol as string,
      stockCells(listing, drawn[index]!.isTreated),
    ]),
  );
  const knownFactors = firstFactors(seed, listings, days, spans);
  const calendar = realCalendar();
  const factorBars = (index: number): DrawnStock['factorBars'] => drawn[index]!.factorBars;
  return {
    universe: (serves) => makeUniverse({ table, stocks, calendar, knownFactors, serves, factorBars }),
    hasBars: (index) => symbolStart[index + 1]! > symbolStart[index]!,
  };
}

/** Days of the table on which a stock has a row, the end not included. */
function daysOf(
  { symbol, listDate, delistDate }: Listing,
  days: readonly PlainDay[],
): { firstDay: number; endDay: number } {
  const session = FIRST_SESSION[exchangeOf(symbol)];
  const firstDay = lowerBound(days, listDate > session ? listDate : session, 0, days.length);
  const endDay = delistDate === undefined ? days.length : lowerBound(days, delistDate, 0, days.length);
  return { firstDay, endDay: Math.max(firstDay, endDay) };
}

/** Older stocks have paid out before, so that their factors do not begin at one. */
function firstFactors(
  seed: number,
  listings: readonly Listing[],
  days: readonly PlainDay[],
  spans: readonly RowSpan[],
): (symbol: string) => FactorSteps | undefined {
  const places = new Map(listings.map(({ symbol }, index) => [symbol as string, index]));
  return (symbol) => {
    const index = places.get(symbol);
    const day = index === undefined ? undefined : days[spans[index]!.firstDay];
    if (index === undefined || day === undefined || listings[index]!.listDate === day) return undefined;
    const years = Number(day.slice(0, 4)) - Number(listings[index]!.listDate.slice(0, 4));
    const grown = 1.03 ** years * (1 + drawsOf(seed, 'factor', symbol)() * years * 0.1);
    return { days: [day], texts: [String(Math.round(grown * 1000) / 1000)] };
  };
}

function realCalendar(): TradingCalendar {
  const calendar = builtinCalendar();
  const days: CalendarDay[] = [];
  let previous: PlainDay | undefined;
  for (let day = calendar.firstDay; day <= calendar.lastKnownDay; day = addDays(day, 1)) {
    const open = calendar.isOpen(day);
    days.push({ day, open, previous });
    if (open) previous = day;
  }
  return calendarOf(new Map([['SSE', days]]));
}
