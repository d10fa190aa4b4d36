import { sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { waitingDispatches } from '../../support/queue.ts';
import type { Memory } from '../memory/memory.ts';

/** Everything of two stores that has to be the same after the same calls, as texts. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

export async function snapshotOf(db: Database): Promise<Snapshot> {
  const texts = async (query: ReturnType<typeof sql>): Promise<readonly string[]> =>
    (await db.rows<{ text: string }>(query as never)).map(({ text }) => text);
  const dispatches = await waitingDispatches(db);
  return {
    jobs: await texts(sql`
      SELECT concat_ws(' ', id, state, version, round(extract(epoch FROM next_scheduled_for) * 1000)::bigint) AS text
      FROM tapekeeper.job ORDER BY id`),
    fires: await texts(sql`
      SELECT concat_ws(' ', job_id, floor(extract(epoch FROM scheduled_for) * 1000)::bigint,
        floor(extract(epoch FROM until) * 1000)::bigint, due_count, decision, reason, upstream_run_id) AS text
      FROM tapekeeper.fire ORDER BY job_id, scheduled_for`),
    runs: await texts(sql`
      SELECT concat_ws(' ', id, type, state, coalesce(reason, '-'), attempt, open_shards, waits_for_turn,
        coalesce(stop->>'code', '-'), pause_asked_at IS NOT NULL, coalesce(error->>'code', '-'), job_id,
        parent_run_id) AS text
      FROM tapekeeper.run ORDER BY id`),
    shards: await texts(sql`
      SELECT concat_ws(' ', run_id, no, kind, open, coalesce(worker_id::text, '-'), fence, dispatch, waits_for_runs,
        waits_for_shards, round, items_total, items_done, items_failed, calls, troubles) AS text
      FROM tapekeeper.shard ORDER BY run_id, no`),
    items: await texts(sql`
      SELECT concat_ws(' ', run_id, no, shard_no, state, attempts) AS text FROM tapekeeper.item ORDER BY run_id, no`),
    attempts: await texts(sql`
      SELECT concat_ws(' ', run_id, no, ended_at IS NULL, coalesce(error->>'code', '-')) AS text
      FROM tapekeeper.run_attempt ORDER BY run_id, no`),
    workers: await texts(sql`
      SELECT concat_ws(' ', id, stopped_at IS NULL) AS text FROM tapekeeper.worker ORDER BY id`),
    queue: dispatches.map(({ runId, shardNo, dispatch }) => `${runId} ${shardNo} ${dispatch}`).toSorted(),
  };
}

export function snapshotOfMemory({ tables, queue }: Memory): Snapshot {
  const joined = (...parts: readonly unknown[]): string =>
    parts
      .filter((part) => part !== null && part !== undefined)
      .map(flat)
      .join(' ');
  return {
    jobs: [...tables.jobs.values()].map(({ id, state, version, next }) =>
      joined(id, state, version, next?.scheduledFor),
    ),
    fires: [...tables.fires.values()]
      .toSorted((a, b) => a.jobId - b.jobId || a.scheduledFor - b.scheduledFor)
      .map((one) =>
        joined(
          one.jobId,
          Math.floor(one.scheduledFor),
          Math.floor(one.until),
          one.dueCount,
          one.decision,
          one.reason,
          one.upstreamRunId,
        ),
      ),
    runs: [...tables.runs.values()].map((run) =>
      joined(
        run.id,
        run.type,
        run.state,
        run.reason ?? '-',
        run.attempt,
        run.openShards,
        run.waitsForTurn,
        run.stop?.code ?? '-',
        run.pauseAskedAt !== null,
        run.error?.code ?? '-',
        run.jobId,
        run.parentRunId,
      ),
    ),
    shards: [...tables.shards.entries()]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, shards]) => shards)
      .map((one) =>
        joined(
          one.runId,
          one.no,
          one.kind,
          one.open,
          one.workerId ?? '-',
          one.fence,
          one.dispatch,
          one.waitsForRuns,
          one.waitsForShards,
          one.round,
          one.itemsTotal,
          one.itemsDone,
          one.itemsFailed,
          one.calls,
          one.troubles,
        ),
      ),
    items: [...tables.items.values()]
      .flat()
      .toSorted((a, b) => a.runId - b.runId || a.no - b.no)
      .map((item) => joined(item.runId, item.no, item.shardNo, item.state, item.attempts)),
    attempts: [...tables.runAttempts]
      .toSorted((a, b) => a.runId - b.runId || a.no - b.no)
      .map((one) => joined(one.runId, one.no, one.endedAt === null, one.error?.code ?? '-')),
    workers: [...tables.workers.values()].map(({ id, stoppedAt }) => joined(id, stoppedAt === null)),
    queue: [...queue.rows.values()]
      .map(({ dispatch }) => `${dispatch.runId} ${dispatch.shardNo} ${dispatch.dispatch}`)
      .toSorted(),
  };
}

/** As the database writes it into a text. */
function flat(value: unknown): string {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return String(value);
}
