import { FIRST_DAY, day, figure, keyDay, name, symbol, text } from './columns.ts';
import type { Dataset, Requirement } from './dataset.ts';

/** What cells of stocks are judged against. */
export const STOCK_LISTS: readonly Requirement[] = [
  { dataset: 'trade_calendar', maxAgeDays: 7 },
  { dataset: 'stock_basics', maxAgeDays: 7 },
];

/** What cells of indices are judged against. */
export const INDEX_LISTS: readonly Requirement[] = [
  { dataset: 'trade_calendar', maxAgeDays: 7 },
  { dataset: 'index_basics', maxAgeDays: 30 },
];

const AT_NINE = { finalFromMinutes: 9 * 60, settleDays: 0, due: 'same_day' } as const;

export const stockBasics: Dataset = {
  id: 'stock_basics',
  title: { en: 'Stock list', zh: '股票列表' },
  columns: [
    symbol,
    name('name', 'short name as the source writes it'),
    name('exchange', 'XSHG, XSHE or XBSE'),
    text('board', 'main, star, chinext or bse'),
    text('area', 'province or city'),
    text('industry', "industry in the source's own classification"),
    text('full_name', 'registered name'),
    text('english_name', 'registered name in English'),
    text('pinyin', 'initials of the name'),
    text('currency', 'currency of trade'),
    name('list_status', 'L listed, D delisted, P suspended listing, G approved, not yet trading'),
    day('list_date', 'first day of listing'),
    day('delist_date', 'first day after the listing ended'),
    text('connect', 'stock connect: N none, H Shanghai, S Shenzhen'),
    text('owner_type', 'kind of the controlling owner'),
  ],
  key: ['symbol'],
  kind: 'snapshot',
  cells: null,
  finality: AT_NINE,
  requires: [],
  firstDay: FIRST_DAY,
};

export const tradeCalendar: Dataset = {
  id: 'trade_calendar',
  title: { en: 'Trading calendar', zh: '交易日历' },
  columns: [
    name('exchange', 'XSHG, XSHE or XBSE'),
    keyDay('cal_date', 'calendar day'),
    { name: 'is_open', type: 'boolean', unit: '', about: 'whether the exchange trades' },
    day('prev_trade_date', 'the trading day before'),
  ],
  key: ['exchange', 'cal_date'],
  kind: 'calendar',
  cells: null,
  finality: { finalFromMinutes: 0, settleDays: 0, due: 'same_day' },
  requires: [],
  firstDay: FIRST_DAY,
};

export const indexBasics: Dataset = {
  id: 'index_basics',
  title: { en: 'Index list', zh: '指数列表' },
  columns: [
    symbol,
    name('name', 'short name'),
    name('exchange', 'exchange that publishes the quotes: XSHG, XSHE or XBSE'),
    text('full_name', 'full name'),
    text('publisher', 'who computes it'),
    text('category', "kind of index in the source's own words"),
    day('base_date', 'day of the base value'),
    figure('base_point', 'points', 4, 'base value'),
    day('list_date', 'first day of publication'),
    day('expire_date', 'first day on which it is published no more'),
  ],
  key: ['symbol'],
  kind: 'snapshot',
  cells: null,
  finality: AT_NINE,
  requires: [],
  firstDay: FIRST_DAY,
};
