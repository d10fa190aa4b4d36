import {
  builtinCalendar,
  calendarOfScale,
  calendarWith,
  DATASETS,
  symbolOf,
  type Calendar,
  type DatasetId,
  type Listing,
  type Symbol,
} from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';

/** The days and the list that completeness of a data set is judged against, as of one reading. */
export interface Market {
  /** Days of the data set's scale: trading days, or the ends of quarters. */
  readonly calendar: Calendar;
  readonly tradingDays: Calendar;
  /** Whether a cell of the data set may have more rows than one. */
  readonly severalRowsACell: boolean;
  /** Former codes, with the symbols that they have become. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly listings: readonly Listing[];
  readonly bySymbol: ReadonlyMap<string, Listing>;
  readonly byId: ReadonlyMap<number, Listing>;
}

/** The calendar as last read from a store: its many thousand days are read again only after a change. */
const lastRead = new WeakMap<AppDeps['store'], { readonly version: string; readonly calendar: Calendar }>();

export async function loadCalendar({ store }: Pick<AppDeps, 'store'>): Promise<Calendar> {
  // asked before the days are: a change in between makes the calendar look older than it is, never newer
  const version = await store.calendarVersion();
  const last = lastRead.get(store);
  if (last?.version === version) return last.calendar;
  const calendar = calendarWith(builtinCalendar(), await store.calendarDays());
  lastRead.set(store, { version, calendar });
  return calendar;
}

/** The calendar that the days of a data set are counted by. */
export async function loadCalendarOf(deps: Pick<AppDeps, 'store'>, dataset: DatasetId): Promise<Calendar> {
  return calendarOfScale(DATASETS[dataset].cells?.scale, await loadCalendar(deps));
}

export async function loadMarket(deps: Pick<AppDeps, 'store'>, dataset: DatasetId): Promise<Market> {
  const universe = DATASETS[dataset].cells?.universe ?? 'stocks';
  const [tradingDays, instruments, aliases] = await Promise.all([
    loadCalendar(deps),
    deps.store.instruments(universe),
    deps.store.aliases(),
  ]);
  const listings = instruments.map((instrument) => ({
    instrumentId: instrument.instrumentId,
    symbol: symbolOf(instrument.symbol),
    listDate: instrument.listDate,
    delistDate: instrument.delistDate,
  }));
  return {
    calendar: calendarOfScale(DATASETS[dataset].cells?.scale, tradingDays),
    tradingDays,
    severalRowsACell: DATASETS[dataset].key.length > 2,
    aliases,
    listings,
    bySymbol: new Map(listings.map((listing) => [listing.symbol, listing])),
    byId: new Map(listings.map((listing) => [listing.instrumentId, listing])),
  };
}

/** The listings of some symbols, or of all. */
export function listingsOf(market: Market, symbols: readonly string[] | null): readonly Listing[] {
  if (symbols === null) return market.listings;
  return symbols
    .map((symbol) => market.bySymbol.get(symbol as Symbol))
    .filter((listing) => listing !== undefined);
}
