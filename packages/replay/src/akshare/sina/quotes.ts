import { SHANGHAI_OFFSET_MS, type Symbol } from '@tapekeeper/core';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { fixed } from '../figures.ts';
import { bookOf, type Level } from '../orderBook.ts';
import { type Quote, quoteOf } from '../quote.ts';
import { gbkScript, plain, type Reply } from '../reply.ts';
import { symbolOfPrefixed } from '../spellings.ts';

const NO_TRADE = '03';

/** Quotes of up to some hundred symbols, one line each; only for pages of Sina's own. */
export function sinaQuotesEndpoint(): Endpoint {
  return {
    origin: 'sina_hq',
    name: 'quotes',
    path: /^\/(list=.*)?$/,
    asked: (request) => ({ symbols: namesIn(request).flatMap((name) => symbolOfPrefixed(name) ?? []) }),
    answer,
  };
}

function answer(call: WebCall): Reply {
  const { request, plan } = call;
  if (!/^https?:\/\/([a-z0-9.-]+\.)?sina\.com\.cn(\/|$)/.test(request.header('referer')))
    return plain(403, 'Kinsoku jikou desu!');
  const lines = namesIn(request).map((name) => {
    const symbol = symbolOfPrefixed(name);
    const quote = symbol === undefined || plan.empty ? undefined : quoteOf(call, symbol);
    return `var hq_str_${name}="${quote === undefined || symbol === undefined ? '' : cellsOf(symbol, quote)}";\n`;
  });
  return gbkScript(lines.join(''), 'GB18030');
}

function cellsOf(symbol: Symbol, quote: Quote): string {
  const { bar, preClose } = quote;
  const decimals = quote.isIndex ? 4 : 3;
  const price = (value: number | undefined): string => fixed(value ?? 0, decimals);
  const { bids, asks } = bookOf(quote);
  const level = ({ price: at, shares }: Level): string => `${shares},${price(at)}`;
  const [day, time] = new Date(quote.at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).split('T');
  const cells = [
    quote.name,
    price(bar?.open),
    price(preClose),
    price(bar?.close),
    price(bar?.high),
    price(bar?.low),
    price(bids[0]!.price),
    price(asks[0]!.price),
    String(bar?.volume ?? 0),
    fixed(bar?.amount ?? 0, 3),
    ...bids.map(level),
    ...asks.map(level),
    day!,
    time!,
    bar === undefined ? NO_TRADE : '00',
  ];
  // Lines of Shanghai end with one comma more.
  return cells.join(',') + (symbol.endsWith('.SH') ? ',' : '');
}

function namesIn(request: WebRequest): readonly string[] {
  const inPath = /^\/list=(.*)$/.exec(request.path)?.[1];
  const text = inPath === undefined ? param(request, 'list') : decodeURIComponent(inPath);
  return text.split(',').filter(Boolean);
}
