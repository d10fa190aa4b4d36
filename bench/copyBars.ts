import type { Row } from '@tapekeeper/core';
import { sql, type Database } from '../packages/server/src/store/connection.ts';
import { copyRows } from '../packages/server/src/store/marketRows.ts';
import type { RowWrite } from '../packages/server/src/ports/runStore.ts';

/** Daily bars in memory, as the product writes them. */
export type Bars = RowWrite;

const COLUMNS = ['open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount', 'pct_chg'];

/** All stored bars, in the order in which a backfill by symbol or by day writes them. */
export async function readBars(
  db: Database,
  of: Pick<RowWrite, 'source'> & { by: 'symbol' | 'day' },
): Promise<Bars> {
  const order = of.by === 'symbol' ? sql`symbol, trade_date` : sql`trade_date, symbol`;
  const rows = await db.rows<Row>(sql`
    SELECT symbol, trade_date, open, high, low, close, pre_close, volume, amount, pct_chg
    FROM market.daily_bars ORDER BY ${order}`);
  return { dataset: 'daily_bars', source: of.source, columns: COLUMNS, rows, mode: 'replace' };
}

/**
 * Raw COPY of the bars into their own table, which is empty: the same client, encoder and connection as
 * the product's, one transaction a batch, and nothing else in it.
 */
export async function copyAll(db: Database, bars: Bars, batchRows: number): Promise<void> {
  for (let at = 0; at < bars.rows.length; at += batchRows) {
    const batch = { ...bars, rows: bars.rows.slice(at, at + batchRows) };
    await db.transaction((tx) => copyRows(tx, 'market.daily_bars', batch, { runId: 1, knownAt: 0 }));
  }
}
