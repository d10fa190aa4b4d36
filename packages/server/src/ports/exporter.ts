import type { Column, DayBar, FactorPoint, PlainDay, Row } from '@tapekeeper/core';

/** All bars of one symbol, ascending by day, with its factors. */
export interface SymbolBars {
  readonly symbol: string;
  readonly bars: readonly DayBar[];
  readonly factors: readonly FactorPoint[];
}

export interface ExportedFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** A folder of exports: files that appear under their names when they are whole. */
export interface Exporter {
  /** Raises `file_unwritable` or `interrupted`. */
  writeTable(
    name: string,
    format: 'csv' | 'ndjson' | 'parquet',
    table: { readonly columns: readonly Column[]; readonly batches: AsyncIterable<readonly Row[]> },
    signal: AbortSignal,
  ): Promise<ExportedFile>;
  /** A folder that Qlib reads. */
  writeQlib(
    name: string,
    days: readonly PlainDay[],
    symbols: AsyncIterable<SymbolBars>,
    signal: AbortSignal,
  ): Promise<ExportedFile & { readonly rows: number }>;
  /** Removes all but the newest of a data set's exports in a format, and what broken ones left; returns the names. */
  prune(dataset: string, format: string, keep: number): Promise<readonly string[]>;
}
