import type { SourceId } from '@tapekeeper/core';
import type { WorkerId } from '../ports/runStore.ts';
import { sql, type Database } from './connection.ts';

/**
 * The lease of a single connection; a holder whose worker has stopped or gone silent holds nothing. A free
 * one that another worker has been refused before is left to that one for this time: whoever had it would
 * else take it again at once, and again.
 */
export async function takeLease(db: Database, source: SourceId, worker: WorkerId): Promise<boolean> {
  const taken = await db.rows(sql`
    INSERT INTO tapekeeper.source_lease AS l (source, worker_id, taken_at) VALUES (${source}, ${worker}, tapekeeper.now())
    ON CONFLICT (source) DO UPDATE SET
      fence = l.fence + (l.worker_id IS DISTINCT FROM EXCLUDED.worker_id)::int,
      worker_id = EXCLUDED.worker_id, taken_at = EXCLUDED.taken_at,
      wanted_by = CASE WHEN l.wanted_by = EXCLUDED.worker_id THEN NULL ELSE l.wanted_by END
    WHERE l.worker_id = EXCLUDED.worker_id
      OR ((l.worker_id IS NULL
           OR NOT EXISTS (SELECT 1 FROM tapekeeper.worker w WHERE w.id = l.worker_id AND w.stopped_at IS NULL))
        AND (l.wanted_by IS NULL OR l.wanted_by = EXCLUDED.worker_id
           OR NOT EXISTS (SELECT 1 FROM tapekeeper.worker w WHERE w.id = l.wanted_by AND w.stopped_at IS NULL)))
    RETURNING source`);
  if (taken.length > 0) return true;
  await db.rows(sql`
    UPDATE tapekeeper.source_lease SET wanted_by = CASE WHEN worker_id IS NULL THEN NULL ELSE ${worker}::bigint END
    WHERE source = ${source}`);
  return false;
}

export async function releaseLease(db: Database, source: SourceId, worker: WorkerId): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.source_lease SET worker_id = NULL, fence = fence + 1 WHERE source = ${source} AND worker_id = ${worker}`);
}

export async function leaseWanted(db: Database, source: SourceId, worker: WorkerId): Promise<boolean> {
  const wanted = await db.rows(sql`
    SELECT 1 FROM tapekeeper.source_lease l JOIN tapekeeper.worker w ON w.id = l.wanted_by AND w.stopped_at IS NULL
    WHERE l.source = ${source} AND l.worker_id = ${worker} AND l.wanted_by <> ${worker}`);
  return wanted.length > 0;
}
