import { compactDay } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import type { Instrument } from '../../world/universe.ts';
import { type Endpoint, param, type WebCall } from '../endpoint.ts';
import { type Reply } from '../reply.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';

/** Not for the asker to choose. */
const PAGE_ROWS = 20;
const LISTED_HERE = '2';

/** The list of the Beijing exchange in pages counted from 0, as a call of `null` where no callback is named. */
export function bseListEndpoint(): Endpoint {
  return {
    origin: 'bse',
    name: 'list',
    method: 'any',
    path: /^\/nqxxController\/nqxxCnzq\.do$/,
    answer,
  };
}

function answer({ request, market, plan }: WebCall): Reply {
  const size = Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS);
  const page = Math.max(0, Math.floor(Number(param(request, 'page'))) || 0);
  const code = param(request, 'xxzqdm');
  const wanted = request.params.getAll('xxfcbj[]').includes(LISTED_HERE) && !plan.empty;
  const found = (wanted ? market.listed : [])
    .filter(({ symbol }) => symbol.endsWith('.BJ') && codeOf(symbol).includes(code))
    .map((stock) => rowOf(market, stock));
  const sign = param(request, 'sorttype') === 'desc' ? -1 : 1;
  found.sort((a, b) => (a.xxzqdm < b.xxzqdm ? -sign : sign));
  const offset = page * size;
  const content = movedRows(plan.data, found, offset).slice(offset, offset + size);
  const totalPages = Math.ceil(found.length / size);
  const body = JSON.stringify([
    {
      content,
      firstPage: page === 0,
      lastPage: page >= totalPages - 1,
      number: page,
      numberOfElements: content.length,
      size,
      sort: null,
      totalElements: found.length,
      totalPages,
    },
  ]);
  const callback = param(request, 'callback') || 'null';
  return { status: 200, type: 'text/html;charset=UTF-8', body: Buffer.from(`${callback}(${body})`) };
}

function rowOf(market: WebMarket, stock: Instrument): { readonly xxzqdm: string } & Record<string, unknown> {
  const { symbol, name, listDate } = stock;
  const { lastDay } = market.market;
  const shares = market.facts.shares(symbol, lastDay);
  const cell = (column: string): string => market.cell(stock, column);
  return {
    fxssrq: compactDay(listDate),
    xxfcbj: LISTED_HERE,
    xxfxsgb: shares.float,
    xxgprq: compactDay(listDate),
    xxhyzl: cell('industry'),
    xxjsrq: compactDay(lastDay),
    xxssdq: cell('area'),
    xxywjc: cell('cnspell'),
    xxzbqs: '',
    xxzgb: shares.total,
    xxzqdm: codeOf(symbol),
    xxzqjb: 'T',
    xxzqjc: name,
    xxzrlx: 'C',
  };
}
