import { compactDay, DATASETS, type DatasetId, type PlainDay, type Row } from '@tapekeeper/core';
import { readStored } from '../../app/read/readStored.ts';
import type { HttpContext } from '../context.ts';
import type { RowFilter } from '../../ports/dataReader.ts';
import type { Page, Params } from './params.ts';

/** What a cell of an answer holds. */
export type Cell = string | number | null;

/** One row of an answer: the cell of a field, undefined where the row knows no such field. */
export type Cells = (field: string) => Cell | undefined;

export interface Rows {
  readonly rows: readonly Cells[];
  /** Whether rows follow behind the page. */
  readonly more: boolean;
}

/** One interface of Tushare, answered from the database. */
export interface BackApi {
  readonly name: string;
  /** Fields in the order of Tushare's page; of reports only those that tell which one it is. */
  readonly fields: readonly string[];
  /** Fields that come only when they are asked for. */
  readonly hidden?: readonly string[];
  /** Whether rows may have fields beside the named ones. */
  readonly open?: boolean;
  /** Rows in one answer at most. */
  readonly cap: number;
  /** Newest first. Throws RefusedCall. */
  readonly read: (deps: HttpContext['deps'], params: Params, page: Page) => Promise<Rows>;
}

export type Writers = Readonly<Record<string, (row: Row) => Cell>>;

export interface StoredApi extends Pick<BackApi, 'name' | 'hidden' | 'cap'> {
  readonly dataset: DatasetId;
  readonly columns: Writers;
  readonly filters: (params: Params) => readonly RowFilter[];
  /** Day column whose newest days come first; without one rows come in the order of their key. */
  readonly newest?: string;
  /** Adds to the rows of a page what other data sets know of them. */
  readonly complete?: (deps: HttpContext['deps'], rows: readonly Row[]) => Promise<readonly Row[]>;
}

/** An interface whose rows are those of a stored data set. */
export function storedApi(spec: StoredApi): BackApi {
  const { name, cap, hidden, dataset, columns, filters, newest, complete } = spec;
  return {
    name,
    cap,
    fields: Object.keys(columns),
    ...(hidden === undefined ? {} : { hidden }),
    async read(deps, params, page) {
      const rows = await readStored(deps.store, {
        dataset,
        columns: DATASETS[dataset].columns.map((column) => column.name),
        filters: filters(params),
        asOf: null,
        offset: page.offset,
        limit: page.limit + 1,
        ...(newest === undefined ? {} : { newest }),
      });
      const whole = complete === undefined ? rows : await complete(deps, rows);
      return pageOfCells(whole, page, (row) => cellsOf(columns, row));
    },
  };
}

/** Of a reading that asked for one row more than the page holds. */
export function pageOfCells(rows: readonly Row[], { limit }: Page, write: (row: Row) => Cells): Rows {
  return { rows: rows.slice(0, limit).map(write), more: rows.length > limit };
}

export function cellsOf(columns: Writers, row: Row): Cells {
  return (field) => (Object.hasOwn(columns, field) ? columns[field]?.(row) : undefined);
}

export function textOf(column: string): (row: Row) => Cell {
  return (row) => (typeof row[column] === 'string' ? row[column] : null);
}

export function numberOf(column: string): (row: Row) => Cell {
  return (row) => (typeof row[column] === 'number' ? row[column] : null);
}

/** `20240131` */
export function dayOf(column: string): (row: Row) => Cell {
  return (row) => (typeof row[column] === 'string' ? compactDay(row[column] as PlainDay) : null);
}

/**
 * A figure in a larger unit: exactly the decimal that canonical figures with so many decimals stand for.
 * @param unit how many of ours one of Tushare's is
 * @param decimals decimals that the canonical figure may have
 */
export function per(unit: number, decimals: number, column: string): (row: Row) => Cell {
  const grain = 10 ** decimals;
  return (row) => {
    const value = row[column];
    return typeof value === 'number' ? Math.round(value * grain) / (grain * unit) : null;
  };
}

/** Lots of 100 shares, hundredths being odd shares. */
export const lots = (column: string) => per(100, 0, column);
/** Thousands of yuan. */
export const thousands = (column: string) => per(1000, 3, column);
/** Ten thousands of shares. */
export const tenThousandShares = (column: string) => per(10_000, 0, column);
/** Ten thousands of yuan. */
export const tenThousandYuan = (column: string) => per(10_000, 2, column);

/** A difference of two prices, without the dust of binary fractions. */
export function difference(column: string, other: string): (row: Row) => Cell {
  return (row) => {
    const [one, two] = [row[column], row[other]];
    return typeof one === 'number' && typeof two === 'number'
      ? Math.round((one - two) * 10_000) / 10_000 + 0
      : null;
  };
}
