import type { AppError, RunState } from '@tapekeeper/core';
import type { ItemAttempt, RunAttempt, RunControlStore } from '../../ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { addDispatch } from '../dispatch.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { closeOpenShards, endRun } from '../runEnd.ts';
import { isHeld, lockHeldRun, type LockedRun } from '../runLock.ts';
import { letGo, settleRequests } from './requests.ts';

/**
 * The attempt of a run that a worker has taken a shard of: begun by the first claim. What went by since the
 * former one failed is time that the run has waited.
 */
export async function beginAttempt(tx: Transaction, run: LockedRun, shardNo: number): Promise<void> {
  // the very moment of the claim: by it one knows later which attempt a shard was taken in
  const begun = await tx.rows(sql`
    INSERT INTO tapekeeper.run_attempt (run_id, no, worker_id, started_at)
    SELECT run_id, ${run.attempt}, worker_id, claimed_at FROM tapekeeper.shard
    WHERE run_id = ${run.id} AND no = ${shardNo}
    ON CONFLICT DO NOTHING RETURNING no`);
  if (begun.length === 0 || run.attempt === 1) return;
  await tx.rows(sql`
    UPDATE tapekeeper.run AS r SET retry_at = NULL,
      retry_waited_ms = r.retry_waited_ms + greatest(0, extract(epoch FROM tapekeeper.now() - a.ended_at) * 1000)::bigint
    FROM tapekeeper.run_attempt a
    WHERE r.id = ${run.id} AND a.run_id = ${run.id} AND a.no = ${run.attempt - 1}`);
}

/**
 * A failure outside items: the attempt has failed, and the next one begins after the run's pause. Shards
 * that others hold go on meanwhile, and what fails in them belongs to the same attempt. Where no attempt
 * is left, the run fails. A run that is told to end ends, and is not tried again.
 */
export async function failAttempt(db: Database, claim: ShardClaim, error: AppError): Promise<RunState> {
  return db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    if (run.stop !== null) {
      await letGo(tx, run, claim, 0);
      return (await settleRequests(tx, run)) ?? run.state;
    }
    const isOwn = await isOfAttempt(tx, run, claim);
    if (isOwn && run.attempt >= run.maxAttempts) {
      await closeOpenShards(tx, run.id);
      await endRun(tx, run.id, 'failed', error);
      return 'failed';
    }
    const pauseMs = isOwn ? await closeAttempt(tx, run, error) : await pauseLeft(tx, run);
    await letGo(tx, run, claim, pauseMs, 'none');
    if (run.pausing) return (await settleRequests(tx, run)) ?? run.state;
    return (await isHeld(tx, run.id)) ? run.state : waitToRetry(tx, run, error, pauseMs);
  });
}

/** Whether the shard was taken in the attempt that counts: of one that has failed already it says nothing new. */
async function isOfAttempt(tx: Transaction, run: LockedRun, claim: ShardClaim): Promise<boolean> {
  const found = await tx.rows(sql`
    SELECT 1 FROM tapekeeper.run_attempt a JOIN tapekeeper.shard s ON s.run_id = a.run_id AND s.no = ${claim.shardNo}
    WHERE a.run_id = ${run.id} AND a.no = ${run.attempt} AND s.claimed_at >= a.started_at`);
  return found.length > 0;
}

async function closeAttempt(tx: Transaction, run: LockedRun, error: AppError): Promise<number> {
  const failure = JSON.stringify({ code: error.code, message: error.message, details: error.details });
  await tx.rows(sql`
    UPDATE tapekeeper.run_attempt SET ended_at = tapekeeper.now(), error = ${failure}::jsonb
    WHERE run_id = ${run.id} AND no = ${run.attempt}`);
  await tx.rows(sql`
    UPDATE tapekeeper.run SET attempt = attempt + 1, retry_at = tapekeeper.now() + make_interval(secs => retry_seconds)
    WHERE id = ${run.id}`);
  return run.retrySeconds * 1000;
}

async function pauseLeft(tx: Transaction, run: LockedRun): Promise<number> {
  const { ms } = await tx.one<{ ms: number }>(sql`
    SELECT coalesce(greatest(0, extract(epoch FROM retry_at - tapekeeper.now()) * 1000), ${run.retrySeconds * 1000})::float8 AS ms
    FROM tapekeeper.run WHERE id = ${run.id}`);
  return ms;
}

/** Nobody works on the run: all of it waits, so that the next attempt does not begin early by another shard. */
async function waitToRetry(
  tx: Transaction,
  run: LockedRun,
  error: AppError,
  pauseMs: number,
): Promise<RunState> {
  const idle = await tx.rows<{ no: number; dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE run_id = ${run.id} AND open AND NOT waits_for_runs AND NOT waits_for_shards RETURNING no, dispatch`);
  for (const { no, dispatch } of idle)
    await addDispatch(tx, { runId: run.id, shardNo: no, dispatch, delayMs: pauseMs });
  await tx.rows(sql`
    UPDATE tapekeeper.run SET state = 'pending', reason = 'waits_to_retry' WHERE id = ${run.id}`);
  await emitRunEvent(tx, run.id, { reason: 'waits_to_retry', error: error.code });
  return 'pending';
}

export async function runAttempts(db: Database, id: RunId): Promise<readonly RunAttempt[]> {
  return db.rows<RunAttempt>(sql`
    SELECT no, worker_id AS "workerId", started_at AS "startedAt", ended_at AS "endedAt", error
    FROM tapekeeper.run_attempt WHERE run_id = ${id} ORDER BY no`);
}

export async function itemAttempts(
  db: Database,
  id: RunId,
  { failedOnly, before, limit }: Parameters<RunControlStore['itemAttempts']>[1],
): ReturnType<RunControlStore['itemAttempts']> {
  // with those that ended in the same moment, so that a page ends between two moments and loses none
  const tries = await db.rows<ItemAttempt>(sql`
    SELECT item_no AS "itemNo", no, source, worker_id AS "workerId", started_at AS "startedAt", ended_at AS "endedAt",
      calls, rows, error_code AS "errorCode", error_message AS "errorMessage"
    FROM tapekeeper.attempt
    WHERE run_id = ${id} AND (NOT ${failedOnly} OR error_code IS NOT NULL)
      ${before === null ? sql`` : sql`AND ended_at < to_timestamp(${before / 1000}::float8)`}
    ORDER BY ended_at DESC FETCH FIRST (${limit}) ROWS WITH TIES`);
  return tries.toSorted((a, b) => b.endedAt - a.endedAt || b.itemNo - a.itemNo || b.no - a.no);
}
