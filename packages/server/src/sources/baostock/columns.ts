import { AppError } from '@tapekeeper/core';
import { readNumber, type CellReader, type CellValue } from '../cell.ts';
import type { Upstream } from '../watch.ts';
import type { BaostockPage } from './reply.ts';

/**
 * Places of the named columns in a page, found by name and in the order asked for; a page without one
 * of them is `malformed`.
 */
export function columnPlaces(
  upstream: Upstream,
  page: BaostockPage,
  names: readonly string[],
): readonly number[] {
  return names.map((name) => {
    const at = page.columns.indexOf(name);
    if (at < 0)
      throw new AppError('malformed', { ...upstream, message: `the answer has no column ${name}.` });
    return at;
  });
}

/** A column of a table of BaoStock, and the canonical one that it becomes. */
export interface TableColumn {
  readonly field: string;
  readonly column: string;
  readonly nullable: boolean;
  readonly read: CellReader;
}

export const required = (field: string, read: CellReader, column = field): TableColumn => ({
  field,
  column,
  nullable: false,
  read,
});

export const optional = (field: string, column: string, read: CellReader = readNumber): TableColumn => ({
  field,
  column,
  nullable: true,
  read,
});

/**
 * Reads the cells of a record into a row that holds its key already; gives why that cannot be done, or
 * undefined. Runs for every bar of every symbol: no iterators here.
 */
export function readCells(
  columns: readonly TableColumn[],
  places: readonly number[],
  record: readonly string[],
  row: Record<string, CellValue>,
): string | undefined {
  for (let index = 0; index < columns.length; index += 1) {
    const { field, column, nullable, read } = columns[index]!;
    const value = read(record[places[index]!]);
    if (value === undefined) return `${field} cannot be read`;
    if (value === null && !nullable) return `${field} is empty`;
    row[column] = value;
  }
  return undefined;
}
