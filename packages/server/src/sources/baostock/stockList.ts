import { boardOf, exchangeOf, type Row } from '@tapekeeper/core';
import { isBShare } from '../bShare.ts';
import { readDay, readText } from '../cell.ts';
import type { Upstream } from '../watch.ts';
import {
  createSecurityListCollector,
  type SecurityLine,
  type SecurityListCollector,
} from './securityList.ts';

export const STOCK_LIST_COLUMNS: readonly string[] = [
  'symbol',
  'name',
  'exchange',
  'board',
  'list_status',
  'list_date',
  'delist_date',
];

const STATUS: ReadonlyMap<unknown, string> = new Map([
  ['1', 'L'],
  ['0', 'D'],
]);

/**
 * The stocks of a list that holds indices and funds as well; B shares are left out. Names stay as they
 * are written, full-width letters included. `outDate`, the day of removal from the exchange, is the
 * first one on which the stock is listed no more.
 */
export function createStockListCollector(upstream: Upstream): SecurityListCollector {
  return createSecurityListCollector(upstream, 'stock_basics', '1', (line) =>
    line.symbol && isBShare(line.symbol) ? undefined : readStock(line),
  );
}

/** The canonical row, or why it cannot be read. */
function readStock(line: SecurityLine): Row | string {
  const { symbol } = line;
  if (symbol === undefined) return 'code is no symbol';
  const name = readText(line.name);
  if (!name) return 'code_name cannot be read';
  const listDate = readDay(line.ipoDate);
  const delistDate = readDay(line.outDate);
  if (listDate === undefined || delistDate === undefined) return 'ipoDate or outDate cannot be read';
  const listStatus = STATUS.get(line.status);
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
