import { SHANGHAI_OFFSET_MS, type Symbol } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import { countParam, type Endpoint, param, type WebCall } from '../endpoint.ts';
import { fixed, percent, rounded } from '../figures.ts';
import { type Quote, quoteOf } from '../quote.ts';
import { jsonText, type Reply } from '../reply.ts';
import { codeOf, prefixed } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';

const BASE = '^/quotes_service/api/json_v2\\.php/Market_Center\\.';
const PAGE_ROWS = 100;
const TEN_THOUSAND = 10_000;

/** Lists by name: all shares, or those of an exchange or board. */
const NODES: Readonly<Record<string, (symbol: Symbol, market: WebMarket) => boolean>> = {
  hs_a: () => true,
  sh_a: (symbol) => symbol.endsWith('.SH'),
  sz_a: (symbol) => symbol.endsWith('.SZ'),
  hs_bjs: (symbol) => symbol.endsWith('.BJ'),
  kcb: (symbol, market) => market.boardOf(symbol) === 'star',
  cyb: (symbol, market) => market.boardOf(symbol) === 'chinext',
};

type Row = Readonly<Record<string, string | number>>;

/** The number of shares of a list, and the list itself in pages. */
export function sinaListEndpoints(): readonly Endpoint[] {
  return [
    {
      origin: 'sina_list',
      name: 'count',
      path: new RegExp(`${BASE}getHQNodeStockCount$`),
      answer: (call) => jsonText(`"${quotesOf(call).length}"`),
    },
    { origin: 'sina_list', name: 'list', path: new RegExp(`${BASE}getHQNodeData$`), answer: page },
  ];
}

function page(call: WebCall): Reply {
  const { request, plan } = call;
  const size = countParam(request, 'num', 20, Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS));
  const offset = (countParam(request, 'page', 1) - 1) * size;
  const column = param(request, 'sort') || 'symbol';
  const sign = param(request, 'asc') === '0' ? -1 : 1;
  const rows = quotesOf(call).map(rowOf);
  rows.sort((a, b) => compare(a[column], b[column]) * sign);
  const shown = movedRows(plan.data, rows, offset).slice(offset, offset + size);
  // Names go out as escapes, so that the bytes are the same in any encoding.
  return jsonText(asAscii(JSON.stringify(shown)));
}

function quotesOf(call: WebCall): Quote[] {
  const { market, request, plan } = call;
  const node = param(request, 'node');
  const holds = Object.hasOwn(NODES, node) ? NODES[node] : undefined;
  if (holds === undefined || plan.empty) return [];
  return market.listed
    .filter(({ symbol }) => holds(symbol, market))
    .flatMap(({ symbol }) => quoteOf(call, symbol) ?? []);
}

/** Without trade prices are zero, and the last one is that of the day before. */
function rowOf(quote: Quote): Row {
  const { bar, preClose, shares } = quote;
  const last = bar?.close ?? preClose;
  const value = (count: number | undefined): number => rounded(((count ?? 0) * last) / TEN_THOUSAND, 6);
  return {
    symbol: prefixed(quote.symbol),
    code: codeOf(quote.symbol),
    name: quote.name,
    trade: fixed(bar?.close ?? 0, 3),
    pricechange: rounded(bar === undefined ? 0 : bar.close - preClose, 3),
    changepercent: rounded(bar === undefined ? 0 : percent(bar.close - preClose, preClose), 3),
    buy: fixed(bar?.close ?? 0, 3),
    sell: fixed(bar?.close ?? 0, 3),
    settlement: fixed(preClose, 3),
    open: fixed(bar?.open ?? 0, 3),
    high: fixed(bar?.high ?? 0, 3),
    low: fixed(bar?.low ?? 0, 3),
    volume: bar?.volume ?? 0,
    amount: rounded(bar?.amount ?? 0, 0),
    ticktime: new Date(quote.at + SHANGHAI_OFFSET_MS).toISOString().slice(11, 19),
    per: rounded(quote.pe ?? 0, 3),
    pb: rounded(quote.pb ?? 0, 3),
    mktcap: value(shares?.total),
    nmc: value(shares?.float),
    turnoverratio: rounded(bar?.turnover ?? 0, 5),
  };
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b ? -1 : 1;
}

function asAscii(text: string): string {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
