import { plainDay } from '../day.ts';
import type { Column, Dataset, DatasetId } from './dataset.ts';

const symbol: Column = { name: 'symbol', type: 'text', unit: '', about: 'canonical symbol, 600000.SH' };
const tradeDate: Column = { name: 'trade_date', type: 'day', unit: '', about: 'trading day' };
const FIRST_DAY = plainDay('1990-12-19');

const text = (name: string, about: string): Column => ({
  name,
  type: 'text',
  unit: '',
  nullable: true,
  about,
});
const yuan = (name: string, decimals: number, about: string): Column => ({
  name,
  type: 'double',
  unit: 'yuan',
  decimals,
  about,
});
const figure = (name: string, unit: string, decimals: number, about: string): Column => ({
  name,
  type: 'double',
  unit,
  decimals,
  nullable: true,
  about,
});
const shares = (name: string, about: string): Column => ({
  name,
  type: 'bigint',
  unit: 'shares',
  nullable: true,
  about,
});

const LISTS = [
  { dataset: 'trade_calendar', maxAgeDays: 7 },
  { dataset: 'stock_basics', maxAgeDays: 7 },
] as const;

/** Day's rows of bars are final from 17:00 (sources publish between 15:00 and 17:00). */
const AFTER_CLOSE = { finalFromMinutes: 17 * 60, settleDays: 5 } as const;

export const DATASETS: Readonly<Record<DatasetId, Dataset>> = {
  stock_basics: {
    id: 'stock_basics',
    title: { en: 'Stock list', zh: '股票列表' },
    columns: [
      symbol,
      { ...text('name', 'short name as the source writes it'), nullable: false },
      { ...text('exchange', 'XSHG, XSHE or XBSE'), nullable: false },
      text('board', 'main, star, chinext or bse'),
      text('area', 'province or city'),
      text('industry', "industry in the source's own classification"),
      text('full_name', 'registered name'),
      text('english_name', 'registered name in English'),
      text('pinyin', 'initials of the name'),
      text('currency', 'currency of trade'),
      {
        ...text('list_status', 'L listed, D delisted, P suspended listing, G approved, not yet trading'),
        nullable: false,
      },
      { name: 'list_date', type: 'day', unit: '', nullable: true, about: 'first day of listing' },
      {
        name: 'delist_date',
        type: 'day',
        unit: '',
        nullable: true,
        about: 'first day after the listing ended',
      },
      text('connect', 'stock connect: N none, H Shanghai, S Shenzhen'),
      text('owner_type', 'kind of the controlling owner'),
    ],
    key: ['symbol'],
    kind: 'snapshot',
    finality: { finalFromMinutes: 9 * 60, settleDays: 0 },
    requires: [],
    firstDay: FIRST_DAY,
  },
  trade_calendar: {
    id: 'trade_calendar',
    title: { en: 'Trading calendar', zh: '交易日历' },
    columns: [
      { name: 'exchange', type: 'text', unit: '', about: 'XSHG, XSHE or XBSE' },
      { name: 'cal_date', type: 'day', unit: '', about: 'calendar day' },
      { name: 'is_open', type: 'boolean', unit: '', about: 'whether the exchange trades' },
      { name: 'prev_trade_date', type: 'day', unit: '', nullable: true, about: 'the trading day before' },
    ],
    key: ['exchange', 'cal_date'],
    kind: 'calendar',
    finality: { finalFromMinutes: 0, settleDays: 0 },
    requires: [],
    firstDay: FIRST_DAY,
  },
  daily_bars: {
    id: 'daily_bars',
    title: { en: 'Daily bars', zh: '日线行情' },
    columns: [
      symbol,
      tradeDate,
      yuan('open', 4, 'opening price, unadjusted'),
      yuan('high', 4, 'highest price'),
      yuan('low', 4, 'lowest price'),
      yuan('close', 4, 'closing price'),
      yuan('pre_close', 4, 'reference price of the day: the last close, adjusted on ex-dates'),
      { name: 'volume', type: 'bigint', unit: 'shares', about: 'shares traded' },
      yuan('amount', 2, 'turnover'),
      figure('pct_chg', 'percent', 4, 'change against pre_close, as the source gives it'),
    ],
    key: ['symbol', 'trade_date'],
    kind: 'grid',
    finality: AFTER_CLOSE,
    requires: LISTS,
    firstDay: FIRST_DAY,
  },
  daily_basics: {
    id: 'daily_basics',
    title: { en: 'Daily indicators', zh: '每日指标' },
    columns: [
      symbol,
      tradeDate,
      figure('turnover_rate', 'percent', 4, 'shares traded against float shares'),
      figure('turnover_rate_free', 'percent', 4, 'shares traded against free float'),
      figure('volume_ratio', 'ratio', 4, 'volume against the mean of the last five days'),
      figure('pe', 'ratio', 4, 'price to earnings; empty for a loss'),
      figure('pe_ttm', 'ratio', 6, 'price to earnings of the last twelve months'),
      figure('pb', 'ratio', 6, 'price to book'),
      figure('ps', 'ratio', 4, 'price to sales'),
      figure('ps_ttm', 'ratio', 6, 'price to sales of the last twelve months'),
      figure('pcf_ttm', 'ratio', 6, 'price to net cash flow of the last twelve months'),
      figure('dv_ratio', 'percent', 4, 'dividend yield'),
      figure('dv_ttm', 'percent', 4, 'dividend yield of the last twelve months'),
      shares('total_share', 'all shares'),
      shares('float_share', 'float shares'),
      shares('free_share', 'free-float shares'),
      figure('total_mv', 'yuan', 2, 'market value'),
      figure('circ_mv', 'yuan', 2, 'market value of the float'),
      { name: 'is_st', type: 'boolean', unit: '', nullable: true, about: 'whether under special treatment' },
    ],
    key: ['symbol', 'trade_date'],
    kind: 'grid',
    finality: AFTER_CLOSE,
    requires: LISTS,
    firstDay: FIRST_DAY,
  },
  adj_factors: {
    id: 'adj_factors',
    title: { en: 'Adjustment factors', zh: '复权因子' },
    columns: [
      symbol,
      tradeDate,
      {
        name: 'adj_factor',
        type: 'double',
        unit: 'ratio',
        decimals: 6,
        about: 'cumulative backward factor; only ratios carry meaning',
      },
    ],
    key: ['symbol', 'trade_date'],
    kind: 'grid',
    finality: AFTER_CLOSE,
    requires: LISTS,
    firstDay: FIRST_DAY,
  },
};

export const DATASET_IDS = Object.keys(DATASETS) as readonly DatasetId[];

export function isDatasetId(text: string): text is DatasetId {
  return Object.hasOwn(DATASETS, text);
}
