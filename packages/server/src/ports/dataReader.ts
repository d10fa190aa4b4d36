import type { DatasetId, Instant, PlainDay, Row } from '@tapekeeper/core';

/** A condition that rows must meet; days are `2024-01-31`, instants epoch milliseconds, both ends included. */
export type RowFilter =
  | { readonly column: string; readonly anyOf: readonly string[] }
  | { readonly column: string; readonly from?: string | number; readonly to?: string | number };

/** Rows behind a place in the order of the leading columns of the key. */
export interface Behind {
  readonly values: readonly (string | number)[];
  /** Whether the rows of the place itself are wanted too. */
  readonly inclusive: boolean;
}

/** Rows of one stored data set. */
export interface RowQuery {
  /** One that is collected: those that are derived have no rows of their own. */
  readonly dataset: DatasetId;
  /** Columns of the catalogue, and `source`, which every row has. */
  readonly columns: readonly string[];
  readonly filters: readonly RowFilter[];
  /** What was believed at this instant; null for what is believed now. */
  readonly asOf: Instant | null;
  readonly behind?: Behind;
  /** The order of the key unless told otherwise; `newest` puts that column first, descending, and the key behind it. */
  readonly newest?: string;
  readonly offset?: number;
  readonly limit?: number;
}

/** What a count of rows tells; the days are of the day column of the key, null without rows or such a column. */
export interface RowCount {
  readonly rows: number;
  readonly first: PlainDay | null;
  readonly last: PlainDay | null;
}

export interface SymbolDay {
  readonly symbol: string;
  readonly day: PlainDay;
}

/** All data as of one moment of the database, until it is closed. One question at a time. */
export interface DataSnapshot {
  /** Rows in batches, from a cursor of the server: nothing is read ahead of whoever takes them. */
  batches(query: RowQuery, batchRows: number): AsyncGenerator<readonly Row[], void>;
  /** Rows at once; the query has to bound them. */
  rows(query: RowQuery): Promise<readonly Row[]>;
  count(query: RowQuery): Promise<RowCount>;
  /**
   * The last row of each symbol before a day, for data sets with a key of symbol and trade_date: one day for
   * all symbols of the query, or a place for each symbol.
   */
  lastBefore(query: RowQuery, before: PlainDay | readonly SymbolDay[]): Promise<readonly Row[]>;
  /** Ends the reading; calling it again does nothing. */
  close(): Promise<void>;
}

/** Reading data for people and programs. */
export interface DataReader {
  /**
   * Opens a snapshot. Those that are held for as long as somebody takes rows (`long`) are few at a time,
   * so that slow readers leave connections for the work: one too many throws `too_many_readers`.
   */
  openSnapshot(kind: 'short' | 'long'): Promise<DataSnapshot>;
  /** Which of the symbols are of no stock or index that is known. */
  unknownSymbols(symbols: readonly string[]): Promise<readonly string[]>;
}
