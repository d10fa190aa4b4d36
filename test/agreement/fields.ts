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

/** Keys of versions, and items by the sources' own names. */
const OWN_OF_REPORTS = ['ann_date', 'f_ann_date', 'update_flag', 'report_type', 'company_type', 'items'];

/** Money in the units of the sources; ratios come rounded to four digits, in percent or as fractions. */
const REPORT_FIGURES = { share: 1e-4, within: 0.006 };

type Rule = (column: string, isWeb: boolean) => Tolerance | undefined;

const ofBars: Rule = (column, isWeb) => {
  if (PRICES.includes(column)) return CENT;
  if (column === 'volume') return isWeb ? LOT : EQUAL;
  if (column === 'amount') return AMOUNT;
  return column === 'pct_chg' ? PERCENT : undefined;
};

const among =
  (columns: readonly string[], tolerance: Tolerance): Rule =>
  (column) =>
    columns.includes(column) ? tolerance : undefined;

const LISTING = ['exchange', 'board', 'list_status', 'list_date', 'delist_date', 'name'];

/** Data sets that several sources have. */
const RULES: Readonly<Partial<Record<DatasetId, Rule>>> = {
  daily_bars: ofBars,
  index_bars: ofBars,
  minute_bars: ofBars,
  adj_factors: among(['adj_factor'], { share: 1e-4 }),
  trade_calendar: () => EQUAL,
  stock_basics: among(LISTING, EQUAL),
  // the day of payment, and the shares that it is reckoned on, are given by some
  dividends: (column) =>
    among(['record_date', 'ex_date'], EQUAL)(column, false) ??
    among(['cash', 'bonus', 'transfer'], { within: 1e-7 })(column, false),
  financials: (column) => (OWN_OF_REPORTS.includes(column) ? undefined : REPORT_FIGURES),
  suspensions: among(['suspend_type'], EQUAL),
};

/**
 * The tolerance of a column of a data set between two sources. Undefined for what sources say in their own
 * words or by rules of their own, which no two of them share.
 */
export function toleranceOf(dataset: DatasetId, column: string, pair: Pair): Tolerance | undefined {
  return RULES[dataset]?.(column, pair.includes('akshare'));
}

/** What the difference of two values is measured in: that of numbers, or 1 for two words that differ. */
export function distance(one: Row[string], other: Row[string]): number {
  if (typeof one === 'number' && typeof other === 'number') return Math.abs(one - other);
  return one === other ? 0 : 1;
}

export function isWithin(
  { within = 0, share = 0 }: Tolerance,
  one: Row[string],
  other: Row[string],
): boolean {
  const apart = distance(one, other);
  if (typeof one !== 'number' || typeof other !== 'number') return apart === 0;
  return apart <= within || apart <= share * Math.max(Math.abs(one), Math.abs(other));
}
