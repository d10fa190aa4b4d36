import { csvText, isoInstant, type Column, type Row } from '@tapekeeper/core';

/** A line of names, then a line a row (RFC 4180, with LF); empty cells are unknown values. */
export async function* encodeCsv(
  columns: readonly Column[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`${columns.map((column) => column.name).join(',')}\n`);
  for await (const batch of batches) {
    yield Buffer.from(
      batch.map((row) => `${columns.map((column) => cellOf(row, column)).join(',')}\n`).join(''),
    );
  }
}

function cellOf(row: Row, { name, type }: Column): string {
  const value = row[name] ?? null;
  if (value === null) return '';
  if (type === 'instant') return isoInstant(Number(value));
  return type === 'text' || type === 'json' ? csvText(String(value)) : String(value);
}
