import { boardOf, type PlainDay, type Symbol } from '@tapekeeper/core';
import { multiply } from '../world/decimal.ts';
import type { FactorSteps } from '../world/factorSteps.ts';
import type { DataFault } from './fault.ts';

/**
 * What faults of the data make of rows. All functions are pure, take `FaultPlan.data`, and give back
 * what went in (a factor of 1) where no fault concerns the row. A server leaves out the rows that
 * `hasRow` denies, writes prices, volumes and amounts times their factor (`scaledText` for cells that
 * are texts), reads factors through `publishedSteps`, and cuts its pages out of `movedRows`.
 */
type Faults = readonly DataFault[];

/** What a row's prices are to be multiplied by: open, high, low, close and the reference price. */
export function priceFactor(faults: Faults, symbol: string, day: string): number {
  return product(faults, (fault) => {
    if (fault.kind === 'changed_history' && fault.day === day) return fault.factor;
    return scaleOf(fault, 'price', symbol);
  });
}

export function volumeFactor(faults: Faults, symbol: string): number {
  return product(faults, (fault) => scaleOf(fault, 'volume', symbol));
}

/** A slip of units leaves the amount alone; a correction moves it with the prices. */
export function amountFactor(faults: Faults, day: string): number {
  return product(faults, (fault) =>
    fault.kind === 'changed_history' && fault.day === day ? fault.factor : 1,
  );
}

/** Whether a half-published day has the row; the same symbols each time. */
export function hasRow(faults: Faults, symbol: string, day: string): boolean {
  return faults.every(
    (fault) =>
      fault.kind !== 'half_day' ||
      (fault.day !== undefined && fault.day !== day) ||
      shareOf(symbol) < fault.share,
  );
}

/** Factors as far as they are published: steps of late ex-dates are left out. */
export function publishedSteps(faults: Faults, steps: FactorSteps): FactorSteps {
  const late = new Set<string>(faults.flatMap((fault) => (fault.kind === 'late_factor' ? [fault.day] : [])));
  if (!steps.days.some((day) => late.has(day))) return steps;
  const kept = steps.days.map((day, index) => ({ day, text: steps.texts[index]! }));
  const published = kept.filter(({ day }) => !late.has(day));
  return { days: published.map(({ day }): PlainDay => day), texts: published.map(({ text }) => text) };
}

/**
 * The list as it stands when a page is asked for: from the second page on its first rows have gone to
 * the end, so that the pages together have rows twice and lack as many.
 * @param offset rows before the page
 */
export function movedRows<T>(faults: Faults, rows: readonly T[], offset: number): readonly T[] {
  const moved = faults.find((fault) => fault.kind === 'moved_pages');
  if (moved === undefined || offset === 0) return rows;
  const by = Math.min(moved.rows ?? 1, rows.length);
  return [...rows.slice(by), ...rows.slice(0, by)];
}

/**
 * A decimal text times a factor, with no more decimals than it had, but for those that the factor needs.
 * @example scaledText('12.34', 100) // '1234.00'
 */
export function scaledText(text: string, factor: number): string {
  return factor === 1 ? text : multiply(text, String(factor), decimalsOf(text) + decimalsOf(String(factor)));
}

function scaleOf(fault: DataFault, field: 'price' | 'volume', symbol: string): number {
  if (fault.kind !== 'scale' || fault.field !== field) return 1;
  return fault.board === undefined || fault.board === boardOf(symbol as Symbol) ? fault.factor : 1;
}

function product(faults: Faults, factorOf: (fault: DataFault) => number): number {
  return faults.reduce((factor, fault) => factor * factorOf(fault), 1);
}

/** A number in [0, 1) that a symbol always has. */
function shareOf(symbol: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < symbol.length; index += 1) {
    hash = Math.imul(hash ^ symbol.charCodeAt(index), 0x01000193);
  }
  // The low bits of this hash are the even ones.
  return ((hash ^ (hash >>> 15)) & 0xffff) / 0x10000;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}
