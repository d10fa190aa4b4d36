import type { Row } from '../dataset/dataset.ts';
import type { PlainDay } from '../day.ts';
import { adjustedPrice, type Adjustment } from './factors.ts';

/** Prices are null where an adjusted one is asked for and no factor is known. */
export interface Prices {
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
}

/** A bar of one day, in the units of the catalogue: yuan, shares, percent. */
export interface DayBar extends Prices {
  readonly symbol: string;
  readonly day: PlainDay;
  readonly preClose: number | null;
  readonly volume: number;
  readonly amount: number;
  readonly change: number | null;
}

/** Columns that hold prices in every data set of bars. */
export const PRICE_COLUMNS = ['open', 'high', 'low', 'close', 'pre_close'] as const;

/**
 * A row of bars with its prices adjusted; volume and amount stay. Without an adjustment they are null.
 * @example adjustedRow({ close: 10, volume: 5 }, { factor: 2, base: 1 }) // { close: 20, volume: 5 }
 */
export function adjustedRow(row: Row, adjustment: Adjustment | undefined): Row {
  const adjusted: Record<string, Row[string]> = { ...row };
  for (const column of PRICE_COLUMNS) {
    const price = adjusted[column];
    if (typeof price !== 'number') continue;
    adjusted[column] = adjustment === undefined ? null : adjustedPrice(price, adjustment);
  }
  return adjusted;
}

/** A row of `daily_bars` as a bar. */
export function dayBarOf(row: Row): DayBar {
  return {
    symbol: String(row['symbol']),
    day: String(row['trade_date']) as PlainDay,
    ...pricesOf(row),
    preClose: numberOf(row['pre_close']),
    volume: Number(row['volume']),
    amount: Number(row['amount']),
    change: numberOf(row['pct_chg']),
  };
}

export function pricesOf(row: Row): Prices {
  return {
    open: numberOf(row['open']),
    high: numberOf(row['high']),
    low: numberOf(row['low']),
    close: numberOf(row['close']),
  };
}

function numberOf(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** First open, last close, extremes of both; null where a part is not known. */
export function joinPrices(first: Prices, next: Prices): Prices {
  return {
    open: first.open,
    high: extreme(Math.max, first.high, next.high),
    low: extreme(Math.min, first.low, next.low),
    close: next.close,
  };
}

function extreme(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : pick(a, b);
}

/** A sum of amounts without the dust of binary fractions. */
export function sumOf(a: number, b: number): number {
  return Math.round((a + b) * 1000) / 1000;
}
