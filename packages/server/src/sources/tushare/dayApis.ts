import { readDay, readNumber, readText } from '../cell.ts';
import {
  field,
  lotsToShares,
  tenThousandsToShares,
  tenThousandsToYuan,
  thousandsToYuan,
  type TushareApi,
} from './api.ts';

/** Interfaces with one row for a symbol and a trading day. */

const grid = [field('ts_code', readText, 'symbol'), field('trade_date', readDay)];

const bar = [
  ...grid,
  field('open', readNumber),
  field('high', readNumber),
  field('low', readNumber),
  field('close', readNumber),
  field('pre_close', readNumber),
  field('vol', lotsToShares, 'volume'),
  field('amount', thousandsToYuan),
];

export const daily: TushareApi = {
  api: 'daily',
  dataset: 'daily_bars',
  pageRows: 6000,
  fields: [...bar, field('pct_chg', readNumber)],
};

/** Without the change, which comes as a fraction that leaves ex-dates out of account. */
export const weekly: TushareApi = { api: 'weekly', dataset: 'weekly_bars', pageRows: 6000, fields: bar };
export const monthly: TushareApi = { api: 'monthly', dataset: 'monthly_bars', pageRows: 4500, fields: bar };

export const indexDaily: TushareApi = {
  api: 'index_daily',
  dataset: 'index_bars',
  pageRows: 8000,
  fields: [...bar, field('pct_chg', readNumber)],
};

export const dailyBasic: TushareApi = {
  api: 'daily_basic',
  dataset: 'daily_basics',
  pageRows: 6000,
  fields: [
    ...grid,
    field('turnover_rate', readNumber),
    field('turnover_rate_f', readNumber, 'turnover_rate_free'),
    field('volume_ratio', readNumber),
    field('pe', readNumber),
    field('pe_ttm', readNumber),
    field('pb', readNumber),
    field('ps', readNumber),
    field('ps_ttm', readNumber),
    field('dv_ratio', readNumber),
    field('dv_ttm', readNumber),
    field('total_share', tenThousandsToShares),
    field('float_share', tenThousandsToShares),
    field('free_share', tenThousandsToShares),
    field('total_mv', tenThousandsToYuan),
    field('circ_mv', tenThousandsToYuan),
  ],
};

export const adjFactor: TushareApi = {
  api: 'adj_factor',
  dataset: 'adj_factors',
  pageRows: 6000,
  fields: [...grid, field('adj_factor', readNumber)],
};

/** Funds and B shares have limits too, and come in the same answer. */
export const stkLimit: TushareApi = {
  api: 'stk_limit',
  dataset: 'price_limits',
  pageRows: 5800,
  fields: [
    ...grid,
    field('pre_close', readNumber),
    field('up_limit', readNumber),
    field('down_limit', readNumber),
  ],
  passesOver: 'other_than_shares',
};
