import { DATASETS, isAppError, type DatasetId, type Row } from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import type { CellReader, CellValue } from '../cell.ts';
import { createRowCollector, unreadableRow } from '../rowCollector.ts';
import { upstreamOf, type OriginId } from './hosts.ts';
import type { Cells } from './text.ts';

/** What one route came to. */
export interface Found {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
  readonly suspended?: Answer['suspended'];
}

/** A canonical column, the cell that it is read from, and how. */
export interface Field {
  readonly column: string;
  readonly cell: string;
  readonly read: CellReader;
}

export const field = (column: string, cell: string, read: CellReader): Field => ({ column, cell, read });

/** A reader to which a dash and a missing cell are empty ones, as Eastmoney writes what it does not know. */
export function dashed(read: CellReader): CellReader {
  return (cell) => (cell === '-' || cell === undefined ? null : read(cell));
}

/** A row of which some columns are known already, or why it cannot be read. */
export function rowOf(dataset: DatasetId, known: Row, fields: readonly Field[], cells: Cells): Row | string {
  const row: Record<string, CellValue> = { ...known };
  for (const { column, cell, read } of fields) {
    const value = read(cells[cell] ?? null);
    if (value === undefined) return `${cell} cannot be read`;
    if (value === null && !isNullable(dataset, column)) return `${cell} is empty`;
    row[column] = value;
  }
  return row;
}

function isNullable(dataset: DatasetId, column: string): boolean {
  return DATASETS[dataset].columns.find(({ name }) => name === column)?.nullable ?? false;
}

/** Rows of one answer by key, and beside them what could not be read. */
export interface Gathering {
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
  /** Takes a row, or why there is none, with what it was read from; false for one that came before. */
  take(row: Row | string, raw: unknown): boolean;
}

/**
 * A key that comes twice with different values is `malformed` in a list that is read page by page, since rows
 * have moved; in a report that says several things of one key, the later ones are set aside.
 */
export function createGathering(
  origin: OriginId,
  dataset: DatasetId,
  clash: 'malformed' | 'set_aside' = 'malformed',
): Gathering {
  const collector = createRowCollector(upstreamOf(origin), dataset);
  const unreadable = new Map<string, Answer['unreadable'][number]>();
  const setAside = (reason: string, raw: unknown): boolean => {
    const unread = unreadableRow(`akshare: ${reason}`, raw);
    const fresh = !unreadable.has(unread.raw);
    unreadable.set(unread.raw, unread);
    return fresh;
  };
  return {
    rows: collector.rows,
    get unreadable() {
      return [...unreadable.values()];
    },
    take(row, raw) {
      if (typeof row === 'string') return setAside(row, raw);
      try {
        return collector.add(row);
      } catch (error) {
        if (clash === 'malformed' || !isAppError(error, 'malformed')) throw error;
        return setAside('a second row of the same key', raw);
      }
    },
  };
}
