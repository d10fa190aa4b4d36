import { AppError } from '@tapekeeper/core';
import { sql, type Transaction } from './connection.ts';
import type { ShardClaim } from '../ports/runStore.ts';

/**
 * The first statement of every write of a worker: it locks the shard row under the claim's fence.
 * Without that row nothing may be written, since another worker holds the shard now.
 */
export async function requireFence(tx: Transaction, claim: ShardClaim): Promise<void> {
  const held = await tx.rows(sql`
    UPDATE tapekeeper.shard SET updated_at = tapekeeper.now()
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo} AND fence = ${claim.fence}
      AND worker_id = ${claim.workerId} AND open
    RETURNING no`);
  if (held.length === 0) throw new AppError('lease_lost', { run: claim.runId, shard: claim.shardNo });
}
