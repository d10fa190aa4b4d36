import type { PlainDay } from '@tapekeeper/core';
import { amountFactor, hasRow, priceFactor, scaledText, volumeFactor } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { type BarTable, columnIndex, rowsInRange } from '../world/barTable.ts';
import { multiply, padDecimals, shiftPoint } from '../world/decimal.ts';
import type { IndexBar } from '../world/facts.ts';
import type { Instrument, Universe } from '../world/universe.ts';
import { priceFactors } from './adjustment.ts';
import { codeOfSymbol } from './question.ts';

/** Daily bars of one stock or index, as the texts of the server's fields. */
export interface DaySeries {
  /** Ascending. */
  readonly days: readonly PlainDay[];
  /** Reads the texts of some fields of the n-th day, in the order given here. */
  reader(fields: readonly string[]): (at: number) => readonly string[];
}

export const PRICE_DECIMALS = 4;
export const ADJUSTED_DECIMALS = 10;

/** Fields of a day; those of a stock and of an index are the same. */
export const DAY_FIELDS: readonly string[] = [
  'date',
  'code',
  'open',
  'high',
  'low',
  'close',
  'preclose',
  'volume',
  'amount',
  'adjustflag',
  'turn',
  'tradestatus',
  'pctChg',
  'peTTM',
  'pbMRQ',
  'psTTM',
  'pcfNcfTTM',
  'isST',
];

/** What the writers of one day's fields share. */
interface DayContext {
  readonly code: string;
  readonly flag: string;
  readonly day: PlainDay;
  /** Undefined for raw prices. */
  readonly factor: string | undefined;
  /** What faults make of prices, volume and amount: 1 for nothing. */
  readonly price: number;
  readonly volume: number;
  readonly amount: number;
}

export type DayWriter = (cells: readonly string[], row: number, context: DayContext) => string;
export type DayWriters = Readonly<Record<string, DayWriter>>;

export interface SeriesQuestion {
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** 1 backward, 2 forward, 3 as they were. */
  readonly flag: string;
  readonly faults: readonly DataFault[];
}

/** Days of a stock, those of suspension included where the files have them. */
export function stockSeries(
  universe: Universe,
  writers: DayWriters,
  { symbol, index }: Instrument,
  { from, to, flag, faults }: SeriesQuestion,
): DaySeries {
  const { table } = universe;
  const code = codeOfSymbol(symbol);
  const dayOf = (row: number): PlainDay => table.days[table.rowDay[row]!]!;
  const [first, last] = rowsInRange(table, index, from, to);
  const all = Array.from({ length: last - first }, (_, at) => first + at);
  const rows = faults.length === 0 ? all : all.filter((row) => hasRow(faults, symbol, dayOf(row)));
  return {
    days: rows.map(dayOf),
    reader(fields) {
      const write = fields.map((name) => writers[name]!);
      const factorOf =
        flag === '1' || flag === '2' ? priceFactors(universe.factors(index), flag, faults) : undefined;
      return (at) => {
        const row = rows[at]!;
        const day = dayOf(row);
        const cells = table.cells(row);
        const context = { code, flag, day, factor: factorOf?.(day), ...faultFactors(faults, symbol, day) };
        return write.map((each) => each(cells, row, context));
      };
    },
  };
}

/** Days of an index, which is never adjusted and never suspended. */
export function indexSeries(
  symbol: string,
  bars: readonly IndexBar[],
  { flag, faults }: SeriesQuestion,
): DaySeries {
  const code = codeOfSymbol(symbol);
  const kept = bars.filter(({ day }) => hasRow(faults, symbol, day));
  return {
    days: kept.map(({ day }) => day),
    reader(fields) {
      return (at) => {
        const bar = kept[at]!;
        const { day } = bar;
        const { price, volume, amount } = faultFactors(faults, symbol, day);
        const value = (points: number): string => scaledText(points.toFixed(PRICE_DECIMALS), price);
        const texts: Readonly<Record<string, string>> = {
          date: day,
          code,
          open: value(bar.open),
          high: value(bar.high),
          low: value(bar.low),
          close: value(bar.close),
          preclose: value(bar.preClose),
          volume: scaledText(String(bar.volume), volume),
          amount: scaledText(bar.amount.toFixed(4), amount),
          adjustflag: flag,
          tradestatus: '1',
          pctChg: ((bar.close / bar.preClose - 1) * 100).toFixed(6),
          isST: '0',
        };
        return fields.map((name) => texts[name] ?? '');
      };
    },
  };
}

const NO_FAULT = { price: 1, volume: 1, amount: 1 };

function faultFactors(
  faults: readonly DataFault[],
  symbol: string,
  day: PlainDay,
): { readonly price: number; readonly volume: number; readonly amount: number } {
  if (faults.length === 0) return NO_FAULT;
  return {
    price: priceFactor(faults, symbol, day),
    volume: volumeFactor(faults, symbol),
    amount: amountFactor(faults, day),
  };
}

/** Bars in Tushare's units give what can be told from them; valuation and turnover stay empty there. */
export function dayWriters(table: BarTable): DayWriters {
  const lots = table.units === 'tushare';
  const cell = (column: string): ((cells: readonly string[]) => string) => {
    const at = columnIndex(table, column);
    return at < 0 ? () => '' : (cells) => cells[at]!;
  };
  const padded = (column: string, decimals: number, shift = 0): DayWriter => {
    const read = cell(column);
    return shift === 0
      ? (cells) => padDecimals(read(cells), decimals)
      : (cells) => padDecimals(shiftPoint(read(cells), shift), decimals);
  };
  const price = (column: string): DayWriter => {
    const read = cell(column);
    return (cells, _, { factor, price: fault }) => {
      const text =
        factor === undefined
          ? padDecimals(read(cells), PRICE_DECIMALS)
          : multiply(read(cells), factor, ADJUSTED_DECIMALS);
      return fault === 1 ? text : scaledText(text, fault);
    };
  };
  const volume = lots ? padded('vol', 0, 2) : padded('volume', 0);
  const amount = lots ? padded('amount', 4, 3) : padded('amount', 4);
  return {
    date: (_, __, { day }) => day,
    code: (_, __, { code }) => code,
    open: price('open'),
    high: price('high'),
    low: price('low'),
    close: price('close'),
    preclose: price('pre_close'),
    volume: (cells, row, context) => scaledText(volume(cells, row, context), context.volume),
    amount: (cells, row, context) => scaledText(amount(cells, row, context), context.amount),
    adjustflag: (_, __, { flag }) => flag,
    turn: padded('turnover_rate', 6),
    tradestatus: (_, row) => (table.suspended[row] === 1 ? '0' : '1'),
    pctChg: padded('pct_chg', 6),
    peTTM: padded('pe_ttm', 6),
    pbMRQ: padded('pb_mrq', 6),
    psTTM: padded('ps_ttm', 6),
    pcfNcfTTM: padded('pcf_ncf_ttm', 6),
    isST: padded('is_st', 0),
  };
}
