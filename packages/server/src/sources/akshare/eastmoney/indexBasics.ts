import { exchangeOf } from '@tapekeeper/core';
import { readText } from '../../cell.ts';
import { INDICES, readClist } from './clist.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { createGathering, type Found } from '../gathering.ts';
import { symbolOfMarket } from '../symbols.ts';

export const INDEX_COLUMNS: readonly string[] = ['symbol', 'name', 'exchange'];

/** The indices that Shanghai and Shenzhen quote; those that only their publisher quotes have no symbol here. */
export async function readEastmoneyIndices(
  client: AkshareClient,
  asking: Asking,
  pageRows: number,
): Promise<Found> {
  const gathering = createGathering('push2', 'index_basics');
  for (const cells of await readClist(client, { markets: INDICES, fields: ['f14'], pageRows }, asking)) {
    const symbol = symbolOfMarket(cells['f13'], cells['f12']);
    const name = readText(cells['f14']);
    const row = symbol && name ? { symbol, name, exchange: exchangeOf(symbol) } : undefined;
    gathering.take(row ?? 'a line of the list of indices cannot be read', cells);
  }
  return { columns: INDEX_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}
