import type { Row } from '@tapekeeper/core';
import { readStored } from '../../app/read/readStored.ts';
import type { HttpContext } from '../context.ts';
import {
  dayOf,
  difference,
  lots,
  numberOf,
  storedApi,
  tenThousandShares,
  tenThousandYuan,
  textOf,
  thousands,
} from './api.ts';
import type { BackApi, Writers } from './api.ts';
import { requireParam, symbolsAndDays } from './params.ts';

/** Interfaces with a row for a symbol and a trading day. */

const KEY: Writers = { ts_code: textOf('symbol'), trade_date: dayOf('trade_date') };

const PRICES: Writers = {
  open: numberOf('open'),
  high: numberOf('high'),
  low: numberOf('low'),
  close: numberOf('close'),
  pre_close: numberOf('pre_close'),
  change: difference('close', 'pre_close'),
};

const TURNOVER: Writers = { vol: lots('volume'), amount: thousands('amount') };

/** Fields of all bars. */
export const BAR: Writers = { ...KEY, ...PRICES, pct_chg: numberOf('pct_chg'), ...TURNOVER };

const daily = storedApi({
  name: 'daily',
  cap: 6000,
  dataset: 'daily_bars',
  newest: 'trade_date',
  columns: BAR,
  filters: symbolsAndDays,
});

const indexDaily = storedApi({
  name: 'index_daily',
  cap: 8000,
  dataset: 'index_bars',
  newest: 'trade_date',
  columns: BAR,
  filters(params) {
    requireParam(params, 'ts_code');
    return symbolsAndDays(params);
  },
});

const adjFactor = storedApi({
  name: 'adj_factor',
  cap: 6000,
  dataset: 'adj_factors',
  newest: 'trade_date',
  columns: { ...KEY, adj_factor: numberOf('adj_factor') },
  filters: symbolsAndDays,
});

/** Whether a day ended at a limit is not among what is kept. */
const dailyBasic = storedApi({
  name: 'daily_basic',
  cap: 6000,
  dataset: 'daily_basics',
  newest: 'trade_date',
  columns: {
    ...KEY,
    close: numberOf('close'),
    turnover_rate: numberOf('turnover_rate'),
    turnover_rate_f: numberOf('turnover_rate_free'),
    volume_ratio: numberOf('volume_ratio'),
    pe: numberOf('pe'),
    pe_ttm: numberOf('pe_ttm'),
    pb: numberOf('pb'),
    ps: numberOf('ps'),
    ps_ttm: numberOf('ps_ttm'),
    dv_ratio: numberOf('dv_ratio'),
    dv_ttm: numberOf('dv_ttm'),
    total_share: tenThousandShares('total_share'),
    float_share: tenThousandShares('float_share'),
    free_share: tenThousandShares('free_share'),
    total_mv: tenThousandYuan('total_mv'),
    circ_mv: tenThousandYuan('circ_mv'),
    limit_status: () => null,
  },
  hidden: ['limit_status'],
  filters: symbolsAndDays,
  complete: withCloses,
});

const stkLimit = storedApi({
  name: 'stk_limit',
  cap: 5800,
  dataset: 'price_limits',
  newest: 'trade_date',
  columns: {
    trade_date: dayOf('trade_date'),
    ts_code: textOf('symbol'),
    pre_close: numberOf('pre_close'),
    up_limit: numberOf('up_limit'),
    down_limit: numberOf('down_limit'),
  },
  hidden: ['pre_close'],
  filters: symbolsAndDays,
});

export const DAY_APIS: readonly BackApi[] = [daily, indexDaily, adjFactor, dailyBasic, stkLimit];

/** Far above the bars of the symbols and days of one page. */
const MOST_BARS = 100_000;

/** Indicators with the close of their day, which is kept with the bars. */
async function withCloses({ store }: HttpContext['deps'], rows: readonly Row[]): Promise<readonly Row[]> {
  const days = rows.map((row) => String(row['trade_date'])).toSorted();
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return rows;
  const bars = await readStored(store, {
    dataset: 'daily_bars',
    columns: ['symbol', 'trade_date', 'close'],
    filters: [
      { column: 'symbol', anyOf: [...new Set(rows.map((row) => String(row['symbol'])))] },
      { column: 'trade_date', from, to },
    ],
    asOf: null,
    limit: MOST_BARS,
  });
  const keyOf = (row: Row): string => `${String(row['symbol'])} ${String(row['trade_date'])}`;
  const closes = new Map(bars.map((row) => [keyOf(row), row['close']]));
  return rows.map((row) => ({ ...row, close: closes.get(keyOf(row)) ?? null }));
}
