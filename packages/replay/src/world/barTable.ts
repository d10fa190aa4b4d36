import type { PlainDay } from '@tapekeeper/core';

/**
 * Units of the cells: `baostock` shares and yuan, with rows for suspended days;
 * `tushare` lots of 100 shares and thousands of yuan, traded days only.
 */
export type BarUnits = 'baostock' | 'tushare';

/**
 * Daily bars of one kind of file. Rows are numbered in the order of (symbol, day); what is kept of a
 * row is its place in the file's text, and its cells are cut out when they are asked for.
 */
export interface BarTable {
  readonly units: BarUnits;
  readonly columns: readonly string[];
  /** Ascending. */
  readonly symbols: readonly string[];
  /** Days that have a row, ascending. */
  readonly days: readonly PlainDay[];
  readonly rowCount: number;
  /** Row of symbol `i` are `symbolStart[i]` up to, not including, `symbolStart[i + 1]`. */
  readonly symbolStart: Uint32Array;
  /** Index into `symbols`, by row. */
  readonly rowSymbol: Uint32Array;
  /** Index into `days`, by row. */
  readonly rowDay: Uint32Array;
  /** 1 where the row says that the symbol did not trade, by row. */
  readonly suspended: Uint8Array;
  /** 1 where the row says that the symbol is under special treatment; undefined where no row says so or not. */
  readonly treated: Uint8Array | undefined;
  /** Rows of a day in the order of symbols. */
  rowsOfDay(dayIndex: number): Uint32Array;
  /** Cells of a row, one for each column, as the file has them. */
  cells(row: number): string[];
}

/** First index whose value is not below the target, in ascending values from `start` to `end`. */
export function lowerBound(
  values: ArrayLike<number | string>,
  target: number | string,
  start: number,
  end: number,
): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of a symbol in the table, or -1. */
export function symbolIndex(table: BarTable, symbol: string): number {
  const index = lowerBound(table.symbols, symbol, 0, table.symbols.length);
  return table.symbols[index] === symbol ? index : -1;
}

/** Rows `[from, to)` of a symbol whose days lie within the range, both ends included. */
export function rowsInRange(table: BarTable, symbol: number, from: PlainDay, to: PlainDay): [number, number] {
  const start = table.symbolStart[symbol]!;
  const end = table.symbolStart[symbol + 1]!;
  const firstDay = lowerBound(table.days, from, 0, table.days.length);
  let lastDay = lowerBound(table.days, to, 0, table.days.length);
  if (table.days[lastDay] === to) lastDay += 1;
  return [lowerBound(table.rowDay, firstDay, start, end), lowerBound(table.rowDay, lastDay, start, end)];
}

/** The row of a symbol on a day, or -1. */
export function rowOn(table: BarTable, symbol: string, day: PlainDay): number {
  const index = symbolIndex(table, symbol);
  if (index < 0) return -1;
  const [row, end] = rowsInRange(table, index, day, day);
  return row < end ? row : -1;
}

/** Where a column lies in the cells of a row; -1 if the files have none of that name. */
export function columnIndex(table: BarTable, name: string): number {
  return table.columns.indexOf(name);
}
