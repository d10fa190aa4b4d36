import { DATASETS, EXCHANGES, type Capability, type DatasetId } from '@tapekeeper/core';
import { readDay, readFlag, readNumber, readText, scaledBy, type CellReader } from '../cell.ts';

/** One column of an interface of Tushare, and the canonical one that it becomes. */
export interface TushareField {
  readonly field: string;
  readonly column: string;
  readonly read: CellReader;
}

/** One interface of Tushare as the product uses it. */
export interface TushareApi {
  readonly api: string;
  readonly dataset: DatasetId;
  /** Most rows that Tushare puts into one answer; it cuts at this number without a word. */
  readonly pageRows: number;
  readonly fields: readonly TushareField[];
}

const field = (name: string, read: CellReader, column: string = name): TushareField => ({
  field: name,
  column,
  read,
});

/** Odd lots come as hundredths of a lot of 100 shares, so that every volume is a whole number of shares. */
const lotsToShares = scaledBy(100, 0);
/** Shares come in ten thousands with four decimals: whole shares. */
const tenThousandsToShares = scaledBy(10_000, 0);
/** Turnover comes in thousands of yuan with three decimals; three more are kept in case a mirror has them. */
const thousandsToYuan = scaledBy(1000, 3);
const tenThousandsToYuan = scaledBy(10_000, 2);

const grid = [field('ts_code', readText, 'symbol'), field('trade_date', readDay)];

const stockBasic: TushareApi = {
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
};

const tradeCal: TushareApi = {
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

const daily: TushareApi = {
  api: 'daily',
  dataset: 'daily_bars',
  pageRows: 6000,
  fields: [
    ...grid,
    field('open', readNumber),
    field('high', readNumber),
    field('low', readNumber),
    field('close', readNumber),
    field('pre_close', readNumber),
    field('vol', lotsToShares, 'volume'),
    field('amount', thousandsToYuan),
    field('pct_chg', readNumber),
  ],
};

const dailyBasic: TushareApi = {
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

const adjFactor: TushareApi = {
  api: 'adj_factor',
  dataset: 'adj_factors',
  pageRows: 6000,
  fields: [...grid, field('adj_factor', readNumber)],
};

export const TUSHARE_APIS: Readonly<Partial<Record<DatasetId, TushareApi>>> = {
  stock_basics: stockBasic,
  trade_calendar: tradeCal,
  daily_bars: daily,
  daily_basics: dailyBasic,
  adj_factors: adjFactor,
};

/** The interface that serves a data set. Callers have made sure that there is one. */
export function tushareApi(dataset: DatasetId): TushareApi {
  const api = TUSHARE_APIS[dataset];
  if (api === undefined) throw new RangeError(`Tushare has no ${dataset}`);
  return api;
}

/** The boards are told from the symbols. */
const DERIVED: Partial<Record<DatasetId, readonly string[]>> = { stock_basics: ['board'] };

/** What Tushare can give: each list at once, each table of days by day or by symbol. */
export const TUSHARE_CAPABILITIES: readonly Capability[] = Object.values(TUSHARE_APIS).map((each) => ({
  dataset: each.dataset,
  shapes: DATASETS[each.dataset].kind === 'grid' ? ['day', 'symbol'] : ['all'],
  columns: [...each.fields.map(({ column }) => column), ...(DERIVED[each.dataset] ?? [])],
  pageRows: each.pageRows,
  byproducts: [],
  api: each.api,
  exchanges: EXCHANGES,
}));
