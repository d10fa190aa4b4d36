import { exchangeOf, type Row } from '@tapekeeper/core';
import { readDay, readText } from '../cell.ts';
import type { Upstream } from '../watch.ts';
import {
  createSecurityListCollector,
  type SecurityLine,
  type SecurityListCollector,
} from './securityList.ts';

export const INDEX_LIST_COLUMNS: readonly string[] = [
  'symbol',
  'name',
  'exchange',
  'list_date',
  'expire_date',
];

/** The indices of a list that holds stocks and funds as well. `outDate` is the first day without a value. */
export function createIndexListCollector(upstream: Upstream): SecurityListCollector {
  return createSecurityListCollector(upstream, 'index_basics', '2', readIndex);
}

/** The canonical row, or why it cannot be read. */
function readIndex(line: SecurityLine): Row | string {
  const { symbol } = line;
  if (symbol === undefined) return 'code is no symbol';
  const name = readText(line.name);
  if (!name) return 'code_name cannot be read';
  const listDate = readDay(line.ipoDate);
  const expireDate = readDay(line.outDate);
  if (listDate === undefined || expireDate === undefined) return 'ipoDate or outDate cannot be read';
  return { symbol, name, exchange: exchangeOf(symbol), list_date: listDate, expire_date: expireDate };
}
