import { BARS_A_SESSION, type CallShape, type Capability, type DatasetId } from '@tapekeeper/core';
import { ADJUST_FACTOR_COLUMNS } from './adjustFactors.ts';
import { seriesColumns } from './barSeries.ts';
import { DIVIDEND_COLUMNS } from './dividends.ts';
import { FINANCIAL_COLUMNS, REPORT_INTERFACES } from './financials.ts';
import { INDEX_LIST_COLUMNS } from './indexList.ts';
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
  rest: Partial<Capability> = {},
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

const K_LINES = 'query_history_k_data_plus';

/**
 * What BaoStock can give: lists at once, all else by symbol only. One call gives bars and indicators
 * together; a quarter's figures take six, and dividends one for each year in which they are announced.
 */
export const BAOSTOCK_CAPABILITIES: readonly Capability[] = [
  capability('stock_basics', 'query_stock_basic', 'all', STOCK_LIST_COLUMNS),
  capability('trade_calendar', 'query_trade_dates', 'all', TRADE_DATES_COLUMNS, {
    exchanges: ['XSHG', 'XSHE', 'XBSE'],
  }),
  capability('daily_bars', K_LINES, 'symbol', BAR_COLUMNS, {
    byproducts: ['daily_basics'],
  }),
  capability('daily_basics', K_LINES, 'symbol', BASICS_COLUMNS, {
    byproducts: ['daily_bars'],
  }),
  capability('adj_factors', 'query_adjust_factor', 'symbol', ADJUST_FACTOR_COLUMNS),
  capability('index_basics', 'query_stock_basic', 'all', INDEX_LIST_COLUMNS),
  capability('index_bars', K_LINES, 'symbol', seriesColumns('index_bars')),
  capability('minute_bars', K_LINES, 'symbol', seriesColumns('minute_bars'), { rowsPerCell: BARS_A_SESSION }),
  capability('weekly_bars', K_LINES, 'symbol', seriesColumns('weekly_bars')),
  capability('monthly_bars', K_LINES, 'symbol', seriesColumns('monthly_bars')),
  capability('financials', 'query_profit_data', 'symbol', FINANCIAL_COLUMNS, {
    queries: REPORT_INTERFACES.length,
    queriesPer: 'day',
  }),
  capability('dividends', 'query_dividend_data', 'symbol', DIVIDEND_COLUMNS, { queriesPer: 'year' }),
];
