import type { Symbol } from '@tapekeeper/core';
import type { WebMarket } from '../webMarket.ts';

/** Tencent counts lots of 100 shares, but for the STAR market and for indices, where it counts shares. */
export function countsInShares(market: WebMarket, symbol: Symbol): boolean {
  return market.index(symbol) !== undefined || market.boardOf(symbol) === 'star';
}
