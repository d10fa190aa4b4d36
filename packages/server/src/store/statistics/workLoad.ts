import type { WorkerLoad, WorkLoad } from '../../ports/statisticsStore.ts';
import { sql, type Database } from '../connection.ts';

/** How busy workers, queue and connections are at the moment; each part is read by itself. */
export async function workLoad(db: Database): Promise<WorkLoad> {
  const [workers, dispatches, connections] = await Promise.all([
    db.rows<WorkerLoad>(sql`
      SELECT w.id, w.node, w.pid, w.slots,
        (SELECT count(*)::int FROM tapekeeper.shard s WHERE s.worker_id = w.id AND s.open) AS held,
        greatest(0, extract(epoch FROM tapekeeper.now() - coalesce(w.heartbeat_at, w.started_at)) * 1000)::float8 AS "silentMs"
      FROM tapekeeper.worker w WHERE w.stopped_at IS NULL ORDER BY w.id`),
    // the queue goes by the server's own clock
    db.one<WorkLoad['dispatches']>(sql`
      SELECT count(*) FILTER (WHERE locked_at IS NULL AND run_at <= clock_timestamp())::int AS ready,
        count(*) FILTER (WHERE locked_at IS NULL AND run_at > clock_timestamp())::int AS later,
        count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS "atWork",
        (extract(epoch FROM clock_timestamp() - min(run_at) FILTER (WHERE locked_at IS NULL AND run_at <= clock_timestamp()))
          * 1000)::float8 AS "oldestReadyMs"
      FROM graphile_worker._private_jobs WHERE attempts < max_attempts OR locked_at IS NOT NULL`),
    db.one<WorkLoad['connections']>(sql`
      SELECT current_setting('max_connections')::int AS most, count(*)::int AS open,
        count(*) FILTER (WHERE state = 'active')::int AS active
      FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`),
  ]);
  return { workers, dispatches, connections, pool: db.pool() };
}
