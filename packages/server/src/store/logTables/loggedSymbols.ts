import type { LoggedRun, LogSpan } from '../../ports/logTableStore.ts';
import { only } from '../alerts/only.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';

/**
 * The symbols that run `r` is about, as a JSON array in their order; null where it is about everything. A run whose
 * wish is not settled yet has those that it wishes for now.
 */
export const symbolsOfRun: RawBuilder<unknown> = sql`
  CASE WHEN r.params IS NOT NULL THEN nullif(r.params->'symbols', 'null'::jsonb)
  ELSE (
    SELECT jsonb_agg(DISTINCT wished.symbol) FROM (
      SELECT jsonb_array_elements_text(coalesce(nullif(r.wish->'symbols', 'null'::jsonb), '[]')) COLLATE "C" AS symbol
      UNION ALL
      SELECT m.symbol FROM tapekeeper.symbol_set s JOIN tapekeeper.symbol_set_member m ON m.set_id = s.id
      WHERE s.name = r.wish->>'set') AS wished)
  END`;

/** A run over everything has one line. */
export async function symbolLogRuns(
  db: Database,
  jobKey: string,
  { from, until }: LogSpan,
  most: number,
): Promise<readonly LoggedRun[]> {
  return db.rows<LoggedRun>(sql`
    SELECT found.* FROM tapekeeper.job j
    CROSS JOIN LATERAL (
      SELECT r.id, coalesce(jsonb_array_length(${symbolsOfRun}), 1)::int AS lines
      FROM tapekeeper.run r
      WHERE r.job_id ${only(sql`j.id`)} AND r.type IN ('sync', 'repair')
        ${from === null ? sql`` : sql`AND r.created_at >= to_timestamp(${from}::float8 / 1000)`}
        ${until === null ? sql`` : sql`AND r.created_at < to_timestamp(${until}::float8 / 1000)`}
      ORDER BY r.job_id, r.id DESC LIMIT ${most}) AS found
    WHERE j.key = ${jobKey} ORDER BY found.id DESC LIMIT ${most}`);
}
