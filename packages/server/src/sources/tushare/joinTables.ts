import type { Row } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { sameRow, unreadableRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { sameColumns, type TushareTable } from './table.ts';

export type JoinedTable = Pick<TushareTable, 'columns' | 'rows' | 'unreadable'>;

/** The tables of all queries of one question as one; `malformed` where they cannot be. */
export function joinTables(
  upstream: Upstream,
  dataset: Question['dataset'],
  tables: readonly TushareTable[],
): JoinedTable {
  const rows = tables.flatMap((table) => table.rows);
  const unreadable = tables.flatMap((table) => table.unreadable);
  if (dataset === 'financials') return { ...joinStatements(tables), unreadable };

  const columns = tables
    .map((table) => table.columns)
    .reduce((one, other) => sameColumns(upstream, one, other));
  if (dataset === 'trade_calendar') return { columns, rows: [...rows, ...beijingDays(rows)], unreadable };
  if (dataset === 'stock_basics' || dataset === 'index_basics')
    return { columns, ...joinLists(rows, unreadable) };
  return { columns, rows, unreadable };
}

/** Each statement has figures of its own; a row is null in those of the others. */
function joinStatements(tables: readonly TushareTable[]): Pick<JoinedTable, 'columns' | 'rows'> {
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  const blank = Object.fromEntries(columns.map((column) => [column, null]));
  return { columns, rows: tables.flatMap((table) => table.rows.map((row): Row => ({ ...blank, ...row }))) };
}

/** What is on two lists at once stays as on the first (listed before delisted); the other row is set aside. */
function joinLists(
  listed: readonly Row[],
  unread: Answer['unreadable'],
): Pick<JoinedTable, 'rows' | 'unreadable'> {
  const rows = new Map<unknown, Row>();
  const unreadable = [...unread];
  for (const row of listed) {
    const earlier = rows.get(row.symbol);
    if (earlier === undefined) {
      rows.set(row.symbol, row);
    } else if (!sameRow(earlier, row)) {
      unreadable.push(unreadableRow(`tushare: on ${listsOf(earlier, row)} at once`, row));
    }
  }
  return { rows: [...rows.values()], unreadable };
}

function listsOf(earlier: Row, row: Row): string {
  return row.list_status === undefined
    ? 'two lists'
    : `the lists ${String(earlier.list_status)} and ${String(row.list_status)}`;
}

/** Tushare serves no calendar of Beijing, which trades on the days of the other two: a copy of Shanghai's. */
function beijingDays(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row.exchange === 'XSHG').map((row): Row => ({ ...row, exchange: 'XBSE' }));
}
