import type { CallShape, Capability, DatasetId } from '@tapekeeper/core';
import { ADJUST_FACTOR_COLUMNS } from './adjustFactors.ts';
import { BAR_COLUMNS, BASICS_COLUMNS } from './klines.ts';
import { PAGE_ROWS } from './session.ts';
import { STOCK_LIST_COLUMNS } from './stockList.ts';
import { TRADE_DATES_COLUMNS } from './tradeDates.ts';

/** BaoStock knows no stock of Beijing. */
const STOCK_EXCHANGES = ['XSHG', 'XSHE'];

function capability(
  dataset: DatasetId,
  api: string,
  shape: CallShape,
  columns: readonly string[],
  rest: Partial<Pick<Capability, 'byproducts' | 'exchanges'>> = {},
): Capability {
  return {
    dataset,
    api,
    shapes: [shape],
    columns,
    pageRows: PAGE_ROWS,
    byproducts: [],
    exchanges: STOCK_EXCHANGES,
    ...rest,
  };
}

/** What BaoStock can give: lists at once, days by symbol only. One call gives bars and indicators together. */
export const BAOSTOCK_CAPABILITIES: readonly Capability[] = [
  capability('stock_basics', 'query_stock_basic', 'all', STOCK_LIST_COLUMNS),
  capability('trade_calendar', 'query_trade_dates', 'all', TRADE_DATES_COLUMNS, {
    exchanges: ['XSHG', 'XSHE', 'XBSE'],
  }),
  capability('daily_bars', 'query_history_k_data_plus', 'symbol', BAR_COLUMNS, {
    byproducts: ['daily_basics'],
  }),
  capability('daily_basics', 'query_history_k_data_plus', 'symbol', BASICS_COLUMNS, {
    byproducts: ['daily_bars'],
  }),
  capability('adj_factors', 'query_adjust_factor', 'symbol', ADJUST_FACTOR_COLUMNS),
];
