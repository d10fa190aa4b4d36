import { movedRows } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { type BarTable, lowerBound, rowsInRange, symbolIndex } from '../world/barTable.ts';
import type { Page, Question } from './question.ts';

export interface Selection {
  /** Rows of the table, newest day first, symbols ascending within a day. */
  readonly rows: readonly number[];
  /** Rows follow after this page. */
  readonly more: boolean;
}

/** The page of the rows that a question asks for; rows that `keep` refuses do not count. */
export function selectRows(
  table: BarTable,
  question: Question,
  page: Page,
  faults: readonly DataFault[],
  keep: (row: number) => boolean,
): Selection {
  const rows: number[] = [];
  let skipped = 0;
  for (const row of movedBy(faults, kept(newestFirst(table, question), keep), page)) {
    if (skipped < page.offset) skipped += 1;
    else if (rows.length === page.limit) return { rows, more: true };
    else rows.push(row);
  }
  return { rows, more: false };
}

function* kept(rows: Iterable<number>, keep: (row: number) => boolean): Generator<number> {
  for (const row of rows) if (keep(row)) yield row;
}

/** All rows are gone through only where pages are said to move. */
function movedBy(faults: readonly DataFault[], rows: Iterable<number>, { offset }: Page): Iterable<number> {
  return faults.some(({ kind }) => kind === 'moved_pages') ? movedRows(faults, [...rows], offset) : rows;
}

function newestFirst(table: BarTable, question: Question): Iterable<number> {
  return question.symbols === undefined
    ? ofMarket(table, question)
    : ofSymbols(table, question, question.symbols);
}

function* ofMarket(table: BarTable, { from, to }: Question): Generator<number> {
  const first = lowerBound(table.days, from, 0, table.days.length);
  const end = lowerBound(table.days, to, first, table.days.length);
  for (let day = table.days[end] === to ? end : end - 1; day >= first; day -= 1) yield* table.rowsOfDay(day);
}

function ofSymbols(table: BarTable, { from, to }: Question, symbols: readonly string[]): Iterable<number> {
  const indexes = [...new Set(symbols.map((symbol) => symbolIndex(table, symbol)))].filter(
    (index) => index >= 0,
  );
  const rows = indexes.flatMap((index) => {
    const [start, end] = rowsInRange(table, index, from, to);
    return Array.from({ length: end - start }, (_, place) => end - 1 - place);
  });
  // Rows are numbered by symbol, so that equal days fall back to the order of symbols.
  return indexes.length > 1 ? rows.sort((a, b) => table.rowDay[b]! - table.rowDay[a]! || a - b) : rows;
}
