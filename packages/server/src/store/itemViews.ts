import type { RunId } from '../ports/runStore.ts';
import type { RunItemFilter, RunItemView } from '../ports/viewStore.ts';
import { sql, type Database } from './connection.ts';

/** Items of a run in the order of their numbers; no more of them are looked at than the run has. */
export async function runItems(
  db: Database,
  id: RunId,
  { states, after, limit }: RunItemFilter,
): Promise<readonly RunItemView[]> {
  return db.rows<RunItemView>(sql`
    SELECT t.no, t.shard_no AS shard, t.source, t.shape, t.from_day AS "from", t.to_day AS "to",
      (SELECT symbol FROM tapekeeper.instrument WHERE id = t.instrument_id) AS symbol,
      CASE WHEN t.instrument_id IS NOT NULL THEN 1 ELSE bit_count(t.members) END::int AS symbols,
      t.state, t.attempts, t.outcome, t.counts, t.error_code AS "errorCode", t.rows_written AS "rowsWritten",
      t.finished_at AS "finishedAt"
    FROM (
      SELECT * FROM tapekeeper.item
      WHERE run_id = ${id} ${after === null ? sql`` : sql`AND no > ${after}::bigint`}
        ${states === null ? sql`` : sql`AND state = ANY(${[...states]}::text[])`}
      ORDER BY no LIMIT ${limit}
    ) AS t ORDER BY t.no`);
}
