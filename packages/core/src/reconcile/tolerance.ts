import { DATASETS } from '../dataset/catalogue.ts';
import type { DatasetId, Row } from '../dataset/dataset.ts';
import type { OriginId, SourceId } from '../source/source.ts';

/** Two sources, in any order. */
export type SourcePair = readonly [OriginId, OriginId];

/**
 * How near two sources must be in one column.
 * `rounded` equal in so many decimals; `within` apart by no more than the greater of an amount and a part
 * of the larger value; `ratio` compared by how it changes from one day to another, since sources count
 * from bases of their own; `same` equal.
 */
export type Tolerance =
  | { readonly kind: 'rounded'; readonly decimals: number }
  | { readonly kind: 'within'; readonly absolute: number; readonly relative: number }
  | { readonly kind: 'ratio'; readonly relative: number }
  | { readonly kind: 'same' };

type ToleranceOf = (pair: SourcePair) => Tolerance;

const within = (absolute: number, relative = 0): Tolerance => ({ kind: 'within', absolute, relative });
const always =
  (tolerance: Tolerance): ToleranceOf =>
  () =>
    tolerance;
const has = (pair: SourcePair, source: SourceId): boolean => pair.includes(source);

/** Prices are quoted in cents; further decimals are what a source's arithmetic left. */
const price = always({ kind: 'rounded', decimals: 2 });

/** Web endpoints give whole lots of a hundred shares; over a span the odd lots of its days add up. */
const volume =
  (days: number): ToleranceOf =>
  (pair) =>
    within(has(pair, 'akshare') ? 100 * days : 0);

/** A hundredth of a percent; Tushare counts thousands of yuan in two decimals, so each day is off by up to 5.5. */
const amount =
  (days: number): ToleranceOf =>
  (pair) =>
    within(has(pair, 'tushare') ? 5.5 * days : 0, 1e-4);

/** Percents come in four decimals, from web endpoints in two. */
const percent: ToleranceOf = (pair) => within(has(pair, 'akshare') ? 0.0051 : 0.000_11);

/** Shares of the float: the same shares, divided before or after rounding. */
const turnover: ToleranceOf = (pair) => within(has(pair, 'akshare') ? 0.0051 : 0.001, 1e-3);

/** Ratios to reported figures: every source takes up a new report on a day of its own choice. */
const valuation = always(within(0.01, 0.01));

/** Numbers of shares and values that follow from them; some sources count in ten thousands. */
const size = always(within(1, 1e-4));

const bars = (days: number): Readonly<Record<string, ToleranceOf>> => ({
  open: price,
  high: price,
  low: price,
  close: price,
  pre_close: price,
  volume: volume(days),
  amount: amount(days),
  pct_chg: percent,
});

/** The one table of what agreement means, by data set and column; columns of the key are not compared. */
const TOLERANCES: Readonly<Partial<Record<DatasetId, Readonly<Record<string, ToleranceOf>>>>> = {
  daily_bars: bars(1),
  weekly_bars: bars(5),
  monthly_bars: bars(23),
  // whole lots for every source, and turnovers of a whole market
  index_bars: { ...bars(1), volume: always(within(100, 1e-4)), amount: always(within(1000, 1e-4)) },
  adj_factors: { adj_factor: always({ kind: 'ratio', relative: 1e-4 }) },
  price_limits: { pre_close: price, up_limit: price, down_limit: price },
  daily_basics: {
    turnover_rate: turnover,
    turnover_rate_free: turnover,
    volume_ratio: always(within(0.0101)),
    pe: valuation,
    pe_ttm: valuation,
    pb: valuation,
    ps: valuation,
    ps_ttm: valuation,
    pcf_ttm: valuation,
    dv_ratio: valuation,
    dv_ttm: valuation,
    total_share: size,
    float_share: size,
    free_share: size,
    total_mv: size,
    circ_mv: size,
    is_st: always({ kind: 'same' }),
  },
};

/** The data sets that sources are compared in, in the order of the catalogue. */
export const RECONCILED_IDS = (Object.keys(DATASETS) as DatasetId[]).filter((id) => TOLERANCES[id]);

/**
 * How near two sources must be in a column; undefined where they are not compared.
 * @example toleranceOf('daily_bars', 'volume', ['tushare', 'akshare']) // within 100 shares
 */
export function toleranceOf(dataset: DatasetId, column: string, pair: SourcePair): Tolerance | undefined {
  return TOLERANCES[dataset]?.[column]?.(pair);
}

/** Values that are apart by rounding alone lie this much beyond a border at most. */
const ARITHMETIC = 1e-9;

/**
 * Whether two values agree; those of `ratio` are no values of one day, see `ratiosAgree`.
 * @example agrees(10.004, 10, { kind: 'rounded', decimals: 2 }) // true
 */
export function agrees(ours: Row[string], theirs: Row[string], tolerance: Tolerance): boolean {
  if (typeof ours !== 'number' || typeof theirs !== 'number') return ours === theirs;
  switch (tolerance.kind) {
    case 'rounded':
      return roundedTo(ours, tolerance.decimals) === roundedTo(theirs, tolerance.decimals);
    case 'within':
      return isWithin(ours, theirs, tolerance.absolute, tolerance.relative);
    case 'ratio':
      return isWithin(ours, theirs, 0, tolerance.relative);
    case 'same':
      return ours === theirs;
  }
}

function isWithin(a: number, b: number, absolute: number, relative: number): boolean {
  const larger = Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(a - b) <= Math.max(absolute, relative * larger) + ARITHMETIC * Math.max(1, larger);
}

/** In units of the last decimal; the little that is added keeps 1.005 from being taken for less. */
function roundedTo(value: number, decimals: number): number {
  return Math.sign(value) * Math.round(Math.abs(value) * 10 ** decimals + 1e-6);
}
