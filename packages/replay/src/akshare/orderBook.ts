import { hashOf } from '../world/facts/draws.ts';
import type { Quote } from './quote.ts';

/** One price of an order book and the shares that wait there. */
export interface Level {
  readonly price: number;
  /** A multiple of 100. */
  readonly shares: number;
}

const LEVELS = 5;
const TICK = 0.01;
const MOST_LOTS = 900;

/**
 * Five levels to either side of the last price, the best first; the same for the same quote. Empty
 * levels, with price 0, where there is no trade, on an index, and beyond a limit.
 */
export function bookOf(quote: Quote): { readonly bids: readonly Level[]; readonly asks: readonly Level[] } {
  const { bar, isIndex, limits } = quote;
  const side = (step: (index: number) => number): Level[] =>
    Array.from({ length: LEVELS }, (_, index) => {
      const price = (bar?.close ?? 0) + step(index) * TICK;
      const beyond =
        price <= 0 || price > (limits?.up ?? Infinity) + TICK / 2 || price < (limits?.down ?? 0) - TICK / 2;
      if (bar === undefined || isIndex || beyond) return { price: 0, shares: 0 };
      const lots = 1 + (hashOf(`${quote.symbol}|${quote.at}|${step(index)}`) % MOST_LOTS);
      return { price, shares: lots * 100 };
    });
  return { bids: side((index) => -index), asks: side((index) => index + 1) };
}
