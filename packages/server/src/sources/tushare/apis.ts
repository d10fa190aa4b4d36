import { EXCHANGES, type Capability, type DatasetId } from '@tapekeeper/core';
import { columnsOf, type TushareApi } from './api.ts';
import { adjFactor, daily, dailyBasic, indexDaily, monthly, stkLimit, weekly } from './dayApis.ts';
import { dividend } from './dividendApi.ts';
import { indexBasic, stockBasic, tradeCal } from './listApis.ts';
import { realtimeDay } from './quoteApi.ts';
import { finaIndicator, income, STATEMENT_COLUMNS } from './statementApis.ts';
import { announcement, nameChange, news, NEWS_PUBLISHERS, suspendD } from './streamApis.ts';

/** The interface that serves a data set; of those that several serve, the one asked first. */
export const TUSHARE_APIS: Readonly<Partial<Record<DatasetId, TushareApi>>> = {
  stock_basics: stockBasic,
  trade_calendar: tradeCal,
  daily_bars: daily,
  daily_basics: dailyBasic,
  adj_factors: adjFactor,
  weekly_bars: weekly,
  monthly_bars: monthly,
  index_basics: indexBasic,
  index_bars: indexDaily,
  price_limits: stkLimit,
  quotes: realtimeDay,
  financials: income,
  dividends: dividend,
  suspensions: suspendD,
  name_changes: nameChange,
  news,
  announcements: announcement,
};

/** The interface that serves a data set. Callers have made sure that there is one. */
export function tushareApi(dataset: DatasetId): TushareApi {
  const api = TUSHARE_APIS[dataset];
  if (api === undefined) throw new RangeError(`Tushare has no ${dataset}`);
  return api;
}

/** Every interface that is called, each counted by itself. */
export const TUSHARE_INTERFACES: readonly string[] = [
  ...Object.values(TUSHARE_APIS).map(({ api }) => api),
  'balancesheet',
  'cashflow',
  'fina_indicator',
  'bse_mapping',
];

/** Rows that one call is good for: a page that is full costs another call, even where nothing follows. */
function plannedRows({ pageRows }: TushareApi): number {
  return pageRows - 1;
}

const FIVE_YEARS_DAYS = 1826;

/** What differs from one call of one page for a day or a symbol. */
const USES: Readonly<Partial<Record<DatasetId, Partial<Capability>>>> = {
  // One list for each status, and the codes that have been replaced.
  stock_basics: { shapes: ['all'], queries: 5, pagedQueries: 1 },
  trade_calendar: { shapes: ['all'], queries: 2 },
  index_basics: { shapes: ['all'], queries: 2, exchanges: ['XSHG', 'XSHE'] },
  index_bars: { shapes: ['symbol'], exchanges: ['XSHG', 'XSHE'] },
  // About a third as many funds and B shares come in the answer for a whole market.
  price_limits: { rowsPerCell: 1.35 },
  quotes: { shapes: ['all'] },
  financials: {
    shapes: ['symbol'],
    columns: STATEMENT_COLUMNS,
    queries: 4,
    // Each statement may come with its correction.
    rowsPerCell: 2,
    pageRows: plannedRows(finaIndicator),
  },
  dividends: { shapes: ['symbol'], rowsPerCell: 3 },
  suspensions: { shapes: ['day'] },
  name_changes: { shapes: ['all'], spanDays: FIVE_YEARS_DAYS },
  news: { shapes: ['all'], queries: NEWS_PUBLISHERS.length, spanDays: 1 },
  announcements: { shapes: ['day'] },
};

/** What Tushare can give: each list at once, each table of days by day or by symbol, unless `USES` says else. */
export const TUSHARE_CAPABILITIES: readonly Capability[] = Object.values(TUSHARE_APIS).map((each) => ({
  dataset: each.dataset,
  shapes: ['day', 'symbol'],
  columns: columnsOf(each),
  pageRows: plannedRows(each),
  byproducts: [],
  api: each.api,
  exchanges: EXCHANGES,
  ...USES[each.dataset],
}));
