import { boardOf, exchangeOf, parseSymbol, type Row } from '@tapekeeper/core';
import { readDay, readFlag, readNumber, readText } from '../cell.ts';
import { field, type TushareApi } from './api.ts';

/** The symbol of a row, which the reader has made canonical before. */
function symbolIn(row: Row) {
  return parseSymbol(String(row.symbol));
}

export const stockBasic: TushareApi = {
  api: 'stock_basic',
  dataset: 'stock_basics',
  pageRows: 6000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('name', readText),
    field('exchange', readText),
    field('area', readText),
    field('industry', readText),
    field('fullname', readText, 'full_name'),
    field('enname', readText, 'english_name'),
    field('cnspell', readText, 'pinyin'),
    field('curr_type', readText, 'currency'),
    field('list_status', readText),
    field('list_date', readDay),
    // The day of removal from the exchange: the first one on which the stock is listed no more.
    field('delist_date', readDay),
    field('is_hs', readText, 'connect'),
    field('act_ent_type', readText, 'owner_type'),
  ],
  derived: ['board'],
  complete(row) {
    const symbol = symbolIn(row);
    const board = symbol === undefined ? undefined : boardOf(symbol);
    return { kind: 'row', row: { ...row, board: board ?? null } };
  },
};

export const tradeCal: TushareApi = {
  api: 'trade_cal',
  dataset: 'trade_calendar',
  // A whole calendar since 1990 has about 13,000 days.
  pageRows: 10_000,
  fields: [
    field('exchange', readText),
    field('cal_date', readDay),
    field('is_open', readFlag),
    field('pretrade_date', readDay, 'prev_trade_date'),
  ],
};

/** Indices of other publishers have spellings of their own, and no quotes on the exchanges. */
export const indexBasic: TushareApi = {
  api: 'index_basic',
  dataset: 'index_basics',
  pageRows: 8000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('name', readText),
    field('fullname', readText, 'full_name'),
    field('publisher', readText),
    field('category', readText),
    field('base_date', readDay),
    field('base_point', readNumber),
    field('list_date', readDay),
    field('exp_date', readDay, 'expire_date'),
  ],
  passesOver: 'other_than_symbols',
  derived: ['exchange'],
  complete(row) {
    const symbol = symbolIn(row);
    return symbol === undefined
      ? { kind: 'left_out' }
      : { kind: 'row', row: { ...row, exchange: exchangeOf(symbol) } };
  },
};
