import { sql, type Transaction } from './connection.ts';
import type { RowWrite } from '../ports/runStore.ts';

const INSTRUMENT_LOCK = 7206_200;

/**
 * Gives ids to the symbols of a stock list that have none. Ids stay small and without holes, since
 * bitmaps are indexed by them; the lock keeps two lists from giving one id twice.
 */
export async function admitInstruments(tx: Transaction, list: RowWrite): Promise<void> {
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${INSTRUMENT_LOCK})`);
  const symbols = [...new Set(list.rows.map((row) => String(row['symbol'])))].toSorted();
  await tx.rows(sql`
    WITH fresh AS (
      INSERT INTO tapekeeper.instrument (id, symbol)
      SELECT (SELECT coalesce(max(id), 0) FROM tapekeeper.instrument) + row_number() OVER (ORDER BY new.symbol), new.symbol
      FROM unnest(${symbols}::text[]) AS new (symbol)
      WHERE NOT EXISTS (SELECT 1 FROM tapekeeper.symbol_alias a WHERE a.alias = new.symbol AND a.source = '*')
      RETURNING id, symbol
    )
    INSERT INTO tapekeeper.symbol_alias (alias, source, instrument_id) SELECT symbol, '*', id FROM fresh`);
}
