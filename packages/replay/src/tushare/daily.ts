import { type BarTable, columnIndex } from '../world/barTable.ts';
import { shiftPoint, subtract } from '../world/decimal.ts';
import type { TushareApi } from './api.ts';
import { barApi, type ColumnWriter, keyWriters, numberWriter } from './barApi.ts';
import { jsonNumber } from './json.ts';

/**
 * Unadjusted bars in lots of 100 shares and thousands of yuan. Days on which a symbol was suspended
 * have no row.
 */
export function dailyApi(table: BarTable, cap: number): TushareApi {
  const lots = table.units === 'tushare';
  const columns = {
    ...keyWriters(table),
    open: numberWriter(table, 'open'),
    high: numberWriter(table, 'high'),
    low: numberWriter(table, 'low'),
    close: numberWriter(table, 'close'),
    pre_close: numberWriter(table, 'pre_close'),
    change: columnIndex(table, 'change') >= 0 ? numberWriter(table, 'change') : changeWriter(table),
    pct_chg: numberWriter(table, 'pct_chg'),
    vol: lots ? numberWriter(table, 'vol') : numberWriter(table, 'volume', (text) => shiftPoint(text, -2)),
    amount: lots
      ? numberWriter(table, 'amount')
      : numberWriter(table, 'amount', (text) => shiftPoint(text, -3)),
  };
  return barApi({
    name: 'daily',
    table,
    cap,
    columns,
    defaults: Object.keys(columns),
    keep: (row) => table.suspended[row] === 0,
  });
}

function changeWriter(table: BarTable): ColumnWriter {
  const close = columnIndex(table, 'close');
  const preClose = columnIndex(table, 'pre_close');
  return (cells) => jsonNumber(subtract(cells[close]!, cells[preClose]!));
}
