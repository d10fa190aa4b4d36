import { parseDay, type PlainDay, type Symbol } from '@tapekeeper/core';
import { type BarTable, columnIndex, symbolIndex } from './barTable.ts';
import { chainFactors, type FactorBar, type FactorSteps } from './factorSteps.ts';
import type { StockCells } from './stockList.ts';
import type { TradingCalendar } from './tradingCalendar.ts';

/** A listed or delisted stock as one upstream knows it. */
export interface Instrument {
  readonly symbol: Symbol;
  /** Index of the symbol in the universe's table, which may hold no row of it. */
  readonly index: number;
  readonly name: string;
  readonly listDate: PlainDay;
  /** First trading day after the last bar, where bars end before the universe does. */
  readonly delistDate: PlainDay | undefined;
  /** L, D, P or G, as Tushare writes it. */
  readonly listStatus: string;
  /** The line of the stock list; empty for symbols that are not in it. */
  readonly cells: StockCells;
}

/** What one upstream serves: the symbols that have bars in its files, and nothing else. */
export interface Universe {
  readonly table: BarTable;
  /** Ascending by symbol. */
  readonly instruments: readonly Instrument[];
  readonly firstDay: PlainDay;
  readonly lastDay: PlainDay;
  instrument(symbol: string): Instrument | undefined;
  /** The instrument of a row's symbol; undefined where this upstream does not serve it. */
  instrumentAt(symbolIndex: number): Instrument | undefined;
  factors(symbolIndex: number): FactorSteps;
}

export interface UniverseSources {
  readonly table: BarTable;
  readonly stocks: ReadonlyMap<string, StockCells>;
  readonly calendar: TradingCalendar;
  /** Factors that are known rather than derived. */
  readonly knownFactors: (symbol: string) => FactorSteps | undefined;
  readonly serves: (symbol: string) => boolean;
  /** The bars that factors follow from, where they are known without reading all rows; ascending. */
  readonly factorBars?: (symbolIndex: number) => readonly FactorBar[];
}

export function makeUniverse(sources: UniverseSources): Universe {
  const { table, serves, knownFactors, factorBars = (index) => barsOf(table, index) } = sources;
  const byIndex = table.symbols.map((symbol, index) =>
    serves(symbol) ? instrumentOf(sources, index) : undefined,
  );
  const series = new Map<number, FactorSteps>();
  return {
    table,
    instruments: byIndex.filter((instrument) => instrument !== undefined),
    firstDay: table.days[0]!,
    lastDay: table.days.at(-1)!,
    instrument: (symbol) => byIndex[symbolIndex(table, symbol)],
    instrumentAt: (index) => byIndex[index],
    factors(index) {
      let steps = series.get(index);
      if (steps === undefined) {
        steps = chainFactors(factorBars(index), knownFactors(table.symbols[index]!));
        series.set(index, steps);
      }
      return steps;
    },
  };
}

/** The factors that the bars of a symbol carry themselves; undefined where the files have no such column. */
export function factorsOfRows(table: BarTable, symbol: string): FactorSteps | undefined {
  const index = symbolIndex(table, symbol);
  const column = columnIndex(table, 'adj_factor');
  if (index < 0 || column < 0) return undefined;
  const days: PlainDay[] = [];
  const texts: string[] = [];
  const end = table.symbolStart[index + 1]!;
  for (let row = table.symbolStart[index]!; row < end; row += 1) {
    const text = table.cells(row)[column]!;
    if (!(Number(text) > 0) || (text === texts.at(-1) && row !== end - 1)) continue;
    days.push(table.days[table.rowDay[row]!]!);
    texts.push(text);
  }
  return days.length > 0 ? { days, texts } : undefined;
}

function instrumentOf({ table, stocks, calendar }: UniverseSources, index: number): Instrument {
  const symbol = table.symbols[index] as Symbol;
  const cells: StockCells = stocks.get(symbol) ?? new Map();
  const [start, end] = [table.symbolStart[index]!, table.symbolStart[index + 1]!];
  const firstBar = table.days[end > start ? table.rowDay[start]! : 0]!;
  const lastBar = end > start ? table.days[table.rowDay[end - 1]!] : undefined;
  const ended = lastBar !== undefined && lastBar < table.days.at(-1)!;
  const delistDate =
    parseDay(cells.get('delist_date') ?? '') ?? (ended ? calendar.nextOpen(lastBar) : undefined);
  return {
    symbol,
    index,
    name: cells.get('name') || symbol.slice(0, 6),
    listDate: parseDay(cells.get('list_date') ?? '') ?? firstBar,
    delistDate,
    listStatus: delistDate === undefined ? cells.get('list_status') || 'L' : 'D',
    cells,
  };
}

function barsOf(table: BarTable, index: number): readonly FactorBar[] {
  const close = columnIndex(table, 'close');
  const preClose = columnIndex(table, 'pre_close');
  const bars: FactorBar[] = [];
  for (let row = table.symbolStart[index]!; row < table.symbolStart[index + 1]!; row += 1) {
    const cells = table.cells(row);
    bars.push({
      day: table.days[table.rowDay[row]!]!,
      close: Number(cells[close]),
      preClose: Number(cells[preClose]),
    });
  }
  return bars;
}
