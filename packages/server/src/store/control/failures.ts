import type { RunControlStore } from '../../ports/runControlStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database } from '../connection.ts';

/** What a retry has to ask for again: the symbols of failed items, or every symbol where a market's item failed. */
export async function failuresOf(db: Database, id: RunId): ReturnType<RunControlStore['failuresOf']> {
  const found = await db.one<{ items: number; whole: boolean; symbols: readonly string[] }>(sql`
    SELECT count(*)::int AS items, coalesce(bool_or(t.instrument_id IS NULL), false) AS whole,
      coalesce(array_agg(DISTINCT i.symbol ORDER BY i.symbol) FILTER (WHERE i.symbol IS NOT NULL), '{}') AS symbols
    FROM tapekeeper.item t LEFT JOIN tapekeeper.instrument i ON i.id = t.instrument_id
    WHERE t.run_id = ${id} AND t.state = 'failed'`);
  return { items: found.items, everySymbol: found.whole, symbols: found.symbols };
}

/** The open run that resumes another one, so that a wish that is said twice is fulfilled once. */
export async function openResumption(db: Database, id: RunId): Promise<RunId | null> {
  const found = await db.maybe<{ id: RunId }>(sql`
    SELECT id FROM tapekeeper.run
    WHERE resumes_run_id = ${id} AND state IN ('pending', 'running', 'paused') ORDER BY id DESC LIMIT 1`);
  return found?.id ?? null;
}
