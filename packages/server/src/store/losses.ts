import type { RunLosses } from '../ports/collectionStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database } from './connection.ts';

/**
 * A failed question is made good by a later one of the same run that was answered: of the same symbol, or of the same
 * day where it was for a whole market. Markets are looked through once a run, and only where something was planned
 * again behind the first questions.
 */
export async function lossesOf(
  db: Database,
  runs: readonly RunId[],
  most: number,
): Promise<readonly RunLosses[]> {
  if (runs.length === 0) return [];
  const ids = sql`${[...runs]}::bigint[]`;
  return db.rows<RunLosses>(sql`
    WITH failed AS MATERIALIZED (
      SELECT run_id, no, instrument_id, members, from_day, to_day, error_code FROM tapekeeper.item
      WHERE run_id = ANY(${ids}) AND state = 'failed'
    ), mended AS MATERIALIZED (
      SELECT later.run_id, later.from_day, max(later.no) AS no FROM tapekeeper.item AS later
      WHERE later.state = 'done' AND later.instrument_id IS NULL AND later.run_id IN (
        SELECT asked.run_id FROM tapekeeper.shard AS asked JOIN tapekeeper.shard AS planned USING (run_id)
        WHERE asked.run_id = ANY(${ids}) AND asked.kind = 'fetch' AND planned.kind = 'plan' AND planned.no > 0
          AND asked.no > planned.no)
      GROUP BY later.run_id, later.from_day
    ), lost AS (
      SELECT failed.*, row_number() OVER (PARTITION BY run_id ORDER BY no) AS place FROM failed
      WHERE CASE WHEN instrument_id IS NULL
        THEN NOT EXISTS (
          SELECT 1 FROM mended
          WHERE mended.run_id = failed.run_id AND mended.from_day = failed.from_day AND mended.no > failed.no)
        ELSE NOT EXISTS (
          SELECT 1 FROM tapekeeper.item AS later
          WHERE later.run_id = failed.run_id AND later.instrument_id = failed.instrument_id
            AND later.no > failed.no AND later.state = 'done')
        END
    )
    SELECT t.run_id AS "runId", count(DISTINCT t.instrument_id)::int AS symbols,
      coalesce(sum(bit_count(t.members)) FILTER (WHERE t.instrument_id IS NULL), 0)::bigint AS "marketOutcomes",
      jsonb_agg(jsonb_build_object(
        'symbol', (SELECT symbol FROM tapekeeper.instrument WHERE id = t.instrument_id),
        'from', t.from_day, 'to', t.to_day, 'code', t.error_code,
        'message', (SELECT error_message FROM tapekeeper.attempt
                    WHERE run_id = t.run_id AND item_no = t.no ORDER BY attempt.no DESC LIMIT 1)) ORDER BY t.no)
        FILTER (WHERE t.place <= ${most}) AS first
    FROM lost AS t
    GROUP BY t.run_id`);
}
