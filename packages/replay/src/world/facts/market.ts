import { exchangeOf, FIRST_SESSION, type PlainDay, type Symbol } from '@tapekeeper/core';
import { type BarTable, columnIndex, lowerBound, rowsInRange } from '../barTable.ts';
import type { FactorSteps } from '../factorSteps.ts';
import type { Instrument, Universe } from '../universe.ts';
import type { World } from '../world.ts';

/** A daily bar in yuan and shares, from whichever upstream has it. */
export interface DayBar {
  readonly day: PlainDay;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  readonly volume: number;
  /** Whole cents, as yuan. */
  readonly amount: number;
  /** Percent of the float; 0 where the files do not say. */
  readonly turnoverRate: number;
  readonly traded: boolean;
  /** Under special treatment; undefined where the files do not say. */
  readonly isSt: boolean | undefined;
}

export interface Treatment {
  readonly day: PlainDay;
  readonly begins: boolean;
}

/** What facts are made from: the bars, lists and calendar of a world. */
export type BareWorld = Omit<World, 'facts' | 'recoded'>;

/** The bars of both upstreams as one market. BaoStock's come first, since they also tell of suspended days. */
export interface Market {
  readonly firstDay: PlainDay;
  readonly lastDay: PlainDay;
  /** Each stock once, ascending by symbol. */
  readonly instruments: readonly Instrument[];
  readonly openDays: readonly PlainDay[];
  instrument(symbol: Symbol): Instrument | undefined;
  /** How many open days lie before a day. */
  openIndex(day: PlainDay): number;
  bar(symbol: Symbol, day: PlainDay): DayBar | undefined;
  /** The newest bar on or before a day. */
  lastBar(symbol: Symbol, day: PlainDay): DayBar | undefined;
  /** Bars of a stock, ascending. */
  bars(symbol: Symbol): readonly DayBar[];
  factors(symbol: Symbol): FactorSteps;
  /** Days on which bars begin, or cease, to say that a stock is under special treatment; undefined where they never say. */
  treatments(symbol: Symbol): readonly Treatment[] | undefined;
  /** Stocks that an upstream has listed on an open day of its files, and those of them that have no trade then. */
  attendance(day: PlainDay): { readonly listed: number; readonly absent: readonly Symbol[] };
}

export function makeMarket({ tushare, baostock, calendar, firstDay, lastDay }: BareWorld): Market {
  const universes = tushare.table === baostock.table ? [tushare] : [baostock, tushare];
  const readers = new Map(universes.map(({ table }) => [table, rowReader(table)]));
  const openDays = calendar.days('SSE').flatMap(({ day, open }) => (open ? [day] : []));
  const of = (symbol: Symbol): { universe: Universe; instrument: Instrument }[] =>
    universes.flatMap((universe) => {
      const instrument = universe.instrument(symbol);
      return instrument === undefined ? [] : [{ universe, instrument }];
    });
  const found = (symbol: Symbol, from: PlainDay, to: PlainDay): DayBar[] =>
    of(symbol).flatMap(({ universe: { table }, instrument }) => {
      const [start, end] = rowsInRange(table, instrument.index, from, to);
      return end > start ? [readers.get(table)!(end - 1)] : [];
    });
  const instruments = new Map<Symbol, Instrument>();
  for (const universe of universes.toReversed()) {
    for (const instrument of universe.instruments) instruments.set(instrument.symbol, instrument);
  }
  return {
    firstDay,
    lastDay,
    instruments: [...instruments.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    openDays,
    instrument: (symbol) => instruments.get(symbol),
    openIndex: (day) => lowerBound(openDays, day, 0, openDays.length),
    bar(symbol, day) {
      const bars = found(symbol, day, day);
      return bars.find(({ traded }) => traded) ?? bars[0];
    },
    lastBar: (symbol, day) =>
      found(symbol, firstDay, day).reduce<DayBar | undefined>(
        (newest, bar) => (newest === undefined || bar.day > newest.day ? bar : newest),
        undefined,
      ),
    bars(symbol) {
      const byDay = new Map<PlainDay, DayBar>();
      for (const { universe, instrument } of of(symbol).toReversed()) {
        const { table } = universe;
        const read = readers.get(table)!;
        const end = table.symbolStart[instrument.index + 1]!;
        for (let row = table.symbolStart[instrument.index]!; row < end; row += 1) {
          const bar = read(row);
          if (bar.traded || !byDay.has(bar.day)) byDay.set(bar.day, bar);
        }
      }
      return [...byDay.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
    },
    factors(symbol) {
      const first = of(symbol)[0];
      return first === undefined ? { days: [], texts: [] } : first.universe.factors(first.instrument.index);
    },
    treatments(symbol) {
      const telling = of(symbol).find(({ universe }) => universe.table.treated !== undefined);
      return telling && treatmentsIn(telling.universe.table, telling.instrument.index);
    },
    attendance: (day) => attendanceOn(universes, day),
  };
}

function attendanceOn(
  universes: readonly Universe[],
  day: PlainDay,
): { listed: number; absent: readonly Symbol[] } {
  const listed = new Set<Symbol>();
  const traded = new Set<Symbol>();
  for (const universe of universes) {
    const { table, instruments, firstDay, lastDay } = universe;
    if (day < firstDay || day > lastDay) continue;
    for (const instrument of instruments) if (isListed(instrument, day)) listed.add(instrument.symbol);
    const index = lowerBound(table.days, day, 0, table.days.length);
    if (table.days[index] !== day) continue;
    for (const row of table.rowsOfDay(index)) {
      const instrument = universe.instrumentAt(table.rowSymbol[row]!);
      if (instrument !== undefined && table.suspended[row] === 0) traded.add(instrument.symbol);
    }
  }
  return { listed: listed.size, absent: [...listed].filter((symbol) => !traded.has(symbol)).sort() };
}

function treatmentsIn(table: BarTable, index: number): readonly Treatment[] {
  const found: Treatment[] = [];
  let last = 0;
  for (let row = table.symbolStart[index]!; row < table.symbolStart[index + 1]!; row += 1) {
    const treated = table.treated![row]!;
    if (treated !== last) found.push({ day: table.days[table.rowDay[row]!]!, begins: treated === 1 });
    last = treated;
  }
  return found;
}

/** Whether a stock is on its exchange's list on a day, and the exchange has opened by then. */
export function isListed({ symbol, listDate, delistDate }: Instrument, day: PlainDay): boolean {
  return (
    listDate <= day &&
    (delistDate === undefined || day < delistDate) &&
    FIRST_SESSION[exchangeOf(symbol)] <= day
  );
}

function rowReader(table: BarTable): (row: number) => DayBar {
  const lots = table.units === 'tushare';
  const at = (name: string): number => columnIndex(table, name);
  const [open, high, low, close, preClose] = ['open', 'high', 'low', 'close', 'pre_close'].map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [volume, amount] = [at(lots ? 'vol' : 'volume'), at('amount')];
  const turnover = at('turnover_rate');
  return (row) => {
    const cells = table.cells(row);
    return {
      day: table.days[table.rowDay[row]!]!,
      open: Number(cells[open]),
      high: Number(cells[high]),
      low: Number(cells[low]),
      close: Number(cells[close]),
      preClose: Number(cells[preClose]),
      volume: Math.round(Number(cells[volume]) * (lots ? 100 : 1)),
      amount: Math.round(Number(cells[amount]) * (lots ? 100_000 : 100)) / 100,
      turnoverRate: turnover < 0 ? 0 : Number(cells[turnover]),
      traded: table.suspended[row] === 0,
      isSt: table.treated === undefined ? undefined : table.treated[row] === 1,
    };
  };
}
