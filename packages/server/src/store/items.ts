import { sql, type Database } from './connection.ts';
import { requireFence } from './fence.ts';
import type { Item, ShardClaim } from '../ports/runStore.ts';

/** The next items of a shard in order, set running; what a worker takes is what a crash may repeat. */
export async function takeItems(db: Database, claim: ShardClaim, limit: number): Promise<readonly Item[]> {
  return db.transaction(async (tx) => {
    await requireFence(tx, claim);
    // Losing this note in a crash only leaves items pending, as they were: no need to wait for the disk.
    await tx.rows(sql`SET LOCAL synchronous_commit = off`);
    const items = await tx.rows<Item>(sql`
      UPDATE tapekeeper.item SET state = 'running', attempts = attempts + 1
      WHERE run_id = ${claim.runId} AND no IN (
        SELECT no FROM tapekeeper.item
        WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'pending' ORDER BY no LIMIT ${limit})
      RETURNING no, source, shape, from_day AS "from", to_day AS "to", instrument_id AS "instrumentId", members, attempts`);
    return items.toSorted((a, b) => a.no - b.no);
  });
}
