import type { FileRow } from './barFile.ts';
import { cellValue, shifted } from './decimal.ts';

/** Values that a row of a market table must have, by column. */
export type Values = Readonly<Record<string, number | boolean | null>>;

/** What a file says of one symbol: rows by market table and day, and the days on which it was suspended. */
export interface SymbolTruth {
  readonly symbol: string;
  readonly tables: Readonly<Record<string, ReadonlyMap<string, Values>>>;
  readonly suspended: readonly string[];
}

const PRICES = ['open', 'high', 'low', 'close', 'pre_close', 'pct_chg'];
const RATIOS = { pe_ttm: 'pe_ttm', pb: 'pb_mrq', ps_ttm: 'ps_ttm' };

/** Lines of `bars_daily_raw*`, as BaoStock serves them: shares and yuan, ratios beside them, suspended days marked. */
export function baostockTruth(symbol: string, rows: readonly FileRow[]): SymbolTruth {
  const basics = new Map(rows.map((row) => [row['trade_date'] as string, basicsOf(row)]));
  return {
    symbol,
    tables: { daily_bars: tradedBars(rows), daily_basics: basics },
    suspended: suspendedDays(rows),
  };
}

/** The same lines as Tushare serves them: bars alone, and nothing on suspended days. */
export function convertedTruth(symbol: string, rows: readonly FileRow[]): SymbolTruth {
  return { symbol, tables: { daily_bars: tradedBars(rows) }, suspended: suspendedDays(rows) };
}

/** Lines of `tushare_daily_adj*`: lots and thousands of yuan, with factors; suspended days have none. */
export function tushareTruth(symbol: string, rows: readonly FileRow[]): SymbolTruth {
  const bars = rows.map((row): [string, Values] => {
    const volume = Math.round(shifted(row['vol'] as string, 2));
    return [isoDay(row), { ...pricesOf(row), volume, amount: shifted(row['amount'] as string, 3) }];
  });
  const factors = rows.map((row): [string, Values] => [
    isoDay(row),
    { adj_factor: cellValue(row['adj_factor']) },
  ]);
  return { symbol, tables: { daily_bars: new Map(bars), adj_factors: new Map(factors) }, suspended: [] };
}

function tradedBars(rows: readonly FileRow[]): ReadonlyMap<string, Values> {
  const traded = rows.filter((row) => row['trade_status'] !== '0');
  return new Map(
    traded.map((row) => {
      const volume = shifted(row['volume'] as string, 0);
      return [row['trade_date'] as string, { ...pricesOf(row), volume, amount: cellValue(row['amount']) }];
    }),
  );
}

function suspendedDays(rows: readonly FileRow[]): readonly string[] {
  return rows.filter((row) => row['trade_status'] === '0').map((row) => row['trade_date'] as string);
}

function pricesOf(row: FileRow): Values {
  return Object.fromEntries(PRICES.map((column) => [column, cellValue(row[column])]));
}

function basicsOf(row: FileRow): Values {
  const ratios = Object.entries(RATIOS).map(([column, from]) => [column, cellValue(row[from])]);
  // A suspended day has no turnover, whatever the file's writer put there.
  const turnover = row['trade_status'] === '0' ? {} : { turnover_rate: cellValue(row['turnover_rate']) };
  return { ...Object.fromEntries(ratios), ...turnover, is_st: row['is_st'] === '1' };
}

function isoDay(row: FileRow): string {
  const compact = row['trade_date'] as string;
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`;
}
