import { addDays, boardOf, type Board, type PlainDay, shanghaiDay, type Symbol } from '@tapekeeper/core';
import { rowOn, columnIndex } from '../world/barTable.ts';
import type { AnnouncementFact, Facts, IndexFact, NewsFact } from '../world/facts.ts';
import { type Market, makeMarket } from '../world/facts/market.ts';
import type { TradingCalendar } from '../world/tradingCalendar.ts';
import type { Instrument } from '../world/universe.ts';
import type { World } from '../world/world.ts';
import type { Quote } from './quote.ts';

/** The world as the public web endpoints know it, with look-ups that several of them need. */
export interface WebMarket {
  readonly market: Market;
  readonly facts: Facts;
  readonly calendar: TradingCalendar;
  /** A shares on the list, ascending by symbol. */
  readonly listed: readonly Instrument[];
  readonly delisted: readonly Instrument[];
  stock(symbol: string): Instrument | undefined;
  index(symbol: string): IndexFact | undefined;
  boardOf(symbol: Symbol): Board;
  /** A column of the stock list; empty where the folder lacks it. */
  cell(instrument: Instrument, column: string): string;
  /** Valuation ratio of a day, where the bars carry it. */
  ratio(symbol: Symbol, day: PlainDay, column: 'pe_ttm' | 'pb_mrq'): number | undefined;
  /** Newest first, up to an instant. */
  newsAbout(symbol: Symbol, until: number): readonly NewsFact[];
  /** Ascending by day; whole stretch of the world where an end is left out. */
  announcements(from: PlainDay | undefined, to: PlainDay | undefined): readonly AnnouncementFact[];
  /** Quotes of a day that is over, kept while that day is asked for. */
  settledQuotes(day: PlainDay): Map<Symbol, Quote | undefined>;
  /** The clock of endpoints that tell of the present: before the world begins, its very end. */
  present(now: number): number;
}

export function makeWebMarket(world: World): WebMarket {
  const { facts, calendar, ratios } = world;
  const market = makeMarket(world);
  const indices = new Map<string, IndexFact>(facts.indices.map((index) => [index.symbol, index]));
  let settled: { day: PlainDay; quotes: Map<Symbol, Quote | undefined> } | undefined;
  let news: ReadonlyMap<string, readonly NewsFact[]> | undefined;
  const isShare = ({ symbol }: Instrument): boolean => boardOf(symbol) !== undefined;
  const shares = market.instruments.filter(isShare);
  return {
    market,
    facts,
    calendar,
    listed: shares.filter(({ listStatus }) => listStatus === 'L'),
    delisted: shares.filter(({ listStatus }) => listStatus === 'D'),
    stock: (symbol) => market.instrument(symbol as Symbol),
    index: (symbol) => indices.get(symbol),
    boardOf: (symbol) => boardOf(symbol) ?? 'main',
    cell: ({ cells }, column) => cells.get(column) ?? '',
    ratio(symbol, day, column) {
      if (ratios === undefined) return undefined;
      const at = columnIndex(ratios, column);
      const row = at < 0 ? -1 : rowOn(ratios, symbol, day);
      const text = row < 0 ? '' : (ratios.cells(row)[at] ?? '');
      return text === '' ? undefined : Number(text);
    },
    newsAbout(symbol, until) {
      news ??= newsBySymbol(world);
      return (news.get(symbol) ?? []).filter(({ at }) => at <= until).toReversed();
    },
    announcements: (from = world.firstDay, to = addDays(world.lastDay, 1)) =>
      daysBetween(
        from < world.firstDay ? world.firstDay : from,
        to > addDays(world.lastDay, 1) ? addDays(world.lastDay, 1) : to,
      ).flatMap((day) => facts.announcements(day)),
    settledQuotes(day) {
      if (settled?.day !== day) settled = { day, quotes: new Map() };
      return settled.quotes;
    },
    present: (now) => (shanghaiDay(now) < world.firstDay ? Infinity : now),
  };
}

export function daysBetween(from: PlainDay, to: PlainDay): PlainDay[] {
  const days: PlainDay[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

function newsBySymbol({ facts, firstDay, lastDay }: World): ReadonlyMap<string, readonly NewsFact[]> {
  const bySymbol = new Map<string, NewsFact[]>();
  for (const day of daysBetween(firstDay, lastDay)) {
    for (const item of facts.news(day)) {
      for (const symbol of item.symbols) {
        const list = bySymbol.get(symbol) ?? [];
        bySymbol.set(symbol, list);
        list.push(item);
      }
    }
  }
  return bySymbol;
}
