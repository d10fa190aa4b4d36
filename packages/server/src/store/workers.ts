import { sql, type Database } from './connection.ts';
import type { WorkerId } from '../ports/runStore.ts';
import { emitWorkers } from './eventsOfWorkers.ts';
import { freeShardsOfWorkers, rescueShardsOf } from './rescue.ts';

export async function registerWorker(
  db: Database,
  worker: { node: string; boot: string; pid: number },
): Promise<WorkerId> {
  return db.transaction(async (tx) => {
    const { id } = await tx.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.worker (node, boot, pid, heartbeat_at)
      VALUES (${worker.node}, ${worker.boot}::uuid, ${worker.pid}, tapekeeper.now()) RETURNING id`);
    await emitWorkers(tx, [id], 'started');
    return id;
  });
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
    const stopped = await tx.rows<{ id: WorkerId }>(sql`
      UPDATE tapekeeper.worker SET stopped_at = tapekeeper.now() WHERE id = ${worker} AND stopped_at IS NULL RETURNING id`);
    if (stopped.length > 0) await emitWorkers(tx, [worker], 'stopped');
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
    const ids = dead.map((row) => row.id);
    await emitWorkers(tx, ids, 'gone');
    return (await rescueShardsOf(tx, ids)).length;
  });
}
