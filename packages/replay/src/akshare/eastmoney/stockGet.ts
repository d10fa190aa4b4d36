import type { Symbol } from '@tapekeeper/core';
import { type Endpoint, param, type WebCall } from '../endpoint.ts';
import { quoteOf } from '../quote.ts';
import { jsonText, type Reply } from '../reply.ts';
import { symbolsOfSecid } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { byNumber, fieldValue, STOCK_FIELDS } from './quoteFields.ts';

/** The quote and the basics of one stock or index. */
export function stockGetEndpoint(): Endpoint {
  return {
    origin: 'push2',
    name: 'stock',
    path: /^\/api\/qt\/stock\/get$/,
    asked: (request, market) => ({ symbols: knownSecid(market, param(request, 'secid')) }),
    answer,
  };
}

/** The one symbol that a secid stands for, or none. */
export function knownSecid(market: WebMarket, secid: string): readonly Symbol[] {
  const known = symbolsOfSecid(secid).filter(
    (symbol) => market.stock(symbol) !== undefined || market.index(symbol) !== undefined,
  );
  return known.slice(0, 1);
}

function answer(call: WebCall): Reply {
  const { request, market, plan } = call;
  const [symbol] = knownSecid(market, param(request, 'secid'));
  const quote = symbol === undefined || plan.empty ? undefined : quoteOf(call, symbol);
  if (quote === undefined) return envelope('null');
  const asDecimals = param(request, 'fltt') === '2';
  // A field that is asked for twice comes twice.
  const cells = byNumber(param(request, 'fields').split(',')).map(
    (id) => `"${id}":${JSON.stringify(fieldValue(STOCK_FIELDS, id, quote, market, asDecimals))}`,
  );
  return envelope(`{${cells.join(',')}}`);
}

function envelope(data: string): Reply {
  return jsonText(`{"rc":0,"rt":4,"svr":177542533,"lt":1,"full":1,"dlmkts":"8,10,128","data":${data}}`);
}
