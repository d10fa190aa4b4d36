import type { Rescued, WorkerId } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';

/** Tells of workers that came or went: in order, silent for too long, or given up by the next start of their node. */
export async function emitWorkers(
  tx: Transaction,
  workers: readonly WorkerId[],
  state: 'started' | 'stopped' | 'silent' | 'gone',
): Promise<void> {
  if (workers.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.event_outbox (topic, payload)
    SELECT 'worker', jsonb_build_object('workerId', id, 'state', ${state}::text)
    FROM unnest(${[...workers]}::bigint[]) AS id`);
}

/** Tells of shards that were taken out of the hands of dead workers, or whose place in the queue was lost. */
export async function emitRescued(tx: Transaction, shards: readonly Rescued[]): Promise<void> {
  if (shards.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.event_outbox (topic, payload)
    SELECT 'worker', jsonb_build_object('state', 'rescued', 'runId', run, 'shardNo', shard, 'why', why)
    FROM unnest(${shards.map(({ runId }) => runId)}::bigint[], ${shards.map(({ shardNo }) => shardNo)}::int[],
      ${shards.map(({ why }) => why)}::text[]) AS rescued (run, shard, why)`);
}
