import type { PlainDay, Row, Symbol } from '@tapekeeper/core';

/** A day on which a factor changed, and what it has been since; undefined where that cannot be read. */
export type FactorChange = readonly [day: PlainDay, factor: number | undefined];

/**
 * Each day with the factor of the last change up to it; 1 before the first. Days whose factor cannot be
 * read have no row.
 * @param changes ascending
 */
export function factorDays(
  symbol: Symbol,
  changes: readonly FactorChange[],
  days: readonly PlainDay[],
): readonly Row[] {
  const rows: Row[] = [];
  let next = 0;
  let factor: number | undefined = 1;
  for (const day of days) {
    for (let change = changes[next]; change !== undefined && change[0] <= day; change = changes[next]) {
      factor = change[1];
      next += 1;
    }
    if (factor !== undefined) rows.push({ symbol, trade_date: day, adj_factor: factor });
  }
  return rows;
}
