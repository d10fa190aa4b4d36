import { AppError, DATASETS, parseDay, type Column, type ColumnType, type Row } from '@tapekeeper/core';
import type { DataReader } from '../../ports/dataReader.ts';
import type { Reading } from './reading.ts';
import { openTable } from './readTable.ts';

export interface DataPage {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Names the place behind the last row; null where nothing follows. */
  readonly next: string | null;
}

/** One page of a reading. Raises `bad_request` for a cursor that is of another data set or of nobody. */
export async function readPage(
  reader: DataReader,
  reading: Reading,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
): Promise<DataPage> {
  const after = cursor === undefined ? undefined : readCursor(reading, cursor);
  const table = await openTable(reader, reading, {
    kind: 'short',
    limit: limit + 1,
    ...(after === undefined ? {} : { after }),
  });
  try {
    const rows: Row[] = [];
    for await (const batch of table.batches) rows.push(...batch);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = rows.length > limit && last !== undefined ? cursorOf(reading, last) : null;
    return { columns: table.columns, rows: page, next };
  } finally {
    await table.close();
  }
}

/** The key of a row as a text without meaning for others: what it is made of may change. */
function cursorOf({ dataset }: Reading, row: Row): string {
  const key = DATASETS[dataset].key.map((name) => row[name]);
  return toBase64Url(JSON.stringify([dataset, ...key]));
}

function readCursor({ dataset }: Reading, cursor: string): readonly (string | number)[] {
  const { key, columns } = DATASETS[dataset];
  const types = key.map((name) => columns.find((column) => column.name === name)?.type);
  const [of, ...values] = parsed(cursor);
  const fits =
    of === dataset && values.length === key.length && values.every((value, at) => isOfType(value, types[at]));
  if (!fits)
    throw new AppError('bad_request', { problem: 'cursor is none that a page of this data set gave.' });
  return values as (string | number)[];
}

/** Keys are texts, days and instants. */
function isOfType(value: unknown, type: ColumnType | undefined): boolean {
  if (type === 'instant') return Number.isSafeInteger(value);
  return typeof value === 'string' && (type === 'day' ? parseDay(value) === value : !value.includes('\0'));
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(fromBase64Url(cursor));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/(?<!=)=+$/, '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(binary, (one) => one.charCodeAt(0)),
  );
}
