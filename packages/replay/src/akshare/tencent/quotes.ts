import { SHANGHAI_OFFSET_MS, type Symbol } from '@tapekeeper/core';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { fixed, lots, percent } from '../figures.ts';
import { bookOf, type Level } from '../orderBook.ts';
import { type Quote, quoteOf } from '../quote.ts';
import { gbkScript, type Reply } from '../reply.ts';
import { codeOf, symbolOfPrefixed } from '../spellings.ts';
import { countsInShares } from './volumes.ts';

/** Cells of a line; most of those behind the 53rd are of no known use and stay empty. */
const CELLS = 88;
const MARKETS: Readonly<Record<string, string>> = { SH: '1', SZ: '51', BJ: '62' };
const HUNDRED_MILLION = 1e8;

/** Quotes of many symbols, one line of cells between tildes each. */
export function tencentQuotesEndpoint(): Endpoint {
  return {
    origin: 'tencent',
    name: 'quotes',
    path: /^\/(q=.*)?$/,
    asked: (request) => ({ symbols: namesIn(request).flatMap((name) => symbolOfPrefixed(name) ?? []) }),
    answer,
  };
}

function answer(call: WebCall): Reply {
  const { request, market, plan } = call;
  const lines = namesIn(request).flatMap((name) => {
    const symbol = symbolOfPrefixed(name);
    const quote = symbol === undefined || plan.empty ? undefined : quoteOf(call, symbol);
    if (symbol === undefined || quote === undefined) return [];
    const unit = countsInShares(market, symbol) ? Math.round : lots;
    return [`v_${name}="${cellsOf(symbol, quote, unit).join('~')}";\n`];
  });
  return gbkScript(lines.length === 0 ? 'v_pv_none_match="1";\n' : lines.join(''));
}

function cellsOf(symbol: Symbol, quote: Quote, unit: (shares: number) => number): string[] {
  const { bar, preClose, shares, limits } = quote;
  const price = (value: number | undefined): string => fixed(value ?? 0, 2);
  const last = bar?.close ?? preClose;
  const volume = String(unit(bar?.volume ?? 0));
  const value = (count: number | undefined): string =>
    count === undefined ? '' : fixed((count * last) / HUNDRED_MILLION, 2);
  const { bids, asks } = bookOf(quote);
  const level = ({ price: at, shares: count }: Level): string[] => [price(at), String(lots(count))];
  const amount = bar?.amount ?? 0;
  const cells = new Map<number, string>([
    [0, MARKETS[symbol.slice(7)] ?? ''],
    [1, quote.name],
    [2, codeOf(symbol)],
    [3, price(last)],
    [4, price(preClose)],
    [5, price(bar?.open)],
    [6, volume],
    [7, String(Math.ceil(Number(volume) / 2))],
    [8, String(Math.floor(Number(volume) / 2))],
    [30, new Date(quote.at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replaceAll(/\D/g, '')],
    [31, price(last - preClose)],
    [32, price(percent(last - preClose, preClose))],
    [33, price(bar?.high)],
    [34, price(bar?.low)],
    [35, `${price(last)}/${volume}/${fixed(amount, 0)}`],
    [36, volume],
    [37, fixed(amount / 10_000, 0)],
    [38, bar?.turnover === undefined ? '' : price(bar.turnover)],
    [39, quote.pe === undefined ? '' : price(quote.pe)],
    [41, price(bar?.high)],
    [42, price(bar?.low)],
    [43, price(bar === undefined ? 0 : percent(bar.high - bar.low, preClose))],
    [44, value(shares?.float)],
    [45, value(shares?.total)],
    [46, quote.pb === undefined ? '' : price(quote.pb)],
    [47, limits === undefined ? '-1' : price(limits.up)],
    [48, limits === undefined ? '-1' : price(limits.down)],
    [49, quote.volumeRatio === undefined ? '' : price(quote.volumeRatio)],
    [51, bar === undefined || bar.volume === 0 ? '' : price(amount / bar.volume)],
    [57, fixed(amount / 10_000, 4)],
    [61, quote.isIndex ? 'ZS' : 'GP-A'],
    [72, shares === undefined ? '' : String(shares.float)],
    [73, shares === undefined ? '' : String(shares.total)],
    [82, 'CNY'],
  ]);
  [...bids, ...asks].flatMap(level).forEach((text, index) => cells.set(9 + index, text));
  return Array.from({ length: CELLS }, (_, index) => cells.get(index) ?? '');
}

function namesIn(request: WebRequest): readonly string[] {
  const inPath = /^\/q=(.*)$/.exec(request.path)?.[1];
  const text = inPath === undefined ? param(request, 'q') : decodeURIComponent(inPath);
  return text.split(',').filter(Boolean);
}
