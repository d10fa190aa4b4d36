import type { JobDefinition, RunState } from '@tapekeeper/core';
import type { FireId, JobId } from '../../ports/jobStore.ts';
import type { RunCause, RunId } from '../../ports/runStore.ts';
import { sql, type Transaction } from '../connection.ts';
import { dispatchKey, SHARD_TASKS } from '../dispatch.ts';
import type { OutboxEvent } from './outbox.ts';

/** The run of a fire; one that was missed or skipped is over when it is made. */
export interface FiredRun {
  readonly fireId: FireId;
  readonly jobId: JobId;
  readonly jobVersion: number;
  readonly definition: JobDefinition;
  readonly cause: RunCause;
  readonly upstreamRunId: RunId | null;
  readonly waitsForTurn: boolean;
  /** How it was over at birth, and why. */
  readonly over: { readonly state: 'missed' | 'skipped'; readonly reason: string } | null;
}

/** Runs a partition of items holds; upkeep keeps one partition ahead. */
const RUNS_A_PARTITION = 10_000;

/**
 * Runs with their first shards and dispatches, as `insertRun` makes them one by one; a test holds the two
 * together. Many are due in the same second, and a statement for each would make the last one late.
 * Returns the ids in the order of the runs, and what is to be told of them.
 */
export async function insertFiredRuns(
  tx: Transaction,
  runs: readonly FiredRun[],
): Promise<{ readonly ids: readonly RunId[]; readonly events: readonly OutboxEvent[] }> {
  if (runs.length === 0) return { ids: [], events: [] };
  const made = await tx.rows<{ id: RunId; fireId: FireId; state: RunState }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, wish, cause, job_id, job_version, fire_id, upstream_run_id, priority,
      concurrency_group, timeout_seconds, max_attempts, retry_seconds, waits_for_turn, state, reason, open_shards,
      finished_at)
    SELECT n.type, n.dataset, n.wish, n.cause, n."jobId", n."jobVersion", n."fireId", n."upstreamRunId", n.priority,
      n."group", n."timeoutSeconds", n."maxAttempts", n."retrySeconds", n.waits, n.state, n.reason,
      CASE n.state WHEN 'pending' THEN 1 ELSE 0 END, CASE WHEN n.state <> 'pending' THEN tapekeeper.now() END
    FROM jsonb_to_recordset(${JSON.stringify(runs.map(rowOf))}::jsonb) AS n (no int, type text, dataset text, wish jsonb,
      cause text, "jobId" bigint, "jobVersion" int, "fireId" bigint, "upstreamRunId" bigint, priority text, "group" text,
      "timeoutSeconds" int, "maxAttempts" int, "retrySeconds" int, waits boolean, state text, reason text)
    ORDER BY n.no
    RETURNING id, fire_id AS "fireId", state`);
  const idOf = new Map(made.map(({ fireId, id }) => [fireId, id]));
  const ids = runs.map(({ fireId }) => idOf.get(fireId) ?? lost(fireId));
  await ensurePartitions(tx, ids);
  await insertShards(tx, ids);
  await addDispatches(tx, ids);
  const events = runs.map((run, place) => ({
    topic: 'run' as const,
    payload: {
      runId: ids[place],
      state: run.over?.state ?? 'pending',
      type: run.definition.type,
      dataset: datasetOf(run.definition),
      jobId: run.jobId,
      parentRunId: null,
    },
  }));
  return { ids, events };
}

/** The data set that the work of a definition is about, as its runs name it. */
export function datasetOf({ params }: JobDefinition): string | null {
  return 'dataset' in params ? params.dataset : null;
}

function rowOf(run: FiredRun, no: number): Readonly<Record<string, unknown>> {
  const { definition, over } = run;
  const { policies } = definition;
  return {
    no,
    type: definition.type,
    dataset: datasetOf(definition),
    wish: definition.params,
    cause: run.cause,
    jobId: run.jobId,
    jobVersion: run.jobVersion,
    fireId: run.fireId,
    upstreamRunId: run.upstreamRunId,
    priority: policies.priority,
    group: policies.group,
    timeoutSeconds: policies.timeoutSeconds,
    maxAttempts: policies.maxAttempts,
    retrySeconds: policies.retrySeconds,
    waits: run.waitsForTurn,
    state: over?.state ?? 'pending',
    reason: over?.reason ?? (run.waitsForTurn ? 'waits_for_turn' : null),
  };
}

function lost(fireId: FireId): never {
  throw new RangeError(`the run of fire ${fireId} was not made`);
}

async function ensurePartitions(tx: Transaction, ids: readonly RunId[]): Promise<void> {
  const due = ids.find((id) => id % 1000 === 0);
  if (due === undefined) return;
  await tx.rows(sql`SELECT tapekeeper.ensure_run_partitions(${due + RUNS_A_PARTITION})`);
}

async function insertShards(tx: Transaction, ids: readonly RunId[]): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind)
    SELECT id, 0, CASE WHEN type IN ('sync', 'repair') THEN 'plan' WHEN type = 'workflow' THEN 'workflow' ELSE 'task' END
    FROM tapekeeper.run WHERE id = ANY(${ids}::bigint[]) AND state = 'pending' ORDER BY id`);
}

/** In one call: one a run costs some milliseconds each. */
async function addDispatches(tx: Transaction, ids: readonly RunId[]): Promise<void> {
  await tx.rows(sql`
    SELECT count(*) FROM (
      SELECT array_agg(ROW(
        CASE r.priority WHEN 'live' THEN ${SHARD_TASKS.live} ELSE ${SHARD_TASKS.other} END,
        json_build_object('runId', r.id, 'shardNo', 0, 'dispatch', 1),
        NULL, clock_timestamp(), 1, keys.key, CASE r.priority WHEN 'live' THEN 0 WHEN 'normal' THEN 10 ELSE 20 END,
        NULL)::graphile_worker.job_spec ORDER BY r.id) AS specs
      FROM unnest(${ids}::bigint[], ${ids.map((id) => dispatchKey(id, 0))}::text[]) AS keys (id, key)
      JOIN tapekeeper.run r ON r.id = keys.id
      WHERE r.state = 'pending' AND NOT r.waits_for_turn
    ) AS queued, LATERAL graphile_worker.add_jobs(queued.specs)
    WHERE queued.specs IS NOT NULL`);
}
