import type { DatabaseActivity } from '../ports/explainStore.ts';
import { sql, type Database } from './connection.ts';

/** A connection of the queue has no name of its own. */
const APPLICATION = sql`coalesce(nullif(a.application_name, ''), 'queue')`;

/** The state of a session of another role is hidden, and null. */
const STATE = sql`coalesce(a.state, 'hidden')`;

const MS = (since: 'xact_start' | 'state_change' | 'query_start') =>
  sql`greatest(0, coalesce(extract(epoch FROM clock_timestamp() - a.${sql.ref(since)}) * 1000, 0))::float8`;

/** The sessions on this database, whoever of them waits for a lock, and for whom. By the server's own clock. */
export async function databaseActivity(db: Database): Promise<DatabaseActivity> {
  const [connections, blocked, oldest] = await Promise.all([
    db.rows<DatabaseActivity['connections'][number]>(sql`
      SELECT ${APPLICATION} AS application, ${STATE} AS state, count(*)::int AS count
      FROM pg_stat_activity a WHERE a.datname = current_database() AND a.backend_type = 'client backend'
      GROUP BY 1, 2 ORDER BY 1, 2`),
    db.rows<DatabaseActivity['blocked'][number]>(sql`
      SELECT a.pid, ${APPLICATION} AS application, ${MS('query_start')} AS "waitingMs", (
        SELECT coalesce(jsonb_agg(jsonb_build_object('pid', a.pid, 'application', ${APPLICATION}, 'state', ${STATE},
          'transactionMs', ${MS('xact_start')})), '[]')
        FROM pg_stat_activity a WHERE a.pid = ANY (waiting.blockers)) AS blockers
      FROM pg_stat_activity a CROSS JOIN LATERAL (SELECT pg_blocking_pids(a.pid) AS blockers) AS waiting
      WHERE a.datname = current_database() AND a.usename = current_user AND a.wait_event_type = 'Lock' AND cardinality(waiting.blockers) > 0
      ORDER BY 3 DESC LIMIT 20`),
    db.maybe<NonNullable<DatabaseActivity['oldestTransaction']>>(sql`
      SELECT a.pid, ${APPLICATION} AS application, ${STATE} AS state, ${MS('xact_start')} AS ms
      FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
        AND a.backend_type = 'client backend'
      ORDER BY a.xact_start LIMIT 1`),
  ]);
  return { connections, blocked, oldestTransaction: oldest ?? null };
}
