import { boardOf, exchangeOf, type Row, type Symbol } from '@tapekeeper/core';
import { readDay, readText } from '../cell.ts';
import { A_SHARES, CLIST_PAGE_ROWS, readClist } from './eastmoney/clist.ts';
import type { AkshareClient, Asking } from './client.ts';
import { createGathering, type Found, type Gathering } from './gathering.ts';
import {
  bseListed,
  sseDelisted,
  sseListed,
  szseDelisted,
  szseListed,
  type OfficialLine,
  type OfficialList,
} from './exchanges/officialLists.ts';
import { symbolOfMarket } from './symbols.ts';
import type { Cells } from './text.ts';

export const STOCK_COLUMNS: readonly string[] = [
  'symbol',
  'name',
  'exchange',
  'board',
  'list_status',
  'list_date',
  'delist_date',
];

const LISTED: readonly OfficialList[] = [sseListed, szseListed, bseListed];
/** Beijing publishes no list of what it delisted. */
const DELISTED: readonly OfficialList[] = [sseDelisted, szseDelisted];

type Stock = OfficialLine & { readonly kind: 'stock' };

/**
 * The listed stocks of Eastmoney, and those that the exchanges delisted. Where Eastmoney knows of no
 * first day, the lists of the exchanges do; a stock without one there too is not yet listed.
 */
export async function readEastmoneyStocks(
  client: AkshareClient,
  asking: Asking,
  pageRows: number = CLIST_PAGE_ROWS,
): Promise<Found> {
  const gathering = createGathering('push2', 'stock_basics');
  const question = { markets: A_SHARES, fields: ['f14', 'f26'], pageRows };
  const listed = await readClist(client, question, asking);
  const days = listed.some(({ f26 }) => !listDateOf(f26)) ? await officialDays(client, asking) : undefined;
  for (const cells of listed) takeListed(gathering, cells, days);
  await takeOfficial(client, DELISTED, 'D', gathering, asking);
  return { columns: STOCK_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

/** The stocks of the exchanges' own lists. */
export async function readOfficialStocks(client: AkshareClient, asking: Asking): Promise<Found> {
  const gathering = createGathering('sse', 'stock_basics');
  await takeOfficial(client, LISTED, 'L', gathering, asking);
  await takeOfficial(client, DELISTED, 'D', gathering, asking);
  return { columns: STOCK_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

/** The symbols that the exchanges list now. */
export async function readListedSymbols(client: AkshareClient, asking: Asking): Promise<readonly Symbol[]> {
  const lists: Symbol[] = [];
  for (const list of LISTED)
    for (const line of await list(client, asking)) if (line.kind === 'stock') lists.push(line.symbol);
  return lists;
}

async function officialDays(
  client: AkshareClient,
  asking: Asking,
): Promise<ReadonlyMap<Symbol, Stock['listDate']>> {
  const days = new Map<Symbol, Stock['listDate']>();
  for (const list of LISTED)
    for (const line of await list(client, asking))
      if (line.kind === 'stock') days.set(line.symbol, line.listDate);
  return days;
}

function takeListed(
  gathering: Gathering,
  cells: Cells,
  days: ReadonlyMap<Symbol, Stock['listDate']> | undefined,
): void {
  const symbol = symbolOfMarket(cells['f13'], cells['f12']);
  const name = readText(cells['f14']);
  if (symbol === undefined || !name) gathering.take('a line of the list cannot be read', cells);
  else if (boardOf(symbol) !== undefined) {
    const listDate = listDateOf(cells['f26']) ?? days?.get(symbol) ?? null;
    gathering.take(rowOfStock({ symbol, name, listDate, delistDate: null }, listDate ? 'L' : 'G'), cells);
  }
}

/** Eastmoney writes `20010827`, as a number, and `-` where it does not know. */
function listDateOf(cell: unknown): Stock['listDate'] {
  return readDay(typeof cell === 'number' ? String(cell) : cell) ?? null;
}

/** A stock on the listed list as well stays as it is there: delisting lists name moves between boards too. */
async function takeOfficial(
  client: AkshareClient,
  lists: readonly OfficialList[],
  status: 'L' | 'D',
  gathering: Gathering,
  asking: Asking,
): Promise<void> {
  const known = new Set<unknown>(gathering.rows.map(({ symbol }) => symbol));
  for (const list of lists) {
    for (const line of await list(client, asking)) {
      if (line.kind === 'unreadable') gathering.take(line.reason, line.raw);
      else if (!known.has(line.symbol)) {
        known.add(line.symbol);
        gathering.take(rowOfStock(line, status), line);
      }
    }
  }
}

function rowOfStock(stock: Omit<Stock, 'kind'>, status: 'L' | 'D' | 'G'): Row {
  const { symbol, name, listDate, delistDate } = stock;
  return {
    symbol,
    name,
    exchange: exchangeOf(symbol),
    board: boardOf(symbol) ?? null,
    list_status: status,
    list_date: listDate,
    delist_date: delistDate,
  };
}
