import { parseCsv } from './csv.ts';

/** Cells of one line of `stock_basic.csv` by column name. */
export type StockCells = ReadonlyMap<string, string>;

/** Reads the stock list in Tushare's columns, by symbol. Throws an Error when it has no `ts_code`. */
export function readStockList(text: string): ReadonlyMap<string, StockCells> {
  const { columns, rows } = parseCsv(text);
  const symbolAt = columns.indexOf('ts_code');
  if (symbolAt < 0) throw new Error('it lacks the column ts_code');
  return new Map(
    rows.map((row) => [row[symbolAt]!, new Map(columns.map((name, index) => [name, row[index]!]))]),
  );
}
