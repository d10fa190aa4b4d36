import { sql, type Transaction } from './connection.ts';
import type { RunId } from '../ports/runStore.ts';

/** The task names under which the engine runs shards: live work has slots of its own. */
export const SHARD_TASKS = { live: 'live_shard', other: 'shard' } as const;

/**
 * Queues a dispatch of a shard inside the caller's transaction. The key keeps one waiting dispatch a
 * shard; a job that a dead worker holds under the same key is set aside by the queue itself.
 */
export async function addDispatch(
  tx: Transaction,
  dispatch: { runId: RunId; shardNo: number; dispatch: number; delayMs: number },
): Promise<void> {
  await tx.rows(sql`
    SELECT graphile_worker.add_job(
      CASE r.priority WHEN 'live' THEN ${SHARD_TASKS.live} ELSE ${SHARD_TASKS.other} END,
      payload => json_build_object('runId', ${dispatch.runId}::bigint, 'shardNo', ${dispatch.shardNo}::int,
                                   'dispatch', ${dispatch.dispatch}::int),
      run_at => clock_timestamp() + make_interval(secs => ${dispatch.delayMs / 1000}),
      max_attempts => 1,
      job_key => ${dispatchKey(dispatch.runId, dispatch.shardNo)},
      priority => CASE r.priority WHEN 'live' THEN 0 WHEN 'normal' THEN 10 ELSE 20 END
    ) FROM tapekeeper.run r WHERE r.id = ${dispatch.runId}`);
}

export function dispatchKey(runId: RunId, shardNo: number): string {
  return `shard:${runId}:${shardNo}`;
}
