import { priceFactor } from '../faults/dataFaults.ts';
import { type BarTable, columnIndex, rowOn } from '../world/barTable.ts';
import type { TushareApi } from './api.ts';
import { barApi, type ColumnWriter, keyWriters, numberWriter } from './barApi.ts';
import { jsonNumber } from './json.ts';

/** Columns that the bars of the folder carry, by their name there; the others are null. */
const RATIOS: Readonly<Record<string, string>> = {
  turnover_rate: 'turnover_rate',
  pe_ttm: 'pe_ttm',
  pb: 'pb_mrq',
  ps_ttm: 'ps_ttm',
};

const COLUMNS = [
  'turnover_rate',
  'turnover_rate_f',
  'volume_ratio',
  'pe',
  'pe_ttm',
  'pb',
  'ps',
  'ps_ttm',
  'dv_ratio',
  'dv_ttm',
  'total_share',
  'float_share',
  'free_share',
  'total_mv',
  'circ_mv',
  'limit_status',
];

/**
 * Ratios of a trading day. `ratios` are the bars that carry them: the same table, or the one of the
 * other kind, where a symbol may be missing.
 */
export function dailyBasicApi(table: BarTable, ratios: BarTable | undefined, cap: number): TushareApi {
  const columns: Record<string, ColumnWriter> = {
    ...keyWriters(table),
    close: numberWriter(table, 'close', { factor: priceFactor }),
  };
  const ratioCells =
    ratios === undefined || ratios === table ? (cells: readonly string[]) => cells : joined(table, ratios);
  for (const name of COLUMNS) {
    const at = ratios === undefined ? -1 : columnIndex(ratios, RATIOS[name] ?? '');
    columns[name] = at < 0 ? () => 'null' : (cells, row) => jsonNumber(ratioCells(cells, row)[at] ?? '');
  }
  return barApi({
    name: 'daily_basic',
    table,
    cap,
    columns,
    defaults: Object.keys(columns).filter((name) => name !== 'limit_status'),
    keep: (row) => table.suspended[row] === 0,
  });
}

/** Finds the row of the other table; the last one is remembered, since a row's columns are asked for in turn. */
function joined(
  table: BarTable,
  ratios: BarTable,
): (cells: readonly string[], row: number) => readonly string[] {
  let lastRow = -1;
  let found: readonly string[] = [];
  return (_, row) => {
    if (row !== lastRow) {
      const other = rowOn(ratios, table.symbols[table.rowSymbol[row]!]!, table.days[table.rowDay[row]!]!);
      found = other < 0 ? [] : ratios.cells(other);
      lastRow = row;
    }
    return found;
  };
}
