import type { PlainDay, SourceId } from '@tapekeeper/core';
import type { CoverageGain } from '../ports/runStore.ts';
import { sql, type Database, type Transaction } from './connection.ts';

export async function factorBases(
  db: Database,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, SourceId>> {
  const rows = await db.rows<{ symbol: string; source: SourceId }>(sql`
    SELECT symbol, source FROM tapekeeper.factor_base WHERE symbol = ANY(${[...symbols]}::text[])`);
  return new Map(rows.map(({ symbol, source }) => [symbol, source]));
}

export async function factorsOn(
  db: Database,
  symbol: string,
  days: readonly PlainDay[],
): Promise<ReadonlyMap<PlainDay, number>> {
  const rows = await db.rows<{ day: PlainDay; factor: number }>(sql`
    SELECT trade_date AS day, adj_factor AS factor FROM market.adj_factors
    WHERE symbol = ${symbol} AND trade_date = ANY(${[...days]}::date[])`);
  return new Map(rows.map(({ day, factor }) => [day, factor]));
}

/** The first source of a symbol's factors gives them their base, and keeps it. */
export async function setFactorBases(
  tx: Transaction,
  gains: readonly Extract<CoverageGain, { kind: 'factor_base' }>[],
): Promise<void> {
  for (const { symbols, source } of gains) {
    await tx.rows(sql`
      INSERT INTO tapekeeper.factor_base (symbol, source)
      SELECT symbol, ${source} FROM unnest(${[...symbols].toSorted()}::text[]) AS new (symbol)
      ON CONFLICT (symbol) DO NOTHING`);
  }
}
