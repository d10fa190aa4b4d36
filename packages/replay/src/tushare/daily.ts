import { amountFactor, priceFactor, volumeFactor } from '../faults/dataFaults.ts';
import { type BarTable, columnIndex } from '../world/barTable.ts';
import { shiftPoint, subtract } from '../world/decimal.ts';
import type { TushareApi } from './api.ts';
import {
  barApi,
  type ColumnFactor,
  type ColumnWriter,
  faultyText,
  keyWriters,
  numberWriter,
} from './barApi.ts';
import { jsonNumber } from './json.ts';

/**
 * Unadjusted bars in lots of 100 shares and thousands of yuan. Days on which a symbol was suspended
 * have no row.
 */
export function dailyApi(table: BarTable, cap: number): TushareApi {
  const lots = table.units === 'tushare';
  const columns = {
    ...keyWriters(table),
    open: numberWriter(table, 'open', { factor: priceFactor }),
    high: numberWriter(table, 'high', { factor: priceFactor }),
    low: numberWriter(table, 'low', { factor: priceFactor }),
    close: numberWriter(table, 'close', { factor: priceFactor }),
    pre_close: numberWriter(table, 'pre_close', { factor: priceFactor }),
    change:
      columnIndex(table, 'change') >= 0
        ? numberWriter(table, 'change', { factor: priceFactor })
        : changeWriter(table),
    pct_chg: numberWriter(table, 'pct_chg'),
    vol: lots
      ? numberWriter(table, 'vol', { factor: volumeFactor })
      : numberWriter(table, 'volume', { convert: (text) => shiftPoint(text, -2), factor: volumeFactor }),
    amount: lots
      ? numberWriter(table, 'amount', { factor: turnoverFactor })
      : numberWriter(table, 'amount', { convert: (text) => shiftPoint(text, -3), factor: turnoverFactor }),
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

const turnoverFactor: ColumnFactor = (faults, _, day) => amountFactor(faults, day);

function changeWriter(table: BarTable): ColumnWriter {
  const close = columnIndex(table, 'close');
  const preClose = columnIndex(table, 'pre_close');
  const text = faultyText(table, (cells) => subtract(cells[close]!, cells[preClose]!), priceFactor);
  return (cells, row, faults) => jsonNumber(text(cells, row, faults));
}
