import { boardOf } from '@tapekeeper/core';
import { hashOf } from '../../world/facts/draws.ts';
import type { Instrument } from '../../world/universe.ts';
import type { Endpoint } from '../endpoint.ts';
import { json } from '../reply.ts';
import { codeOf } from '../spellings.ts';

/** CNINFO's own ids tell the code only for stocks that were listed before this year. */
const NUMBERED_SINCE = '2010';

/** The map of codes to the ids that questions about a stock must name. */
export function orgIdsEndpoint(): Endpoint {
  return {
    origin: 'cninfo',
    name: 'stocks',
    path: /^\/new\/data\/szse_stock\.json$/,
    answer({ market, plan }) {
      const stocks = plan.empty ? [] : [...market.listed, ...market.delisted];
      const stockList = stocks.map((stock) => ({
        orgId: orgIdOf(stock),
        category: 'A股',
        code: codeOf(stock.symbol),
        pinyin: market.cell(stock, 'cnspell').toLowerCase(),
        zwjc: stock.name,
      }));
      return json({ stockList });
    },
  };
}

/** @example orgIdOf(kweichow) // 'gssh0600519' */
export function orgIdOf({ symbol, listDate }: Instrument): string {
  const code = codeOf(symbol);
  if (boardOf(symbol) === 'bse') return `gfbj0${code}`;
  if (listDate >= NUMBERED_SINCE) return `99000${10_000 + (hashOf(symbol) % 90_000)}`;
  return `gs${symbol.slice(7).toLowerCase()}0${code}`;
}
