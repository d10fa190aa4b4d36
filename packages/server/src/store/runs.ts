import type { AppError, RunState } from '@tapekeeper/core';
import { sql, type Database, type Transaction } from './connection.ts';
import { addDispatch } from './dispatch.ts';
import { emitEvent } from './events.ts';
import { requireFence } from './fence.ts';
import type { NewRun, RunId, RunStore, ShardClaim, StoredError } from '../ports/runStore.ts';

/** Runs a partition of items holds; upkeep keeps one partition ahead. */
const RUNS_A_PARTITION = 10_000;

/** A run, its planning shard and the first dispatch, in the caller's transaction. */
export async function insertRun(tx: Transaction, run: NewRun): Promise<RunId> {
  const { id } = await tx.one<{ id: RunId }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, params, cause, requested_by, parent_run_id, open_shards)
    VALUES (${run.type}, ${run.dataset}, ${JSON.stringify(run.params)}::jsonb, ${run.cause}, ${run.requestedBy},
            ${run.parentRunId}, 1)
    RETURNING id`);
  if (id % 1000 === 0) await tx.rows(sql`SELECT tapekeeper.ensure_run_partitions(${id + RUNS_A_PARTITION})`);
  await tx.rows(sql`INSERT INTO tapekeeper.shard (run_id, no, kind) VALUES (${id}, 0, 'plan')`);
  await addDispatch(tx, { runId: id, shardNo: 0, dispatch: 1, delayMs: 0 });
  await emitEvent(tx, 'run', { runId: id, state: 'pending', dataset: run.dataset });
  return id;
}

export async function createRun(db: Database, run: NewRun): Promise<RunId> {
  return db.transaction((tx) => insertRun(tx, run));
}

/** The children go to the queue first; the parent waits without a dispatch until the last one has ended. */
export async function waitForRuns(
  db: Database,
  claim: ShardClaim,
  children: readonly NewRun[],
): Promise<readonly RunId[]> {
  return db.transaction(async (tx) => {
    await requireFence(tx, claim);
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

/** Ends a run in the caller's transaction, tells the readers, and wakes a parent that waited for it. */
export async function endRun(
  tx: Transaction,
  runId: RunId,
  state: RunState,
  error: StoredError | null,
): Promise<void> {
  const failure =
    error === null
      ? null
      : JSON.stringify({ code: error.code, message: error.message, details: error.details });
  const { parent } = await tx.one<{ parent: RunId | null }>(sql`
    UPDATE tapekeeper.run SET state = ${state}, finished_at = clock_timestamp(), open_shards = 0,
      reason = ${error?.code ?? null}, error = ${failure}::jsonb
    WHERE id = ${runId} RETURNING parent_run_id AS parent`);
  await emitEvent(tx, 'run', { runId, state });
  if (parent !== null) await wakeParent(tx, parent);
}

/**
 * Of children that end at the same time each would see the other one open, and none would wake the
 * parent: they take turns at its shard, and look only when it is theirs.
 */
async function wakeParent(tx: Transaction, parent: RunId): Promise<void> {
  await tx.rows(sql`
    SELECT 1 FROM tapekeeper.shard WHERE run_id = ${parent} AND open AND waits_for_runs FOR UPDATE`);
  const woken = await tx.rows<{ no: number; dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET waits_for_runs = false, dispatch = dispatch + 1, updated_at = clock_timestamp()
    WHERE run_id = ${parent} AND open AND waits_for_runs
      AND NOT EXISTS (
        SELECT 1 FROM tapekeeper.run WHERE parent_run_id = ${parent} AND state IN ('pending', 'running', 'paused'))
    RETURNING no, dispatch`);
  for (const shard of woken) {
    await addDispatch(tx, { runId: parent, shardNo: shard.no, dispatch: shard.dispatch, delayMs: 0 });
  }
}

/** A run that cannot go on at all: open items are cancelled, open shards closed. */
export async function failRun(db: Database, claim: ShardClaim, error: AppError): Promise<void> {
  await db.transaction(async (tx) => {
    await requireFence(tx, claim);
    await cancelOpenItems(tx, claim.runId);
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET open = false, worker_id = NULL, fence = fence + 1 WHERE run_id = ${claim.runId} AND open`);
    await endRun(tx, claim.runId, 'failed', error);
  });
}

export async function cancelOpenItems(tx: Transaction, runId: RunId): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.item SET state = 'cancelled' WHERE run_id = ${runId} AND state IN ('pending', 'running')`);
}
