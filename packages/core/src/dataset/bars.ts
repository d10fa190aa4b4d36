import { plainDay } from '../day.ts';
import { FIRST_DAY, figure, instant, symbol, tradeDate, volume, yuan } from './columns.ts';
import type { CellGrid, Column, Dataset, DatasetId } from './dataset.ts';
import { INDEX_LISTS, STOCK_LISTS } from './lists.ts';

/** Day's rows of bars are final from 17:00 (sources publish between 15:00 and 17:00). */
export const AFTER_CLOSE = { finalFromMinutes: 17 * 60, settleDays: 5, due: 'same_day' } as const;

export const STOCK_DAYS: CellGrid = { universe: 'stocks', scale: 'trading_days' };

const figuresOfBar: readonly Column[] = [
  yuan('open', 4, 'opening price, unadjusted'),
  yuan('high', 4, 'highest price'),
  yuan('low', 4, 'lowest price'),
  yuan('close', 4, 'closing price'),
];

const change = figure('pct_chg', 'percent', 4, 'change against pre_close, as the source gives it');

export const dailyBars: Dataset = {
  id: 'daily_bars',
  title: { en: 'Daily bars', zh: '日线行情' },
  columns: [
    symbol,
    tradeDate,
    ...figuresOfBar,
    yuan('pre_close', 4, 'reference price of the day: the last close, adjusted on ex-dates'),
    volume,
    yuan('amount', 2, 'turnover'),
    change,
  ],
  key: ['symbol', 'trade_date'],
  kind: 'grid',
  cells: STOCK_DAYS,
  finality: AFTER_CLOSE,
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

/** Bars over a span: open of the first day, close of the last, extremes and sums over all. */
function spanBars(id: DatasetId, en: string, zh: string, span: string): Dataset {
  return {
    ...dailyBars,
    id,
    title: { en, zh },
    columns: [
      symbol,
      { ...tradeDate, about: `last trading day of the ${span} that has a bar` },
      ...figuresOfBar,
      { ...yuan('pre_close', 4, `close of the ${span} before`), nullable: true },
      volume,
      yuan('amount', 2, 'turnover'),
      figure('pct_chg', 'percent', 4, 'product of the changes of its days'),
    ],
    derivedFrom: 'daily_bars',
  };
}

export const weeklyBars = spanBars('weekly_bars', 'Weekly bars', '周线行情', 'week');
export const monthlyBars = spanBars('monthly_bars', 'Monthly bars', '月线行情', 'month');

export const minuteBars: Dataset = {
  id: 'minute_bars',
  title: { en: 'Five-minute bars', zh: '五分钟线' },
  columns: [
    symbol,
    tradeDate,
    instant('bar_time', 'end of the five minutes'),
    ...figuresOfBar,
    volume,
    yuan('amount', 2, 'turnover'),
  ],
  key: ['symbol', 'trade_date', 'bar_time'],
  kind: 'intraday',
  cells: STOCK_DAYS,
  finality: AFTER_CLOSE,
  requires: STOCK_LISTS,
  firstDay: plainDay('2011-01-04'),
};

export const indexBars: Dataset = {
  id: 'index_bars',
  title: { en: 'Index bars', zh: '指数日线' },
  columns: [
    symbol,
    tradeDate,
    ...['open', 'high', 'low', 'close'].map((each): Column => ({
      name: each,
      type: 'double',
      unit: 'points',
      decimals: 4,
      about: `${each} value`,
    })),
    figure('pre_close', 'points', 4, 'last close'),
    { ...volume, nullable: true, about: 'shares of its members traded' },
    figure('amount', 'yuan', 2, 'turnover of its members'),
    change,
  ],
  key: ['symbol', 'trade_date'],
  kind: 'grid',
  cells: { universe: 'indices', scale: 'trading_days' },
  finality: AFTER_CLOSE,
  requires: INDEX_LISTS,
  firstDay: FIRST_DAY,
};
