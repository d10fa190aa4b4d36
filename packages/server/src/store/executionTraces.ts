import type { ExecutionTrace } from '../ports/executionStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database } from './connection.ts';
import { epochMs } from './hostLock.ts';

/** As much of a run's trouble as is worth reading in a list. */
const MOST_ATTEMPTS = 5;
const MOST_ITEMS = 10;
/** The last lines of a run, of which those that complain are kept. */
const MOST_LINES = 200;

/** Everything that went wrong in runs, by their primary keys: a page of runs in one statement. */
export async function executionTraces(
  db: Database,
  ids: readonly RunId[],
): Promise<readonly ExecutionTrace[]> {
  if (ids.length === 0) return [];
  return db.rows<ExecutionTrace>(sql`
    SELECT wanted.id AS "runId",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('no', no, 'endedAt', ${epochMs(sql`ended_at`)},
                'code', error->>'code', 'message', error->>'message') ORDER BY no), '[]')
       FROM (SELECT * FROM tapekeeper.run_attempt WHERE run_id = wanted.id AND error IS NOT NULL
             ORDER BY no DESC LIMIT ${MOST_ATTEMPTS}) AS a) AS attempts,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('no', i.no, 'symbol', s.symbol, 'source', i.source,
                'tries', i.attempts, 'code', i.error_code, 'message', t.error_message) ORDER BY i.no), '[]')
       FROM (SELECT * FROM tapekeeper.item WHERE run_id = wanted.id AND state = 'failed'
             ORDER BY no LIMIT ${MOST_ITEMS}) AS i
       LEFT JOIN tapekeeper.instrument s ON s.id = i.instrument_id
       LEFT JOIN LATERAL (
         SELECT error_message FROM tapekeeper.attempt
         WHERE run_id = wanted.id AND item_no = i.no ORDER BY no DESC LIMIT 1) AS t ON true) AS items,
      (SELECT coalesce(jsonb_agg(line ORDER BY no) FILTER (WHERE stream IN ('err', 'error')), '[]')
       FROM (SELECT no, stream, line FROM tapekeeper.run_log WHERE run_id = wanted.id
             ORDER BY no DESC LIMIT ${MOST_LINES}) AS l) AS log
    FROM unnest(${[...ids]}::bigint[]) AS wanted (id)`);
}
