import { boardOf, exchangeOf, type Row, type Symbol } from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import { isBShare } from '../bShare.ts';
import { readDay, readText } from '../cell.ts';
import { createRowCollector, unreadableRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { symbolOfCode } from './symbols.ts';

export const STOCK_LIST_COLUMNS: readonly string[] = [
  'symbol',
  'name',
  'exchange',
  'board',
  'list_status',
  'list_date',
  'delist_date',
];

/** An empty code and name ask for everything, delisted stocks included. */
export function stockListQuery(code = ''): BaostockQuery {
  return { type: '45', method: 'query_stock_basic', params: [code, ''], columnsPart: 9 };
}

export interface StockListCollector {
  /** Takes a page and says how many of its lines are new. */
  take(page: BaostockPage): number;
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

const STOCK = '1';
const STATUS: ReadonlyMap<unknown, string> = new Map([
  ['1', 'L'],
  ['0', 'D'],
]);

/**
 * The stocks of a list that holds indices and funds as well; B shares are left out. Names stay as they
 * are written, full-width letters included. `outDate`, the day of removal from the exchange, is the
 * first one on which the stock is listed no more.
 */
export function createStockListCollector(upstream: Upstream): StockListCollector {
  const collector = createRowCollector(upstream, 'stock_basics');
  const seen = new Set<string>();
  const unreadable: Answer['unreadable'][number][] = [];
  return {
    rows: collector.rows,
    unreadable,
    take(page) {
      const names = ['code', 'code_name', 'ipoDate', 'outDate', 'type', 'status'];
      const places = columnPlaces(upstream, page, names);
      let fresh = 0;
      for (const record of page.records) {
        const line = record.join();
        if (seen.has(line)) continue;
        seen.add(line);
        fresh += 1;
        const [code = '', name, ipoDate, outDate, type, status] = places.map((at) => record[at]);
        const symbol = symbolOfCode(code);
        if (type !== STOCK || (symbol && isBShare(symbol))) continue;
        const row = readStock(symbol, name, ipoDate, outDate, status);
        if (typeof row === 'string') unreadable.push(unreadableRow(`baostock: ${row}`, record));
        else collector.add(row);
      }
      return fresh;
    },
  };
}

/** The canonical row, or why it cannot be read. */
function readStock(
  symbol: Symbol | undefined,
  nameCell: unknown,
  ipoDate: unknown,
  outDate: unknown,
  status: unknown,
): Row | string {
  if (symbol === undefined) return 'code is no symbol';
  const name = readText(nameCell);
  if (!name) return 'code_name cannot be read';
  const listDate = readDay(ipoDate);
  const delistDate = readDay(outDate);
  if (listDate === undefined || delistDate === undefined) return 'ipoDate or outDate cannot be read';
  const listStatus = STATUS.get(status);
  if (listStatus === undefined) return 'status cannot be read';
  return {
    symbol,
    name,
    exchange: exchangeOf(symbol),
    board: boardOf(symbol) ?? null,
    list_status: listStatus,
    list_date: listDate,
    delist_date: delistDate,
  };
}
