import type { DatasetId, Row } from '@tapekeeper/core';
import { scaledBy, type CellReader } from '../cell.ts';

/** One column of an interface of Tushare, and the canonical one that it becomes. */
export interface TushareField {
  readonly field: string;
  readonly column: string;
  readonly read: CellReader;
}

/** The cells of one row under Tushare's own names. */
export interface OwnCells {
  /** Undefined for a column that did not come. */
  readonly get: (field: string) => unknown;
  readonly names: readonly string[];
}

export type Completed =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'left_out' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Adds the derived columns to a row whose other cells have been read. */
export type Complete = (row: Row, cells: OwnCells) => Completed;

/** One interface of Tushare as the product uses it. */
export interface TushareApi {
  readonly api: string;
  readonly dataset: DatasetId;
  /** Most rows that Tushare puts into one answer; it cuts at this number without a word. */
  readonly pageRows: number;
  readonly fields: readonly TushareField[];
  /** Fields that are asked for beside, for the columns that are derived. */
  readonly beside?: readonly string[];
  /** Canonical columns that no single field is read for. */
  readonly derived?: readonly string[];
  readonly complete?: Complete;
  /** Rows that are passed over in silence: of what is no A share, or of what has no canonical symbol. */
  readonly passesOver?: 'other_than_shares' | 'other_than_symbols';
  /**
   * What becomes of two rows of one page that have the same key: one row, or undefined to set the later
   * one aside. Where it is left out, such a page is malformed.
   */
  readonly repeated?: (earlier: Row, later: Row) => Row | undefined;
  /** A field by which later rows come before, so that a corrected row wins over the one that it corrects. */
  readonly correctedBy?: string;
}

export function field(name: string, read: CellReader, column: string = name): TushareField {
  return { field: name, column, read };
}

/** Odd lots come as hundredths of a lot of 100 shares, so that every volume is a whole number of shares. */
export const lotsToShares = scaledBy(100, 0);
/** Shares come in ten thousands with four decimals: whole shares. */
export const tenThousandsToShares = scaledBy(10_000, 0);
/** Turnover comes in thousands of yuan with three decimals; three more are kept in case a mirror has them. */
export const thousandsToYuan = scaledBy(1000, 3);
export const tenThousandsToYuan = scaledBy(10_000, 2);

/** Columns of an interface as the product names them. */
export function columnsOf({ fields, derived = [] }: TushareApi): readonly string[] {
  return [...fields.map(({ column }) => column), ...derived];
}
