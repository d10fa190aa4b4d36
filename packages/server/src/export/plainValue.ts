import { isoInstant, type Column, type Row } from '@tapekeeper/core';

/** A cell as JSON has it: instants as ISO 8601 texts in UTC, JSON as itself, everything else as it is. */
export function plainValue(row: Row, { name, type }: Column): unknown {
  const value = row[name] ?? null;
  if (value === null) return null;
  if (type === 'instant') return isoInstant(Number(value));
  return type === 'json' ? (JSON.parse(String(value)) as unknown) : value;
}

/** The columns of a row by name, in their order. */
export function plainRow(row: Row, columns: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column.name, plainValue(row, column)]));
}
