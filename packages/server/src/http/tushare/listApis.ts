import type { Row } from '@tapekeeper/core';
import type { RowFilter } from '../../ports/dataReader.ts';
import { dayOf, numberOf, storedApi, textOf, type BackApi, type Cell } from './api.ts';
import { anyOf, listParam, textParam, withinDays, type Params } from './params.ts';

/** Lists of stocks, indices and days. */

const EXCHANGES = new Map([
  ['XSHG', 'SSE'],
  ['XSHE', 'SZSE'],
  ['XBSE', 'BSE'],
]);

const BOARDS = new Map([
  ['main', '主板'],
  ['chinext', '创业板'],
  ['star', '科创板'],
  ['bse', '北交所'],
]);

/** The word of Tushare for one of ours. */
function worded(words: ReadonlyMap<string, string>, column: string): (row: Row) => Cell {
  return (row) => words.get(String(row[column])) ?? null;
}

/** Rows whose column has one of the words; a word that is not known fits no row. */
function byWord(
  params: Params,
  name: string,
  words: ReadonlyMap<string, string>,
  column: string,
): RowFilter[] {
  const asked = listParam(params, name);
  if (asked === undefined) return [];
  return [{ column, anyOf: [...words].flatMap(([ours, theirs]) => (asked.includes(theirs) ? [ours] : [])) }];
}

const stockBasic = storedApi({
  name: 'stock_basic',
  cap: 6000,
  dataset: 'stock_basics',
  columns: {
    ts_code: textOf('symbol'),
    symbol: (row) => String(row['symbol']).slice(0, 6),
    name: textOf('name'),
    area: textOf('area'),
    industry: textOf('industry'),
    fullname: textOf('full_name'),
    enname: textOf('english_name'),
    cnspell: textOf('pinyin'),
    market: worded(BOARDS, 'board'),
    exchange: worded(EXCHANGES, 'exchange'),
    curr_type: textOf('currency'),
    list_status: textOf('list_status'),
    list_date: dayOf('list_date'),
    delist_date: dayOf('delist_date'),
    is_hs: textOf('connect'),
    act_name: () => null,
    act_ent_type: textOf('owner_type'),
  },
  hidden: ['fullname', 'enname', 'exchange', 'curr_type', 'list_status', 'delist_date', 'is_hs'],
  filters: (params) => [
    { column: 'list_status', anyOf: listParam(params, 'list_status') ?? ['L'] },
    ...anyOf(params, 'ts_code', 'symbol'),
    ...anyOf(params, 'name'),
    ...anyOf(params, 'is_hs', 'connect'),
    ...byWord(params, 'exchange', EXCHANGES, 'exchange'),
    ...byWord(params, 'market', BOARDS, 'board'),
  ],
});

/** One exchange at a time, Shanghai where none is named. */
const tradeCal = storedApi({
  name: 'trade_cal',
  cap: 10_000,
  dataset: 'trade_calendar',
  newest: 'cal_date',
  columns: {
    exchange: worded(EXCHANGES, 'exchange'),
    cal_date: dayOf('cal_date'),
    is_open: (row) => (row['is_open'] === true ? 1 : 0),
    pretrade_date: dayOf('prev_trade_date'),
  },
  filters(params) {
    const open = textParam(params, 'is_open');
    return [
      ...byWord({ exchange: textParam(params, 'exchange') || 'SSE' }, 'exchange', EXCHANGES, 'exchange'),
      ...withinDays(params, 'cal_date'),
      ...(open === '' ? [] : [{ column: 'is_open', anyOf: [open === '1' ? 'true' : 'false'] }]),
    ];
  },
});

/** The indices of one market, Shanghai where neither market nor index is named. */
const indexBasic = storedApi({
  name: 'index_basic',
  cap: 8000,
  dataset: 'index_basics',
  columns: {
    ts_code: textOf('symbol'),
    name: textOf('name'),
    fullname: textOf('full_name'),
    market: worded(EXCHANGES, 'exchange'),
    publisher: textOf('publisher'),
    index_type: () => null,
    category: textOf('category'),
    base_date: dayOf('base_date'),
    base_point: numberOf('base_point'),
    list_date: dayOf('list_date'),
    weight_rule: () => null,
    desc: () => null,
    exp_date: dayOf('expire_date'),
  },
  hidden: ['fullname', 'index_type', 'weight_rule', 'desc', 'exp_date'],
  filters(params) {
    const market = textParam(params, 'market') || (textParam(params, 'ts_code') === '' ? 'SSE' : '');
    return [
      ...anyOf(params, 'ts_code', 'symbol'),
      ...byWord({ market }, 'market', EXCHANGES, 'exchange'),
      ...anyOf(params, 'name'),
      ...anyOf(params, 'publisher'),
      ...anyOf(params, 'category'),
    ];
  },
});

export const LIST_APIS: readonly BackApi[] = [stockBasic, tradeCal, indexBasic];
