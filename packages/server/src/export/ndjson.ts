import type { Column, Row } from '@tapekeeper/core';
import { plainRow } from './plainValue.ts';

/** A JSON object a line. */
export async function* encodeNdjson(
  columns: readonly Column[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array, void> {
  for await (const batch of batches) {
    yield Buffer.from(batch.map((row) => `${JSON.stringify(plainRow(row, columns))}\n`).join(''));
  }
}
