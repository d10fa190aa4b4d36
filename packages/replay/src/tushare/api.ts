import { movedRows } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import type { Page, Params } from './question.ts';

/** The rows of one answer, each already written as a JSON array in the order of the fields asked for. */
export interface ApiAnswer {
  readonly items: readonly string[];
  readonly more: boolean;
}

/** One interface of the Tushare protocol over a world. */
export interface TushareApi {
  readonly name: string;
  /** Every column that it has. */
  readonly columns: readonly string[];
  /** Columns of an answer when none are asked for. */
  readonly defaults: readonly string[];
  /** Rows in one answer at most, whatever is asked for. */
  readonly cap: number;
  /** Throws RefusedCall for parameters that it cannot read. */
  answer(params: Params, fields: readonly string[], page: Page, faults: readonly DataFault[]): ApiAnswer;
}

/** The fields of an answer: those asked for that exist, in the order asked; unknown names vanish silently. */
export function fieldsOf(api: TushareApi, asked: string): readonly string[] {
  const known = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => api.columns.includes(name));
  return known.length > 0 ? known : api.defaults;
}

/** The page of a list that is held whole. */
export function pageItems<T>(
  rows: readonly T[],
  page: Page,
  faults: readonly DataFault[],
  write: (row: T) => string,
): ApiAnswer {
  const end = page.offset + page.limit;
  const items = movedRows(faults, rows, page.offset).slice(page.offset, end).map(write);
  return { items, more: rows.length > end };
}
