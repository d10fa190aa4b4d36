import { EXCHANGES, type CallShape, type Capability, type DatasetId } from '@tapekeeper/core';
import { CNINFO_COLUMNS, CNINFO_PAGE_ROWS } from './cninfo/announcements.ts';
import { CLIST_PAGE_ROWS } from './eastmoney/clist.ts';
import { DATACENTER_PAGE_ROWS } from './eastmoney/datacenter.ts';
import { DIVIDEND_COLUMNS, DIVIDEND_REPORT } from './eastmoney/dividends.ts';
import { BAR_COLUMNS, MINUTE_COLUMNS } from './eastmoney/kline.ts';
import { FINANCIAL_COLUMNS, INDICATOR_REPORT } from './eastmoney/financials.ts';
import type { AkshareHostId } from './hosts.ts';
import { INDEX_COLUMNS } from './eastmoney/indexBasics.ts';
import { NAME_COLUMNS } from './exchanges/nameChanges.ts';
import { NEWS_COLUMNS, NEWS_PAGE_ROWS } from './eastmoney/news.ts';
import { QUOTE_COLUMNS } from './eastmoney/quotes.ts';
import { FACTOR_COLUMNS } from './sina/factors.ts';
import { STOCK_COLUMNS } from './stockBasics.ts';
import { SUSPENSION_COLUMNS, SUSPENSION_REPORT } from './eastmoney/suspensions.ts';
import { CALENDAR_COLUMNS } from './tradeCalendar.ts';

/** More rows than any table has that comes in one piece. */
const WHOLE = 100_000;
const BARS_A_DAY = 48;
/** Statements of a quarter, indicators among them; five quarters go into one call for each. */
const REPORTS_A_QUARTER = 4;
const QUARTERS_A_CALL = 5;

type Rest = Partial<Pick<Capability, 'exchanges' | 'queries' | 'pagedQueries' | 'rowsPerCell'>>;

function capability(
  dataset: DatasetId,
  shape: CallShape,
  [host, api]: readonly [AkshareHostId, string],
  pageRows: number,
  columns: readonly string[],
  rest: Rest = {},
): Capability {
  return {
    dataset,
    shapes: [shape],
    host,
    api,
    pageRows,
    columns,
    byproducts: [],
    exchanges: EXCHANGES,
    ...rest,
  };
}

const CLIST = ['eastmoney_push2', 'clist'] as const;
const KLINE = ['eastmoney_push2', 'kline'] as const;

/** What the endpoints can give; hosts, interfaces and calls are those of the first route to each data set. */
export function akshareCapabilities(pageRows: number = CLIST_PAGE_ROWS): readonly Capability[] {
  const datacenter = (report: string) => ['eastmoney_datacenter', report] as const;
  return [
    // Beside the listed stocks, two lists of delisted ones.
    capability('stock_basics', 'all', CLIST, pageRows, STOCK_COLUMNS, {
      queries: 3,
      // the lists of delisted stocks are one page each
      pagedQueries: 1,
    }),
    capability('trade_calendar', 'all', ['sina', 'klc_td_sh'], WHOLE, CALENDAR_COLUMNS),
    capability('index_basics', 'all', CLIST, pageRows, INDEX_COLUMNS),
    capability('daily_bars', 'symbol', KLINE, WHOLE, BAR_COLUMNS),
    capability('minute_bars', 'symbol', KLINE, WHOLE, MINUTE_COLUMNS, { rowsPerCell: BARS_A_DAY }),
    capability('index_bars', 'symbol', KLINE, WHOLE, BAR_COLUMNS),
    capability('quotes', 'all', CLIST, pageRows, QUOTE_COLUMNS),
    capability('adj_factors', 'symbol', ['sina', 'hfq'], WHOLE, FACTOR_COLUMNS),
    capability(
      'financials',
      'symbol',
      datacenter(INDICATOR_REPORT),
      REPORTS_A_QUARTER * QUARTERS_A_CALL,
      FINANCIAL_COLUMNS,
      { queries: REPORTS_A_QUARTER, rowsPerCell: REPORTS_A_QUARTER },
    ),
    capability('dividends', 'day', datacenter(DIVIDEND_REPORT), DATACENTER_PAGE_ROWS, DIVIDEND_COLUMNS),
    capability('suspensions', 'day', datacenter(SUSPENSION_REPORT), DATACENTER_PAGE_ROWS, SUSPENSION_COLUMNS),
    capability('name_changes', 'all', ['szse', 'name_changes'], WHOLE, NAME_COLUMNS, { exchanges: ['XSHE'] }),
    capability('news', 'symbol', ['eastmoney_news', 'search'], NEWS_PAGE_ROWS, NEWS_COLUMNS),
    capability('announcements', 'day', ['cninfo', 'hisAnnouncement'], CNINFO_PAGE_ROWS, CNINFO_COLUMNS),
  ];
}
