import {
  builtinCalendar,
  calendarWith,
  symbolOf,
  type Calendar,
  type Listing,
  type Symbol,
} from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';

/** The calendar and the list that completeness is judged against, as of one reading. */
export interface Market {
  readonly calendar: Calendar;
  readonly listings: readonly Listing[];
  readonly bySymbol: ReadonlyMap<string, Listing>;
  readonly byId: ReadonlyMap<number, Listing>;
}

export async function loadCalendar(deps: Pick<AppDeps, 'store'>): Promise<Calendar> {
  return calendarWith(builtinCalendar(), await deps.store.calendarDays());
}

export async function loadMarket(deps: Pick<AppDeps, 'store'>): Promise<Market> {
  const [calendar, instruments] = await Promise.all([loadCalendar(deps), deps.store.instruments()]);
  const listings = instruments.map((instrument) => ({
    instrumentId: instrument.instrumentId,
    symbol: symbolOf(instrument.symbol),
    listDate: instrument.listDate,
    delistDate: instrument.delistDate,
  }));
  return {
    calendar,
    listings,
    bySymbol: new Map(listings.map((listing) => [listing.symbol, listing])),
    byId: new Map(listings.map((listing) => [listing.instrumentId, listing])),
  };
}

/** The listings of some symbols, or of all. */
export function listingsOf(market: Market, symbols: readonly string[] | null): readonly Listing[] {
  if (symbols === null) return market.listings;
  return symbols.map((symbol) => market.bySymbol.get(symbol as Symbol)).filter((listing) => listing !== undefined);
}
