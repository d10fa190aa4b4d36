import type { DatasetId, Row, SourceId } from '@tapekeeper/core';

/** How far apart two values may lie that say the same. */
export interface Tolerance {
  /** In the unit of the column. */
  readonly within?: number;
  /** As a share of the larger one. */
  readonly share?: number;
}

export type Pair = readonly [SourceId, SourceId];

/** Values of doubles with two decimals that were reckoned with are off by this at most. */
const CENT = { within: 0.005 };
const EQUAL = { within: 1e-9 };
/** Tushare gives amounts in thousands of yuan with two decimals, Tencent in tens of thousands. */
const AMOUNT = { share: 1e-4, within: 10 };
/** Eastmoney gives lots of 100 shares. */
const LOT = { within: 100 };
/** Percent with two decimals at Eastmoney. */
const PERCENT = { within: 0.0051 };

const PRICES = ['open', 'high', 'low', 'close', 'pre_close'];

/** Money in the units of the sources; ratios come rounded to four digits, in percent or as fractions. */
const REPORT_FIGURES = { share: 1e-4, within: 0.006 };

/**
 * The tolerance of a column of a data set between two sources. Undefined for what sources say in their own
 * words or by rules of their own, which no two of them share.
 */
export function toleranceOf(dataset: DatasetId, column: string, pair: Pair): Tolerance | undefined {
  const web = pair.includes('akshare');
  switch (dataset) {
    case 'daily_bars':
    case 'index_bars':
    case 'minute_bars':
      if (PRICES.includes(column)) return CENT;
      if (column === 'volume') return web ? LOT : EQUAL;
      if (column === 'amount') return AMOUNT;
      return column === 'pct_chg' ? PERCENT : undefined;
    case 'adj_factors':
      return column === 'adj_factor' ? { share: 1e-4 } : undefined;
    case 'trade_calendar':
      return EQUAL;
    case 'stock_basics':
      return ['exchange', 'board', 'list_status', 'list_date', 'delist_date', 'name'].includes(column) ? EQUAL : undefined;
    case 'dividends':
      // the day of payment and the shares that it is reckoned on are given by some
      return ['period', 'record_date', 'ex_date'].includes(column)
        ? EQUAL
        : ['cash', 'bonus', 'transfer'].includes(column)
          ? { within: 1e-7 }
          : undefined;
    case 'financials':
      return ['items', 'company_type', 'f_ann_date', 'statement'].includes(column) ? undefined : REPORT_FIGURES;
    case 'suspensions':
      return column === 'suspend_type' ? EQUAL : undefined;
    default:
      return undefined;
  }
}

/** What the difference of two values is measured in: that of numbers, or 1 for two words that differ. */
export function distance(one: Row[string], other: Row[string]): number {
  if (typeof one === 'number' && typeof other === 'number') return Math.abs(one - other);
  return one === other ? 0 : 1;
}

export function isWithin({ within = 0, share = 0 }: Tolerance, one: Row[string], other: Row[string]): boolean {
  const apart = distance(one, other);
  if (typeof one !== 'number' || typeof other !== 'number') return apart === 0;
  return apart <= within || apart <= share * Math.max(Math.abs(one), Math.abs(other));
}
