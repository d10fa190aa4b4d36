import { compactDay } from '@tapekeeper/core';
import { type BarTable, columnIndex } from '../world/barTable.ts';
import type { TushareApi } from './api.ts';
import { jsonNumber } from './json.ts';
import { questionOf } from './question.ts';
import { selectRows } from './selectRows.ts';

/** Writes one column of a row as JSON; `cells` are those of the row. */
export type ColumnWriter = (cells: readonly string[], row: number) => string;

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
    answer(params, fields, page) {
      const { rows, more } = selectRows(table, questionOf(params), page, keep);
      const writers = fields.map((field) => columns[field]!);
      const items = rows.map((row) => {
        const cells = table.cells(row);
        let item = '[';
        for (let index = 0; index < writers.length; index += 1) {
          item += index === 0 ? writers[index]!(cells, row) : `,${writers[index]!(cells, row)}`;
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

/** Writes a column of the file as a number, changed by `convert`; null where the file has no such column. */
export function numberWriter(
  table: BarTable,
  column: string,
  convert?: (text: string) => string,
): ColumnWriter {
  const at = columnIndex(table, column);
  if (at < 0) return () => 'null';
  if (convert === undefined) return (cells) => jsonNumber(cells[at]!);
  return (cells) => jsonNumber(convert(cells[at]!));
}
