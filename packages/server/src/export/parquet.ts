import { dayNumber, type Column, type PlainDay, type Row } from '@tapekeeper/core';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];
type Element = Schema[number];

/** Rows that are held until their group is written; readers skip and load groups as a whole. */
const GROUP_ROWS = 50_000;

/**
 * Parquet with Snappy, a row group at a time: days as DATE, instants as TIMESTAMP in milliseconds UTC,
 * volumes as INT64, JSON as text.
 */
export async function* encodeParquet(
  columns: readonly Column[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array, void> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'tapekeeper' });
  let held: Row[] = [];
  const write = async (): Promise<Uint8Array> => {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: held.map((row) => cellOf(row, column)),
    }));
    held = [];
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    return taken(bytes);
  };
  for await (const batch of batches) {
    held.push(...batch);
    if (held.length >= GROUP_ROWS) yield await write();
  }
  if (held.length > 0) yield await write();
  await writer.finish();
  yield taken(bytes);
}

/** What was written since the last time; places in the file go on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const copy = bytes.getBytes().slice();
  bytes.index = 0;
  return copy;
}

function schemaOf(columns: readonly Column[]): Schema {
  return [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)];
}

function elementOf({ name, type, nullable }: Column): Element {
  const repetition_type = nullable === true ? 'OPTIONAL' : 'REQUIRED';
  switch (type) {
    case 'day':
      return { name, repetition_type, type: 'INT32', converted_type: 'DATE' };
    case 'instant':
      return {
        name,
        repetition_type,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'double':
      return { name, repetition_type, type: 'DOUBLE' };
    case 'bigint':
      return { name, repetition_type, type: 'INT64' };
    case 'boolean':
      return { name, repetition_type, type: 'BOOLEAN' };
    case 'text':
    case 'json':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

function cellOf(row: Row, { name, type }: Column): unknown {
  const value = row[name] ?? null;
  if (value === null) return null;
  if (type === 'day') return dayNumber(String(value) as PlainDay);
  return type === 'bigint' || type === 'instant' ? BigInt(value) : value;
}
