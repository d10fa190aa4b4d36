import { AFTER_CLOSE, STOCK_DAYS } from './bars.ts';
import { FIRST_DAY, figure, instant, shares, symbol, tradeDate, volume, yuan } from './columns.ts';
import type { Dataset } from './dataset.ts';
import { STOCK_LISTS } from './lists.ts';

export const dailyBasics: Dataset = {
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
  cells: STOCK_DAYS,
  finality: AFTER_CLOSE,
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

export const adjFactors: Dataset = {
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
  cells: STOCK_DAYS,
  finality: AFTER_CLOSE,
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

export const priceLimits: Dataset = {
  id: 'price_limits',
  title: { en: 'Price limits', zh: '涨跌停价' },
  columns: [
    symbol,
    tradeDate,
    figure('pre_close', 'yuan', 4, 'reference price that the limits are reckoned from'),
    yuan('up_limit', 4, 'highest price allowed'),
    yuan('down_limit', 4, 'lowest price allowed'),
  ],
  key: ['symbol', 'trade_date'],
  kind: 'grid',
  cells: STOCK_DAYS,
  finality: { finalFromMinutes: 9 * 60 + 15, settleDays: 1, due: 'same_day' },
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

export const quotes: Dataset = {
  id: 'quotes',
  title: { en: 'Quotes', zh: '实时行情' },
  columns: [
    symbol,
    tradeDate,
    instant('quoted_at', 'when the source gave the quote'),
    yuan('last', 4, 'last price'),
    figure('open', 'yuan', 4, 'opening price'),
    figure('high', 'yuan', 4, 'highest price so far'),
    figure('low', 'yuan', 4, 'lowest price so far'),
    yuan('pre_close', 4, 'reference price of the day'),
    volume,
    yuan('amount', 2, 'turnover so far'),
    figure('pct_chg', 'percent', 4, 'change against pre_close'),
    figure('turnover_rate', 'percent', 4, 'shares traded against float shares'),
    figure('pe', 'ratio', 4, 'price to earnings as the source reckons it'),
    figure('pb', 'ratio', 4, 'price to book'),
    figure('total_mv', 'yuan', 2, 'market value'),
    figure('circ_mv', 'yuan', 2, 'market value of the float'),
    figure('up_limit', 'yuan', 4, 'highest price allowed'),
    figure('down_limit', 'yuan', 4, 'lowest price allowed'),
  ],
  key: ['symbol', 'trade_date'],
  kind: 'intraday',
  cells: null,
  finality: { ...AFTER_CLOSE, settleDays: 0 },
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};
