import { compactDay, type PlainDay } from '@tapekeeper/core';
import { hasRow, movedRows } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import type { ApiAnswer, TushareApi } from './api.ts';
import { type Page, type Params, type Question } from './question.ts';

/** What a column of a row says; undefined and empty texts go out as null. */
export type Cell = string | number | null | undefined;

export interface ListApiSpec<Row> {
  readonly name: string;
  readonly cap: number;
  /** In the order of Tushare's page. */
  readonly columns: Readonly<Record<string, (row: Row, faults: readonly DataFault[]) => Cell>>;
  /** Columns that come only when they are asked for. */
  readonly hidden?: readonly string[];
  /** Newest first, and no more of them made than are taken. Throws RefusedCall. */
  readonly rows: (params: Params) => Iterable<Row>;
  /** Symbol and day of a row, where one of a half-published day may be missing. */
  readonly cell?: (row: Row) => readonly [symbol: string, day: string];
}

/** An interface over rows that are made when they are asked for. */
export function listApi<Row>(spec: ListApiSpec<Row>): TushareApi {
  const { name, cap, columns, hidden = [], cell } = spec;
  return {
    name,
    columns: Object.keys(columns),
    defaults: Object.keys(columns).filter((column) => !hidden.includes(column)),
    cap,
    answer(params, fields, page, faults) {
      const writers = fields.map((field) => columns[field]!);
      const published = ofCells(
        spec.rows(params),
        (row) => cell === undefined || hasRow(faults, ...cell(row)),
      );
      return takePage(published, page, faults, (row) => {
        const cells = writers.map((write) => jsonOf(write(row, faults)));
        return `[${cells.join(',')}]`;
      });
    },
  };
}

function* ofCells<Row>(rows: Iterable<Row>, keep: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (keep(row)) yield row;
}

/** The page of rows that come one by one; all of them are made only where pages are said to move. */
function takePage<Row>(
  rows: Iterable<Row>,
  page: Page,
  faults: readonly DataFault[],
  write: (row: Row) => string,
): ApiAnswer {
  const moves = faults.some(({ kind }) => kind === 'moved_pages');
  const items: string[] = [];
  let skipped = 0;
  for (const row of moves ? movedRows(faults, [...rows], page.offset) : rows) {
    if (skipped < page.offset) skipped += 1;
    else if (items.length === page.limit) return { items, more: true };
    else items.push(write(row));
  }
  return { items, more: false };
}

function jsonOf(cell: Cell): string {
  return cell === undefined || cell === '' ? 'null' : JSON.stringify(cell);
}

/** Days newest first that lie within a question. */
export function* newestDays(days: readonly PlainDay[], { from, to }: Question): Generator<PlainDay> {
  for (let index = days.length - 1; index >= 0; index -= 1) {
    const day = days[index]!;
    if (day < from) return;
    if (day <= to) yield day;
  }
}

export function compact(day: PlainDay | undefined): string | undefined {
  return day === undefined ? undefined : compactDay(day);
}
