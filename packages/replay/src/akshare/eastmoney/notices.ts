import { compactDay, parseDay, SHANGHAI_OFFSET_MS } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import type { AnnouncementFact } from '../../world/facts.ts';
import { countParam, type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { json, type Reply } from '../reply.ts';
import { codeOf, eastmoneyMarket, symbolOfCode } from '../spellings.ts';
import { midnight } from './labels.ts';

const PAGE_ROWS = 100;
const ALL_KINDS = '0';

/** Words in the kind of an announcement by the number that the page filters with. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  '1': ['权益分派', '补充更正'],
  '2': ['增发', '配股'],
  '3': ['风险提示'],
  '4': ['董事会', '监事会'],
  '5': ['股东大会', '日常经营'],
  '6': ['资产重组'],
  '7': ['股权变动'],
};

/** Announcements of a stretch of days, newest first, in pages. */
export function noticesEndpoint(): Endpoint {
  return {
    origin: 'emnotice',
    name: 'ann',
    path: /^\/api\/security\/ann$/,
    asked(request) {
      const begin = param(request, 'begin_time');
      return {
        symbols: codesOf(request).flatMap((code) => symbolOfCode(code) ?? []),
        day: begin === param(request, 'end_time') ? parseDay(begin) : undefined,
      };
    },
    answer,
  };
}

function answer({ request, market, plan }: WebCall): Reply {
  const codes = codesOf(request);
  const kind = param(request, 'f_node') || ALL_KINDS;
  const from = parseDay(param(request, 'begin_time'));
  const to = parseDay(param(request, 'end_time'));
  const found = (plan.empty ? [] : market.announcements(from, to))
    .filter(({ symbol }) => codes.length === 0 || codes.includes(codeOf(symbol)))
    .filter(({ type }) => kind === ALL_KINDS || KINDS[kind]?.includes(type) === true)
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  const size = countParam(request, 'page_size', 50, Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS));
  const page = countParam(request, 'page_index', 1);
  const offset = (page - 1) * size;
  const list = movedRows(plan.data, found, offset)
    .slice(offset, offset + size)
    .map(itemOf);
  return json({
    data: { list, page_index: page, page_size: size, total_hits: found.length },
    error: '',
    success: 1,
  });
}

function itemOf({ id, symbol, name, day, at, title, type }: AnnouncementFact): object {
  const moment = new Date(at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
  const market = eastmoneyMarket(symbol);
  return {
    art_code: `AN${compactDay(day)}${id.padStart(10, '0').slice(-10)}`,
    codes: [
      {
        ann_type: market === 1 ? 'A,SHA' : symbol.endsWith('.BJ') ? 'A,BJA' : 'A,SZA',
        inner_code: `1000${codeOf(symbol)}`,
        market_code: String(market),
        short_name: name,
        stock_code: codeOf(symbol),
      },
    ],
    columns: [{ column_code: '001002004001', column_name: type }],
    display_time: `${moment}:000`,
    eiTime: `${moment}:000`,
    language: '0',
    listing_state: '0',
    notice_date: midnight(day),
    product_code: '',
    sort_date: moment,
    source_type: '209',
    title,
    title_ch: title,
    title_en: '',
  };
}

function codesOf(request: WebRequest): readonly string[] {
  return param(request, 'stock_list').split(',').filter(Boolean);
}
