import { AppError, DEFAULT_POLICIES, isSyncType, type JobType } from '@tapekeeper/core';
import { sql, type Database, type Transaction } from './connection.ts';
import { addDispatch } from './dispatch.ts';
import { emitRunEvent } from './eventsOfRuns.ts';
import { closeOpenShards, endRun } from './runEnd.ts';
import { lockHeldRun } from './runLock.ts';
import type { NewRun, RunId, RunStore, ShardClaim, ShardKind, SyncParams } from '../ports/runStore.ts';

/** Runs a partition of items holds; upkeep keeps one partition ahead. */
const RUNS_A_PARTITION = 10_000;

/** A run, its first shard and the first dispatch, in the caller's transaction. */
export async function insertRun(tx: Transaction, run: NewRun): Promise<RunId> {
  const policies = run.policies ?? DEFAULT_POLICIES;
  // without a job and a group there is nothing to wait for
  const waits = run.waitsForTurn === true && (run.jobId != null || policies.group !== null);
  const { id } = await tx.one<{ id: RunId }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, wish, params, cause, requested_by, parent_run_id, resumes_run_id,
      job_id, job_version, fire_id, upstream_run_id, node, priority, concurrency_group, timeout_seconds,
      max_attempts, retry_seconds, waits_for_turn, reason, open_shards)
    VALUES (${run.type}, ${run.dataset}, ${JSON.stringify(run.wish)}::jsonb,
      ${run.params === null ? null : JSON.stringify(run.params)}::jsonb, ${run.cause}, ${run.requestedBy},
      ${run.parentRunId}, ${run.resumesRunId ?? null}, ${run.jobId ?? null}, ${run.jobVersion ?? null},
      ${run.fireId ?? null}, ${run.upstreamRunId ?? null}, ${run.node ?? null}, ${policies.priority},
      ${policies.group}, ${policies.timeoutSeconds}, ${policies.maxAttempts}, ${policies.retrySeconds},
      ${waits}, ${waits ? 'waits_for_turn' : null}, 1)
    RETURNING id`);
  if (id % 1000 === 0) await tx.rows(sql`SELECT tapekeeper.ensure_run_partitions(${id + RUNS_A_PARTITION})`);
  await tx.rows(
    sql`INSERT INTO tapekeeper.shard (run_id, no, kind) VALUES (${id}, 0, ${firstShardOf(run.type)})`,
  );
  if (!waits) await addDispatch(tx, { runId: id, shardNo: 0, dispatch: 1, delayMs: 0 });
  await emitRunEvent(tx, id);
  return id;
}

function firstShardOf(type: JobType): ShardKind {
  if (isSyncType(type)) return 'plan';
  return type === 'workflow' ? 'workflow' : 'task';
}

export async function createRun(db: Database, run: NewRun): Promise<RunId> {
  return db.transaction((tx) => insertRun(tx, run));
}

export async function settleParams(db: Database, claim: ShardClaim, params: SyncParams): Promise<void> {
  await db.transaction(async (tx) => {
    await lockHeldRun(tx, claim);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET params = ${JSON.stringify(params)}::jsonb WHERE id = ${claim.runId}`);
  });
}

/**
 * The children go to the queue first; the parent waits without a dispatch until the last one has ended.
 * A run that is told to end makes none: raises `interrupted`.
 */
export async function waitForRuns(
  db: Database,
  claim: ShardClaim,
  children: readonly NewRun[],
): Promise<readonly RunId[]> {
  return db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    if (run.stop !== null) throw new AppError('interrupted');
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET waits_for_runs = true, worker_id = NULL, fence = fence + 1
      WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET state = 'pending', reason = 'waits_for_requirement'
      WHERE id = ${claim.runId} AND state = 'running'`);
    const ids: RunId[] = [];
    for (const child of children) ids.push(await insertRun(tx, child));
    return ids;
  });
}

export async function requirementsOf(db: Database, run: RunId): ReturnType<RunStore['requirementsOf']> {
  return db.rows(sql`
    SELECT id AS "runId", dataset, state, error FROM tapekeeper.run WHERE parent_run_id = ${run} ORDER BY id`);
}

/** A run that cannot go on at all: open items are cancelled, open shards closed. */
export async function failRun(db: Database, claim: ShardClaim, error: AppError): Promise<void> {
  await db.transaction(async (tx) => {
    await lockHeldRun(tx, claim);
    await closeOpenShards(tx, claim.runId);
    await endRun(tx, claim.runId, 'failed', error);
  });
}
