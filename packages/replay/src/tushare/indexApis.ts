import { parseSymbol } from '@tapekeeper/core';
import type { Facts, IndexBar, IndexFact } from '../world/facts.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi } from './listApi.ts';
import { listParam, questionOf, requiredParam } from './question.ts';

const MARKETS: Readonly<Record<string, string>> = { SH: 'SSE', SZ: 'SZSE', BJ: 'OTH' };

/** The list of one market's indices. */
export function indexBasicApi({ indices }: Facts, cap: number): TushareApi {
  const marketOf = ({ symbol }: IndexFact): string => MARKETS[symbol.slice(7)]!;
  return listApi<IndexFact>({
    name: 'index_basic',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      name: ({ name }) => name,
      fullname: ({ fullName }) => fullName,
      market: marketOf,
      publisher: ({ publisher }) => publisher,
      index_type: () => undefined,
      category: ({ category }) => category,
      base_date: ({ baseDate }) => compact(baseDate),
      base_point: ({ basePoint }) => basePoint,
      list_date: ({ listDate }) => compact(listDate),
      weight_rule: () => undefined,
      desc: () => undefined,
      exp_date: () => undefined,
    },
    hidden: ['fullname', 'index_type', 'weight_rule', 'desc', 'exp_date'],
    rows(params) {
      const symbols = listParam(params, 'ts_code');
      const markets = listParam(params, 'market') ?? (symbols === undefined ? ['SSE'] : undefined);
      return indices.filter(
        (index) =>
          (symbols?.includes(index.symbol) ?? true) &&
          (markets?.includes(marketOf(index)) ?? true) &&
          (['name', 'publisher', 'category'] as const).every(
            (filter) => listParam(params, filter)?.includes(index[filter]) ?? true,
          ),
      );
    },
  });
}

/** Bars of one index, newest first, in lots and thousands of yuan. */
export function indexDailyApi(facts: Facts, cap: number): TushareApi {
  return listApi<IndexBar & { readonly symbol: string }>({
    name: 'index_daily',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      trade_date: ({ day }) => compact(day),
      close: ({ close }) => close,
      open: ({ open }) => open,
      high: ({ high }) => high,
      low: ({ low }) => low,
      pre_close: ({ preClose }) => preClose,
      change: ({ close, preClose }) => Number((close - preClose).toFixed(4)),
      pct_chg: ({ close, preClose }) => Number(((close / preClose - 1) * 100).toFixed(4)),
      vol: ({ volume }) => volume / 100,
      amount: ({ amount }) => amount / 1000,
    },
    rows(params) {
      const symbol = parseSymbol(requiredParam(params, 'ts_code'));
      const { from, to } = questionOf(params);
      if (symbol === undefined) return [];
      return facts
        .indexBars(symbol, from, to)
        .map((bar) => ({ ...bar, symbol }))
        .reverse();
    },
    cell: ({ symbol, day }) => [symbol, day],
  });
}
