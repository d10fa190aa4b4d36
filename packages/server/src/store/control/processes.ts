import { sql, type Database } from '../connection.ts';
import { requireFence } from '../fence.ts';
import type { ShardClaim } from '../../ports/runStore.ts';
import type { CommandProcess, LeftoverProcess, TaskStore } from '../../ports/taskStore.ts';

/** Noted twice: before the program begins, when only its token is known, and when it has a number. */
export async function beginProcess(db: Database, claim: ShardClaim, begun: CommandProcess): Promise<void> {
  await db.transaction(async (tx) => {
    await requireFence(tx, claim);
    await tx.rows(sql`
      INSERT INTO tapekeeper.command_process (run_id, shard_no, fence, host, pid, birth, token)
      VALUES (${claim.runId}, ${claim.shardNo}, ${claim.fence}, ${begun.host}, ${begun.pid}, ${begun.birth}, ${begun.token})
      ON CONFLICT (run_id, shard_no, fence) DO UPDATE SET pid = EXCLUDED.pid, birth = EXCLUDED.birth`);
  });
}

export async function forgetProcess(
  db: Database,
  { runId, shardNo, fence }: Parameters<TaskStore['forgetProcess']>[0],
): Promise<void> {
  await db.rows(sql`
    DELETE FROM tapekeeper.command_process WHERE run_id = ${runId} AND shard_no = ${shardNo} AND fence = ${fence}`);
}

/** Whoever holds the shard under the noted fence may run the program; nobody else may. */
export async function leftoverProcesses(db: Database, host: string): Promise<readonly LeftoverProcess[]> {
  return db.rows(sql`
    SELECT p.run_id AS "runId", p.shard_no AS "shardNo", p.fence, p.host, p.pid, p.birth, p.token
    FROM tapekeeper.command_process p
    WHERE p.host = ${host} AND NOT EXISTS (
      SELECT 1 FROM tapekeeper.shard s
      WHERE s.run_id = p.run_id AND s.no = p.shard_no AND s.fence = p.fence AND s.open AND s.worker_id IS NOT NULL)
    ORDER BY p.run_id, p.fence`);
}
