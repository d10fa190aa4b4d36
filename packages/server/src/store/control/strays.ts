import type { ShardClaim, WorkerId } from '../../ports/runStore.ts';
import { sql, type Database } from '../connection.ts';

/**
 * Shards that the database gives to a worker and that it does not work on: the answer to their claim never
 * reached it. A claim may be on its way to it, so only older ones count.
 */
export async function strayShards(
  db: Database,
  worker: WorkerId,
  held: readonly ShardClaim[],
  olderMs: number,
): Promise<readonly ShardClaim[]> {
  return db.rows<ShardClaim>(sql`
    SELECT s.run_id AS "runId", s.no AS "shardNo", s.worker_id AS "workerId", s.kind, s.round, s.source, s.troubles, s.fence
    FROM tapekeeper.shard s
    WHERE s.worker_id = ${worker} AND s.open
      AND s.claimed_at < tapekeeper.now() - make_interval(secs => ${olderMs / 1000})
      AND NOT EXISTS (
        SELECT 1 FROM unnest(
          ${held.map((claim) => claim.runId)}::bigint[], ${held.map((claim) => claim.shardNo)}::int[],
          ${held.map((claim) => claim.fence)}::bigint[]) AS held (run_id, no, fence)
        WHERE held.run_id = s.run_id AND held.no = s.no AND held.fence = s.fence)`);
}
