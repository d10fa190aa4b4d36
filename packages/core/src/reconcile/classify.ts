import type { Row } from '../dataset/dataset.ts';
import { agrees, type Tolerance } from './tolerance.ts';

/**
 * What two sources differ by.
 * `unit` a power of ten; `adjustment` one has adjusted for dividends or splits what the other has not;
 * `late` one has not caught up with a correction or with the newest day; `real` anything else.
 */
export const MISMATCH_KINDS = ['unit', 'adjustment', 'late', 'real'] as const;
export type MismatchKind = (typeof MISMATCH_KINDS)[number];

/** The two rows of a cell that differ in some columns, and what else tells why. */
export interface Disagreement {
  readonly ours: Row;
  readonly theirs: Row;
  /** Columns in which they differ. */
  readonly columns: readonly string[];
  /** Row of the trading day before, on either side. */
  readonly oursBefore: Row | undefined;
  readonly theirsBefore: Row | undefined;
  /** What our row was before it was corrected. */
  readonly former: readonly Row[];
}

export interface Verdict {
  readonly kind: MismatchKind;
  readonly detail: string;
}

/** How near to a power of ten a quotient must be, in decades: a percent up or down. */
const DECADE_NEARNESS = 0.0043;

/** Prices of one row as far as they show an adjustment; the reference price follows rules of its own. */
const PRICES = ['open', 'high', 'low', 'close'] as const;

/** Both sides are rounded to cents, so that a quotient or a difference of prices varies by one. */
const CENT = 0.0101;

/**
 * Why one column of a cell differs.
 * @example classify('volume', { ours: { volume: 100 }, theirs: { volume: 1 }, ... }, tolerance).kind // 'unit'
 */
export function classify(column: string, cell: Disagreement, tolerance: Tolerance): Verdict {
  const power = powerOfTen(cell.ours[column], cell.theirs[column]);
  if (power !== undefined) return { kind: 'unit', detail: `theirs is 10^${power} times ours` };
  if (cell.former.some((row) => isKnown(row[column]) && agreesIn(column, row, cell.theirs, tolerance))) {
    return { kind: 'late', detail: 'theirs is what ours was before a correction' };
  }
  const adjustment = adjustmentOf(column, cell);
  return adjustment === undefined ? { kind: 'real', detail: '' } : { kind: 'adjustment', detail: adjustment };
}

/**
 * The power of ten between two values, never 0; undefined where there is none.
 * @example powerOfTen(1200, 12) // -2
 */
export function powerOfTen(
  ours: Row[string] | undefined,
  theirs: Row[string] | undefined,
): number | undefined {
  if (typeof ours !== 'number' || typeof theirs !== 'number') return undefined;
  const quotient = theirs / ours;
  if (!(quotient > 0 && quotient < Infinity)) return undefined;
  const decades = Math.log10(quotient);
  const power = Math.round(decades);
  return power !== 0 && Math.abs(decades - power) < DECADE_NEARNESS ? power : undefined;
}

function agreesIn(column: string, ours: Row, theirs: Row, tolerance: Tolerance): boolean {
  return agrees(ours[column] ?? null, theirs[column] ?? null, tolerance);
}

function isKnown(value: Row[string] | undefined): boolean {
  return value !== undefined && value !== null;
}

function adjustmentOf(column: string, cell: Disagreement): string | undefined {
  if (PRICES.some((price) => price === column)) return shiftOfPrices(cell);
  if (column === 'pre_close') return shiftOfPrices(cell) ?? referenceFault(cell);
  // the change is reckoned from the reference price, so it goes wrong with it
  if (column === 'pct_chg' && cell.columns.includes('pre_close')) return adjustmentOf('pre_close', cell);
  return undefined;
}

/** All four prices off by one factor (as most sources adjust) or by one amount (as some do). */
function shiftOfPrices({ ours, theirs, columns }: Disagreement): string | undefined {
  if (!PRICES.every((price) => columns.includes(price))) return undefined;
  const pairs = PRICES.map((price) => [ours[price], theirs[price]] as const).filter(
    (pair): pair is readonly [number, number] => pair.every((value) => typeof value === 'number'),
  );
  // with one price all day, any other price is off by one factor
  if (pairs.length < PRICES.length || new Set(pairs.map(([value]) => value)).size < 2) return undefined;
  const factor = sum(pairs.map(([, value]) => value)) / sum(pairs.map(([value]) => value));
  if (factor > 0 && pairs.every(([a, b]) => Math.abs(b - a * factor) <= CENT * Math.max(1, factor))) {
    return `all prices differ by the factor ${factor.toFixed(4)}`;
  }
  const amount = sum(pairs.map(([a, b]) => b - a)) / pairs.length;
  if (pairs.every(([a, b]) => Math.abs(b - a - amount) <= CENT)) {
    return `all prices differ by ${amount.toFixed(2)} yuan`;
  }
  return undefined;
}

/** On an ex-date one side refers to the last close as it was, the other to what it is worth without the right. */
function referenceFault({ ours, theirs, oursBefore, theirsBefore }: Disagreement): string | undefined {
  const lastClose = oursBefore?.['close'] ?? theirsBefore?.['close'];
  const [mine, other] = [ours['pre_close'], theirs['pre_close']];
  if (typeof lastClose !== 'number' || typeof mine !== 'number' || typeof other !== 'number')
    return undefined;
  const isLastClose = (value: number): boolean => Math.abs(value - lastClose) < CENT / 2;
  if (isLastClose(other) && mine < other) return 'their reference price is not adjusted for the ex-date';
  if (isLastClose(mine) && other < mine) return 'our reference price is not adjusted for the ex-date';
  return undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
