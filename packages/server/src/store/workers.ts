import { sql, type Database } from './connection.ts';
import type { WorkerId } from '../ports/runStore.ts';
import { freeShardsOfWorkers } from './rescue.ts';

export async function registerWorker(
  db: Database,
  worker: { node: string; boot: string; pid: number },
): Promise<WorkerId> {
  const row = await db.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.worker (node, boot, pid, heartbeat_at)
    VALUES (${worker.node}, ${worker.boot}::uuid, ${worker.pid}, tapekeeper.now()) RETURNING id`);
  return row.id;
}

/** Heartbeats go to the worker row, never to a shard row that commits update. */
export async function beat(db: Database, worker: WorkerId): Promise<boolean> {
  const rows = await db.rows(sql`
    UPDATE tapekeeper.worker SET heartbeat_at = tapekeeper.now()
    WHERE id = ${worker} AND stopped_at IS NULL RETURNING id`);
  return rows.length === 1;
}

/** Ends a worker in order: what it still holds goes back to the queue at once. */
export async function stopWorker(db: Database, worker: WorkerId): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(
      sql`UPDATE tapekeeper.worker SET stopped_at = tapekeeper.now() WHERE id = ${worker} AND stopped_at IS NULL`,
    );
    await freeShardsOfWorkers(tx, [worker]);
  });
}

/**
 * Frees what former boots of this node held. The directory lock proves that they are dead, so nobody
 * waits for their silence to grow long enough.
 */
export async function settlePredecessors(db: Database, node: string, boot: string): Promise<number> {
  return db.transaction(async (tx) => {
    const dead = await tx.rows<{ id: number }>(sql`
      UPDATE tapekeeper.worker SET stopped_at = tapekeeper.now()
      WHERE node = ${node} AND boot <> ${boot}::uuid AND stopped_at IS NULL RETURNING id`);
    return (
      await freeShardsOfWorkers(
        tx,
        dead.map((row) => row.id),
      )
    ).length;
  });
}
