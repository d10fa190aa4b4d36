import { readSpelling, shanghaiDay, type Symbol } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { loadMarket } from '../../../../app/market.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { unknownCodes } from './texts.ts';

/** Stocks of a task in test mode, as many as the original takes: the first of the list. */
export const TEST_STOCKS = 5;

/** Where there is no list yet: the run brings it, and these are on it. */
const OLDEST_STOCKS: readonly string[] = ['000001.SZ', '000002.SZ'];

/**
 * Stocks in every spelling that people use. A bare code is that of a stock. Before the first stock list only the form
 * is checked.
 */
export async function readCodes(deps: AppDeps, codes: readonly string[]): Promise<readonly Symbol[]> {
  const { bySymbol, aliases } = await loadMarket(deps, 'daily_bars');
  const hasList = bySymbol.size > 0;
  const symbols = new Set<Symbol>();
  const unknown: string[] = [];
  for (const code of codes) {
    const read = readSpelling(code, (one) => !hasList || bySymbol.has(one) || aliases.has(one));
    const written = 'symbol' in read && read.kind === 'stock' ? read.symbol : undefined;
    const symbol = written && ((aliases.get(written) ?? written) as Symbol);
    if (symbol === undefined || (hasList && !bySymbol.has(symbol))) unknown.push(code);
    else symbols.add(symbol);
  }
  if (unknown.length > 0) throw new DocumentedRefusal('bad_symbols', 400, unknownCodes(unknown));
  return [...symbols].toSorted();
}

/** The first listed stocks by their codes. */
export async function testStocks(deps: AppDeps): Promise<readonly string[]> {
  const today = shanghaiDay(deps.marketNow());
  const { listings } = await loadMarket(deps, 'daily_bars');
  const listed = listings
    .filter(
      ({ listDate, delistDate }) =>
        listDate !== null && listDate <= today && (delistDate === null || delistDate > today),
    )
    .map(({ symbol }) => symbol)
    .toSorted();
  return listed.length > 0 ? listed.slice(0, TEST_STOCKS) : OLDEST_STOCKS;
}
