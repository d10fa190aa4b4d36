import { AppError, DATASETS, type DatasetId, type Row } from '@tapekeeper/core';
import type { UnreadableRow } from '../ports/source.ts';
import type { Upstream } from './watch.ts';

export interface RowCollector {
  /** Takes a row; false for one that came before with the same values. */
  add(row: Row): boolean;
  /** Whether a row of the key has come. */
  has(row: Row): boolean;
  readonly rows: readonly Row[];
}

/**
 * The rows of one answer by natural key. A key that comes again with other values means that the pages
 * moved while they were read, so that no set of them is the answer: `malformed`.
 */
export function createRowCollector(upstream: Upstream, dataset: DatasetId): RowCollector {
  const [first = '', ...others] = DATASETS[dataset].key;
  const seen = new Map<string, Row>();
  const rows: Row[] = [];
  const keyOf = (row: Row): string => {
    let text = String(row[first]);
    for (const column of others) text += ` ${String(row[column])}`;
    return text;
  };
  return {
    rows,
    has: (row) => seen.has(keyOf(row)),
    add(row) {
      const rowKey = keyOf(row);
      const earlier = seen.get(rowKey);
      if (earlier === undefined) {
        seen.set(rowKey, row);
        rows.push(row);
        return true;
      }
      if (sameRow(earlier, row)) return false;
      throw new AppError('malformed', {
        ...upstream,
        message: `${rowKey} came twice in ${dataset} with different values.`,
      });
    },
  };
}

/** Whether two rows of the same columns agree in every value. */
export function sameRow(one: Row, other: Row): boolean {
  for (const column in one) if (one[column] !== other[column]) return false;
  return true;
}

const RAW_CHARACTERS = 400;

/** A row that could not be read, with enough of it to be looked up. */
export function unreadableRow(
  reason: string,
  raw: unknown,
  whose: Pick<UnreadableRow, 'symbol' | 'day'> = {},
): UnreadableRow {
  return {
    reason,
    ...whose,
    raw: jsonOf(raw).slice(0, RAW_CHARACTERS).toWellFormed().replaceAll('\0', ''),
  };
}

/** A value may be nested more deeply than it can be written again. */
function jsonOf(raw: unknown): string {
  try {
    return JSON.stringify(raw) ?? '';
  } catch {
    return '';
  }
}

/** What an answer costs, counted while it is collected. */
export interface Tally {
  calls: number;
  bytes: number;
}
