import type { ImportedId } from './importWish.ts';

/**
 * Names under which files have the columns of a data set, in small letters and without units: those of
 * Tushare, BaoStock, AKShare and other tools, and our own. What is not listed is left out of the import.
 */
type Names = Readonly<Record<string, readonly string[]>>;

const KEY: Names = {
  symbol: ['symbol', 'ts_code', 'code', 'stock_code', '代码', '股票代码', '证券代码'],
  trade_date: ['trade_date', 'date', 'day', '日期', '交易日期', '交易日'],
};

const BARS: Names = {
  open: ['open', '开盘', '开盘价'],
  high: ['high', '最高', '最高价'],
  low: ['low', '最低', '最低价'],
  close: ['close', '收盘', '收盘价'],
  pre_close: ['pre_close', 'preclose', 'prev_close', '昨收', '昨收价', '前收盘', '前收盘价'],
  change: ['change', '涨跌额', '涨跌'],
  pct_chg: ['pct_chg', 'pctchg', 'pct_change', '涨跌幅'],
  volume: ['volume', 'vol', '成交量'],
  amount: ['amount', 'money', '成交额', '成交金额'],
  // these say which rows are none of ours
  adjustflag: ['adjustflag'],
  tradestatus: ['tradestatus'],
};

const BASICS: Names = Object.fromEntries(
  [
    ['turnover_rate', 'turn', '换手率'],
    ['turnover_rate_free', 'turnover_rate_f'],
    ['volume_ratio', '量比'],
    ['pe', '市盈率'],
    ['pe_ttm', 'pettm'],
    ['pb', 'pbmrq', '市净率'],
    ['ps'],
    ['ps_ttm', 'psttm'],
    ['pcf_ttm', 'pcfncfttm'],
    ['dv_ratio'],
    ['dv_ttm'],
    ['total_share'],
    ['float_share'],
    ['free_share'],
    ['total_mv'],
    ['circ_mv'],
  ].map((names) => [names[0] as string, names]),
);

export const COLUMN_NAMES: Readonly<Record<ImportedId, Names>> = {
  daily_bars: { ...KEY, ...BARS },
  daily_basics: { ...KEY, ...BASICS },
};

/** A head of a column in small letters, with the unit that stands behind it in brackets. */
export interface NamedColumn {
  readonly name: string;
  readonly unit: string | null;
}

/**
 * @example readColumnName('成交量（手）') // { name: '成交量', unit: '手' }
 */
export function readColumnName(text: string): NamedColumn {
  const plain = text.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();
  const match = /^(.[^([]*)[([](.+)[)\]]$/.exec(plain);
  return match ? { name: match[1] ?? '', unit: match[2] ?? '' } : { name: plain, unit: null };
}
