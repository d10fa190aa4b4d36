import {
  AppError,
  DATASETS,
  boardOf,
  exchangeOf,
  parseSymbol,
  type ExchangeId,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { UnreadableRow } from '../../ports/source.ts';
import { isBShare } from '../bShare.ts';
import { readDay, rememberingLast, type CellReader, type CellValue } from '../cell.ts';
import { unreadableRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import type { TushareApi } from './api.ts';
import type { TusharePage } from './envelope.ts';
import type { TushareQuery } from './query.ts';

const EXCHANGE_OF_NAME: ReadonlyMap<unknown, ExchangeId> = new Map([
  ['SSE', 'XSHG'],
  ['SZSE', 'XSHE'],
  ['BSE', 'XBSE'],
]);

const LIST_STATUS = ['L', 'D', 'P', 'G'];

export type ReadRow =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'left_out' }
  | { readonly kind: 'unreadable'; readonly unreadable: UnreadableRow };

/**
 * A reader of the rows of a page, built once a page: columns are found by their names, never by place.
 * A column that the server does not send is left out of the rows; one that the rows cannot be without
 * makes the page `malformed`, and so does a row that was not asked for.
 */
export function tushareRowReader(
  upstream: Upstream,
  query: TushareQuery,
  page: TusharePage,
): { readonly columns: readonly string[]; readonly read: (item: readonly unknown[]) => ReadRow } {
  const { api, asked, wanted = () => true, complete = api.complete } = query;
  const place = new Map(page.fields.map((name, at) => [name, at]));
  const plan = cellPlan(upstream, api, place);

  const read = (item: readonly unknown[]): ReadRow => {
    const cells: Record<string, CellValue> = {};
    for (const { at, column, field, nullable, readCell } of plan) {
      const value = readCell(item[at]);
      if (value === undefined) return unreadable(`${field} cannot be read`, item, whoseOf(cells));
      if (value === null && !nullable) return unreadable(`${field} is empty`, item, whoseOf(cells));
      cells[column] = value;
    }
    if (typeof cells.symbol === 'string') {
      const symbol = parseSymbol(cells.symbol);
      if (symbol === undefined) {
        if (api.passesOver === 'other_than_symbols') return { kind: 'left_out' };
        return unreadable(`"${cells.symbol.slice(0, 20)}" is no symbol`, item);
      }
      if (isBShare(symbol)) return { kind: 'left_out' };
      if (api.passesOver === 'other_than_shares' && boardOf(symbol) === undefined)
        return { kind: 'left_out' };
      cells.symbol = symbol;
      if (cells.exchange !== undefined && cells.exchange !== exchangeOf(symbol)) {
        return unreadable(`${symbol} is not of ${String(cells.exchange)}`, item);
      }
    }
    const done =
      complete === undefined
        ? ({ kind: 'row', row: cells } as const)
        : complete(cells, { get: (field) => item[place.get(field) ?? -1], names: page.fields });
    if (done.kind === 'left_out') return done;
    if (done.kind === 'unreadable') return unreadable(done.reason, item);
    if (!asked(done.row)) throw notAsked(upstream, done.row);
    return wanted(done.row) ? done : { kind: 'left_out' };
  };
  return { columns: [...plan.map(({ column }) => column), ...(api.derived ?? [])], read };
}

interface PlannedCell {
  readonly at: number;
  readonly field: string;
  readonly column: string;
  readonly nullable: boolean;
  readonly readCell: CellReader;
}

/** Columns whose words are not the canonical ones. */
const OWN_WORDS: Readonly<Record<string, CellReader>> = {
  exchange: (cell) => EXCHANGE_OF_NAME.get(cell),
  list_status: (cell) => (typeof cell === 'string' && LIST_STATUS.includes(cell) ? cell : undefined),
};

function cellPlan(
  upstream: Upstream,
  api: TushareApi,
  place: ReadonlyMap<string, number>,
): readonly PlannedCell[] {
  const plan: PlannedCell[] = [];
  for (const { field, column, read } of api.fields) {
    const nullable = DATASETS[api.dataset].columns.find(({ name }) => name === column)?.nullable ?? false;
    const at = place.get(field);
    const readCell = OWN_WORDS[column] ?? (read === readDay ? rememberingLast(read) : read);
    if (at !== undefined) plan.push({ at, field, column, nullable, readCell });
    else if (!nullable)
      throw new AppError('malformed', { ...upstream, message: `${api.api} came without ${field}.` });
  }
  return plan;
}

function notAsked(upstream: Upstream, row: Row): AppError {
  const what =
    `${String(row.symbol ?? row.exchange)} ${String(row.trade_date ?? row.cal_date ?? row.ann_date ?? '')}`.trim();
  return new AppError('malformed', { ...upstream, message: `it sent ${what}, which was not asked for.` });
}

/** The cells of the key come first, so that a bad one behind them still tells whose row it is. */
function whoseOf({ symbol, trade_date: day }: Readonly<Record<string, CellValue>>): Whose {
  return {
    symbol: typeof symbol === 'string' ? parseSymbol(symbol) : undefined,
    day: typeof day === 'string' ? (day as PlainDay) : undefined,
  };
}

type Whose = Pick<UnreadableRow, 'symbol' | 'day'>;

function unreadable(reason: string, item: readonly unknown[], whose: Whose = {}): ReadRow {
  return { kind: 'unreadable', unreadable: unreadableRow(`tushare: ${reason}`, item, whose) };
}
