import type { Column, Row } from '@tapekeeper/core';
import { encodeCsv } from './csv.ts';
import { encodeNdjson } from './ndjson.ts';
import { encodeParquet } from './parquet.ts';

/** How a table is written as bytes. */
export type Encoder = (
  columns: readonly Column[],
  batches: AsyncIterable<readonly Row[]>,
) => AsyncGenerator<Uint8Array, void>;

interface Format {
  readonly encode: Encoder;
  readonly mediaType: string;
  /** Whether pressing the bytes again makes them much smaller. */
  readonly compressible: boolean;
}

export const FORMAT_IDS = ['csv', 'ndjson', 'parquet'] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

/** Formats that a whole table is streamed in. */
export const FORMATS: Readonly<Record<FormatId, Format>> = {
  csv: { encode: encodeCsv, mediaType: 'text/csv; charset=utf-8', compressible: true },
  ndjson: { encode: encodeNdjson, mediaType: 'application/x-ndjson; charset=utf-8', compressible: true },
  parquet: { encode: encodeParquet, mediaType: 'application/vnd.apache.parquet', compressible: false },
};
