import type { Symbol } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import { countParam, type Endpoint, param, type WebCall } from '../endpoint.ts';
import { type Quote, quoteDay, quoteOf } from '../quote.ts';
import { jsonText, type Reply } from '../reply.ts';
import { eastmoneyMarket } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { byNumber, type FieldValue, fieldValue, LIST_FIELDS, MISSING } from './quoteFields.ts';

/** Whatever page size is asked for. */
const PAGE_ROWS = 100;

/** How the list's filter sees an instrument: exchange, type, and marks of which one may be asked for. */
interface Class {
  readonly m: number;
  readonly t: readonly number[];
  readonly s: readonly number[];
}

const STOCK_CLASSES = { main: 2, star: 23, chinext: 80, bse: 81 } as const;
const SHENZHEN_MAIN = 6;
const BEIJING_MARK = 2048;

/** The list of quotes of a market, in pages. */
export function clistEndpoint(): Endpoint {
  return {
    origin: 'push2',
    name: 'clist',
    path: /^\/api\/qt\/clist\/get$/,
    answer,
  };
}

function answer(call: WebCall): Reply {
  const { request, market, plan } = call;
  const size = countParam(request, 'pz', 20, Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS));
  const offset = (countParam(request, 'pn', 1) - 1) * size;
  const fields = byNumber([...new Set(param(request, 'fields').split(','))]);
  const asDecimals = param(request, 'fltt') === '2';
  const found = plan.empty ? [] : sorted(call, filtered(call, param(request, 'fs')));
  const rows = movedRows(plan.data, found, offset).slice(offset, offset + size);
  if (rows.length === 0) return envelope('null');
  const items = rows.map((quote) => {
    const cells = fields.map((id) => [id, fieldValue(LIST_FIELDS, id, quote, market, asDecimals)] as const);
    return JSON.stringify(Object.fromEntries(cells));
  });
  const diff =
    param(request, 'np') === '1'
      ? `[${items.join(',')}]`
      : `{${items.map((item, index) => `"${index}":${item}`).join(',')}}`;
  return envelope(`{"total":${found.length},"diff":${diff}}`);
}

function envelope(data: string): Reply {
  return jsonText(`{"rc":0,"rt":6,"svr":181669437,"lt":1,"full":1,"data":${data}}`);
}

/** Instruments of any of the comma's alternatives, each of which is terms like `m:0 t:6`, all to be met. */
function filtered(call: WebCall, filter: string): Quote[] {
  const alternatives = filter.split(',').map((alternative) => alternative.split(/[ +]+/).filter(Boolean));
  const { market } = call;
  const symbols: Symbol[] = [...market.listed, ...market.facts.indices].map(({ symbol }) => symbol);
  const { day } = quoteDay(call);
  return symbols.flatMap((symbol) => {
    const kind = classOf(market, symbol);
    if (!alternatives.some((terms) => terms.length > 0 && terms.every((term) => meets(kind, term))))
      return [];
    const quote = quoteOf(call, symbol);
    return quote === undefined || quote.day !== day ? [] : [quote];
  });
}

function classOf(market: WebMarket, symbol: Symbol): Class {
  const m = eastmoneyMarket(symbol);
  if (market.index(symbol) !== undefined) {
    return m === 1 ? { m, t: [1], s: [2, 3] } : { m, t: m === 0 ? [5] : [], s: [] };
  }
  const board = market.boardOf(symbol);
  if (board === 'main' && m === 0) return { m, t: [SHENZHEN_MAIN], s: [] };
  return { m, t: [STOCK_CLASSES[board]], s: board === 'bse' ? [BEIJING_MARK] : [] };
}

/** Marks that exclude (`f:!50`) leave everything in; sets by name (`b:MK0010`) hold nothing here. */
function meets(kind: Class, term: string): boolean {
  const [key = '', value = ''] = term.split(':');
  if (key === 'm') return kind.m === Number(value);
  if (key === 't') return kind.t.includes(Number(value));
  if (key === 's') return kind.s.includes(Number(value));
  return key === 'f';
}

/** By the field asked for, falling where `po` is 1; rows without a value come last. */
function sorted(call: WebCall, quotes: readonly Quote[]): Quote[] {
  const { request, market } = call;
  const id = param(request, 'fid') || 'f3';
  const sign = param(request, 'po') === '0' ? 1 : -1;
  const keyed = quotes.map((quote) => ({ quote, key: fieldValue(LIST_FIELDS, id, quote, market, true) }));
  return keyed.sort((a, b) => order(a.key, b.key, sign)).map(({ quote }) => quote);
}

function order(a: FieldValue, b: FieldValue, sign: number): number {
  if (a === b) return 0;
  if (a === MISSING) return 1;
  if (b === MISSING) return -1;
  return a < b ? -sign : sign;
}
