import type { WorkerFacts, WorkerVitals } from '../ports/explainStore.ts';
import type { WorkerId } from '../ports/runStore.ts';
import { sql, type Database } from './connection.ts';

/** Keeps what a worker says of itself; it counts for nothing, and only people read it. */
export async function noteVitals(db: Database, worker: WorkerId, vitals: WorkerVitals): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.worker SET vitals = ${JSON.stringify(vitals)}::jsonb, vitals_at = tapekeeper.now(), slots = ${vitals.slots}
    WHERE id = ${worker} AND stopped_at IS NULL`);
}

export async function workersFor(db: Database, named: readonly WorkerId[]): Promise<readonly WorkerFacts[]> {
  return db.rows(sql`
    SELECT w.id, w.node, w.pid, w.started_at AS "startedAt", w.stopped_at AS "stoppedAt", w.vitals,
      (extract(epoch FROM tapekeeper.now() - coalesce(w.heartbeat_at, w.started_at)) * 1000)::float8 AS "silentMs",
      (extract(epoch FROM tapekeeper.now() - w.vitals_at) * 1000)::float8 AS "vitalsMs",
      (SELECT count(*)::int FROM tapekeeper.shard s WHERE s.worker_id = w.id AND s.open) AS shards
    FROM tapekeeper.worker w
    WHERE w.id = ANY (ARRAY(SELECT id FROM tapekeeper.worker WHERE stopped_at IS NULL) || ${[...named]}::bigint[])
    ORDER BY w.id`);
}
