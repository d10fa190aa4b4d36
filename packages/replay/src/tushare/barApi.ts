import { compactDay } from '@tapekeeper/core';
import { hasRow, scaledText } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { type BarTable, columnIndex } from '../world/barTable.ts';
import type { TushareApi } from './api.ts';
import { jsonNumber } from './json.ts';
import { questionOf } from './question.ts';
import { selectRows } from './selectRows.ts';

/** Writes one column of a row as JSON; `cells` are those of the row. */
export type ColumnWriter = (cells: readonly string[], row: number, faults: readonly DataFault[]) => string;

/** What faults multiply a column by. */
export type ColumnFactor = (faults: readonly DataFault[], symbol: string, day: string) => number;

export interface BarApiSpec {
  readonly name: string;
  readonly table: BarTable;
  readonly cap: number;
  readonly columns: Readonly<Record<string, ColumnWriter>>;
  readonly defaults: readonly string[];
  /** Rows that the interface has; all if left out. */
  readonly keep?: (row: number) => boolean;
}

/** An interface with one row for a symbol and a day. */
export function barApi({ name, table, cap, columns, defaults, keep = () => true }: BarApiSpec): TushareApi {
  return {
    name,
    columns: Object.keys(columns),
    defaults,
    cap,
    answer(params, fields, page, faults) {
      const published = (row: number): boolean =>
        keep(row) && hasRow(faults, table.symbols[table.rowSymbol[row]!]!, table.days[table.rowDay[row]!]!);
      const { rows, more } = selectRows(table, questionOf(params), page, faults, published);
      const writers = fields.map((field) => columns[field]!);
      const items = rows.map((row) => {
        const cells = table.cells(row);
        let item = '[';
        for (let index = 0; index < writers.length; index += 1) {
          item +=
            index === 0 ? writers[index]!(cells, row, faults) : `,${writers[index]!(cells, row, faults)}`;
        }
        return `${item}]`;
      });
      return { items, more };
    },
  };
}

/** Writers of the two columns that every such interface begins with. */
export function keyWriters(table: BarTable): { ts_code: ColumnWriter; trade_date: ColumnWriter } {
  const days = table.days.map((day) => `"${compactDay(day)}"`);
  const symbols = table.symbols.map((symbol) => `"${symbol}"`);
  return {
    ts_code: (_, row) => symbols[table.rowSymbol[row]!]!,
    trade_date: (_, row) => days[table.rowDay[row]!]!,
  };
}

/** What is done to a cell before it goes out. */
export interface NumberWriting {
  /** Brings the cell of the file into the unit of the interface. */
  readonly convert?: (text: string) => string;
  readonly factor?: ColumnFactor;
}

/** Writes a column of the file as a number; null where the file has no such column. */
export function numberWriter(
  table: BarTable,
  column: string,
  { convert = (text) => text, factor }: NumberWriting = {},
): ColumnWriter {
  const at = columnIndex(table, column);
  if (at < 0) return () => 'null';
  const text = faultyText(table, (cells) => convert(cells[at]!), factor);
  return (cells, row, faults) => jsonNumber(text(cells, row, faults));
}

/** The text that a writer gives, multiplied by what the faults say. */
export function faultyText(table: BarTable, text: ColumnWriter, factor?: ColumnFactor): ColumnWriter {
  if (factor === undefined) return text;
  return (cells, row, faults) => {
    const right = text(cells, row, faults);
    if (faults.length === 0) return right;
    const [symbol, day] = [table.symbols[table.rowSymbol[row]!]!, table.days[table.rowDay[row]!]!];
    return scaledText(right, factor(faults, symbol, day));
  };
}
