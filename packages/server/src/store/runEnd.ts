import type { RunState } from '@tapekeeper/core';
import type { RunId, StoredError } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';
import { giveTurn } from './control/turns.ts';
import { addDispatch } from './dispatch.ts';
import { emitRunEvent } from './eventsOfRuns.ts';

/**
 * Ends a run that the caller has locked: closes its attempt, tells the readers and its children, wakes a
 * parent that waited for it, and makes way for runs that follow it or wait for their turn.
 */
export async function endRun(
  tx: Transaction,
  runId: RunId,
  state: RunState,
  error: StoredError | null,
  reason: string | null = error?.code ?? null,
): Promise<void> {
  const failure =
    error === null
      ? null
      : JSON.stringify({ code: error.code, message: error.message, details: error.details });
  const ended = await tx.one<{ parent: RunId | null; jobId: number | null; group: string | null }>(sql`
    UPDATE tapekeeper.run SET state = ${state}, finished_at = tapekeeper.now(), open_shards = 0,
      reason = ${reason}, error = ${failure}::jsonb, retry_at = NULL, waits_for_turn = false
    WHERE id = ${runId} RETURNING parent_run_id AS parent, job_id AS "jobId", concurrency_group AS "group"`);
  await tx.rows(sql`
    UPDATE tapekeeper.run_attempt SET ended_at = tapekeeper.now(), error = ${failure}::jsonb
    WHERE run_id = ${runId} AND ended_at IS NULL`);
  await emitRunEvent(tx, runId);
  if (state === 'failed' || state === 'cancelled') await tellChildren(tx, runId);
  else if (ended.jobId !== null) await noteFollowers(tx, runId, ended.jobId);
  if (ended.parent !== null) await wakeParent(tx, ended.parent);
  if (ended.jobId !== null || ended.group !== null) await giveTurn(tx, ended.jobId, ended.group);
}

/**
 * Open children are told to end; whoever works on them ends them, or else the rescue loop does. Children
 * that somebody is changing now are told by that loop: nobody waits here for another run.
 */
async function tellChildren(tx: Transaction, runId: RunId): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.run SET stop_asked_at = tapekeeper.now(),
      stop = jsonb_build_object('end', 'cancelled', 'code', 'parent_ended', 'reason', '', 'by', 'run ' || ${runId}::bigint)
    WHERE id IN (
      SELECT id FROM tapekeeper.run
      WHERE parent_run_id = ${runId} AND state IN ('pending', 'running', 'paused') AND stop IS NULL
      FOR NO KEY UPDATE SKIP LOCKED)`);
}

/** Jobs that follow the job are due now that a run of it has ended well. */
async function noteFollowers(tx: Transaction, runId: RunId, jobId: number): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.after_due (job_id, upstream_run_id, ended_at)
    SELECT id, ${runId}, tapekeeper.now() FROM tapekeeper.job
    WHERE after_job_id = ${jobId} AND state = 'enabled' AND deleted_at IS NULL AND trigger_kind = 'after'
    ON CONFLICT DO NOTHING`);
}

/**
 * Of children that end at the same time each would see the other one open, and none would wake the
 * parent: they take turns at its shard, and look only when it is theirs. A workflow looks after each child.
 */
async function wakeParent(tx: Transaction, parent: RunId): Promise<void> {
  await tx.rows(sql`
    SELECT 1 FROM tapekeeper.shard WHERE run_id = ${parent} AND open AND waits_for_runs FOR UPDATE`);
  const woken = await tx.rows<{ no: number; dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET waits_for_runs = false, dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE run_id = ${parent} AND open AND waits_for_runs
      AND (kind = 'workflow' OR NOT EXISTS (
        SELECT 1 FROM tapekeeper.run WHERE parent_run_id = ${parent} AND state IN ('pending', 'running', 'paused')))
    RETURNING no, dispatch`);
  for (const shard of woken) {
    await addDispatch(tx, { runId: parent, shardNo: shard.no, dispatch: shard.dispatch, delayMs: 0 });
  }
}

/** Items that nobody will work on any more. */
export async function cancelOpenItems(tx: Transaction, runId: RunId): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.item SET state = 'cancelled' WHERE run_id = ${runId} AND state IN ('pending', 'running')`);
}

/**
 * Closes what is open of a run that ends, whoever holds it: the fences rise, so that late writes fail. The
 * shards come before their items, as in every commit: so nobody waits in a circle.
 */
export async function closeOpenShards(tx: Transaction, runId: RunId): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.shard SET open = false, worker_id = NULL, fence = fence + 1, waits_for_runs = false,
      waits_for_shards = false, updated_at = tapekeeper.now()
    WHERE run_id = ${runId} AND open`);
  await cancelOpenItems(tx, runId);
}
