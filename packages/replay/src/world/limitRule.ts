import { boardOf, type Board, type Symbol } from '@tapekeeper/core';

/** How far a price may move from the reference price, in percent. */
const PERCENT: Readonly<Record<Board, number>> = { main: 10, star: 20, chinext: 20, bse: 30 };
/** The same on the main boards for stocks under special treatment. */
const TREATED_PERCENT = 5;

/** Trading days from the first on which a new listing has no limit. */
export const DAYS_WITHOUT_LIMIT = 5;

export function limitPercent(symbol: Symbol, isTreated: boolean): number {
  const board = boardOf(symbol) ?? 'main';
  return isTreated && board === 'main' ? TREATED_PERCENT : PERCENT[board];
}

/**
 * The price so many percent (down: negative) from the reference price, both in cents, halves rounded up; at
 * least a cent away from it.
 */
export function limitCents(reference: number, percent: number): number {
  // Hundredths of a cent, so that the product is a whole number.
  const units = Math.round(reference * 100);
  const cents = Math.floor((units * (100 + percent) + 5000) / 10_000);
  return percent > 0
    ? Math.max(cents, Math.ceil(units / 100) + 1)
    : Math.max(1, Math.min(cents, Math.floor(units / 100) - 1));
}
