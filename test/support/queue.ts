import { randomUUID } from 'node:crypto';
import type { Dispatch } from '../../packages/server/src/ports/engine.ts';
import type { RunStore, WorkerId } from '../../packages/server/src/ports/runStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/** A worker that beats for as long as nobody makes it old. */
export function addWorker(store: Pick<RunStore, 'registerWorker'>, node = 'test'): Promise<WorkerId> {
  return store.registerWorker({ node, boot: randomUUID(), pid: process.pid });
}

/** Takes the oldest waiting dispatch out of the queue, as an engine that has finished with it leaves it. */
export async function takeDispatch(db: Database): Promise<Dispatch | undefined> {
  const job = await db.maybe<{ payload: Dispatch }>(sql`
    DELETE FROM graphile_worker._private_jobs WHERE id = (
      SELECT id FROM graphile_worker._private_jobs
      WHERE locked_at IS NULL AND attempts < max_attempts ORDER BY id LIMIT 1)
    RETURNING payload`);
  return job?.payload;
}

/** How long the oldest waiting dispatch is to wait yet; 0 where it is due, or none waits. */
export async function msToDispatch(db: Database): Promise<number> {
  const job = await db.maybe<{ ms: number }>(sql`
    SELECT greatest(0, extract(epoch FROM run_at - clock_timestamp()) * 1000)::float8 AS ms
    FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND attempts < max_attempts ORDER BY id LIMIT 1`);
  return job?.ms ?? 0;
}

/** The dispatches that wait, oldest first. */
export async function waitingDispatches(db: Database): Promise<readonly Dispatch[]> {
  const jobs = await db.rows<{ payload: Dispatch }>(sql`
    SELECT payload FROM graphile_worker._private_jobs
    WHERE locked_at IS NULL AND attempts < max_attempts ORDER BY id`);
  return jobs.map((job) => job.payload);
}

/** Makes everything that rescue judges by age as old as that: shards as they are, or the signs of life of workers. */
export async function ageShards(db: Database, ms: number): Promise<void> {
  await db.rows(
    sql`UPDATE tapekeeper.shard SET updated_at = updated_at - make_interval(secs => ${ms / 1000})`,
  );
}

export async function ageWorker(db: Database, worker: WorkerId, ms: number): Promise<void> {
  const by = sql`make_interval(secs => ${ms / 1000})`;
  await db.rows(sql`
    UPDATE tapekeeper.worker SET heartbeat_at = heartbeat_at - ${by}, started_at = started_at - ${by} WHERE id = ${worker}`);
}
