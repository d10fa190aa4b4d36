import type { PlainDay, Symbol } from '@tapekeeper/core';
import type { BarTable } from '../barTable.ts';
import { grouped } from '../grouped.ts';

const COLUMNS = [
  'ts_code',
  'trade_date',
  'open',
  'high',
  'low',
  'close',
  'pre_close',
  'volume',
  'amount',
  'turnover_rate',
  'pct_chg',
  'trade_status',
  'is_st',
  'pe_ttm',
  'pb_mrq',
  'ps_ttm',
] as const;

/** Bars as numbers, about 40 bytes each; texts are made when a row is asked for. Prices and amounts in cents. */
export interface BarNumbers {
  readonly open: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly close: Uint32Array;
  readonly preClose: Uint32Array;
  readonly volume: Uint32Array;
  readonly amount: Float64Array;
  readonly suspended: Uint8Array;
  readonly treated: Uint8Array;
}

export function newBarNumbers(rows: number): BarNumbers {
  return {
    open: new Uint32Array(rows),
    high: new Uint32Array(rows),
    low: new Uint32Array(rows),
    close: new Uint32Array(rows),
    preClose: new Uint32Array(rows),
    volume: new Uint32Array(rows),
    amount: new Float64Array(rows),
    suspended: new Uint8Array(rows),
    treated: new Uint8Array(rows),
  };
}

/** What a stock's ratios are reckoned from. */
export interface Worth {
  /** Of the first day; later ones have grown by what was given for a share. */
  readonly floatShares: number;
  readonly earnings: number;
  readonly book: number;
  readonly sales: number;
}

export interface NumericRows {
  /** Ascending. */
  readonly symbols: readonly Symbol[];
  readonly days: readonly PlainDay[];
  readonly symbolStart: Uint32Array;
  readonly rowDay: Uint32Array;
  readonly numbers: BarNumbers;
  worth(symbolIndex: number): Worth;
  /** What shares of the first day have grown by until a row. */
  growth(symbolIndex: number, row: number): number;
}

/** The table of bars in BaoStock's units and the columns of a file of raw bars. */
export function numericTable(rows: NumericRows): BarTable {
  const { symbols, days, symbolStart, rowDay, numbers } = rows;
  const rowSymbol = new Uint32Array(rowDay.length);
  symbols.forEach((_, index) => rowSymbol.fill(index, symbolStart[index], symbolStart[index + 1]));
  let byDay: ReturnType<typeof grouped> | undefined;
  return {
    units: 'baostock',
    columns: COLUMNS,
    symbols,
    days,
    rowCount: rowDay.length,
    symbolStart,
    rowSymbol,
    rowDay,
    suspended: numbers.suspended,
    treated: numbers.treated,
    rowsOfDay(index) {
      byDay ??= grouped(rowDay, days.length);
      return byDay.members.subarray(byDay.start[index], byDay.start[index + 1]);
    },
    cells(row) {
      const close = numbers.close[row]!;
      const preClose = numbers.preClose[row]!;
      const volume = numbers.volume[row]!;
      const suspended = numbers.suspended[row] === 1;
      const worth = rows.worth(rowSymbol[row]!);
      const growth = rows.growth(rowSymbol[row]!, row);
      return [
        symbols[rowSymbol[row]!]!,
        days[rowDay[row]!]!,
        String(numbers.open[row]! / 100),
        String(numbers.high[row]! / 100),
        String(numbers.low[row]! / 100),
        String(close / 100),
        String(preClose / 100),
        String(volume),
        String(numbers.amount[row]! / 100),
        suspended ? '' : decimal((volume / (worth.floatShares * growth)) * 100, 4),
        decimal((close / preClose - 1) * 100, 4),
        suspended ? '0' : '1',
        String(numbers.treated[row]),
        decimal((close * growth) / 100 / worth.earnings, 6),
        decimal((close * growth) / 100 / worth.book, 6),
        decimal((close * growth) / 100 / worth.sales, 6),
      ];
    },
  };
}

function decimal(value: number, decimals: number): string {
  const scale = 10 ** decimals;
  const text = String(Math.round(value * scale) / scale);
  return text.includes('e') ? '0' : text;
}
