import type { AppError, RunState, SourceId } from '@tapekeeper/core';
import type { Run, RunId, RunStore, ShardClaim, StoredError } from '../ports/runStore.ts';
import { sql, type Database, type Transaction } from './connection.ts';
import { beginAttempt } from './control/attempts.ts';
import { pauseWhereFree } from './control/pauses.ts';
import { letGo, putBackRunningItems, settleRequests } from './control/requests.ts';
import { setRunning } from './control/setRunning.ts';
import { endStopped } from './control/stops.ts';
import { addDispatch } from './dispatch.ts';
import { cancelOpenItems, endRun } from './runEnd.ts';
import { lockHeldRun, lockRun, type LockedRun } from './runLock.ts';

/**
 * Takes a shard for a worker, if the dispatch is still the one that counts, and sets its run running. A
 * worker may ask again with the same dispatch when it never heard the answer; the older claim is lost then.
 * Nothing is taken of a run that is to end or to pause.
 */
export async function claimShard(
  db: Database,
  dispatch: Parameters<RunStore['claimShard']>[0],
): ReturnType<RunStore['claimShard']> {
  return db.transaction(async (tx) => {
    const run = await lockRun(tx, dispatch.runId);
    if (run === undefined || !(await mayBegin(tx, run))) return undefined;
    const claimed = await tx.maybe<Pick<ShardClaim, 'fence' | 'kind' | 'round' | 'source' | 'troubles'>>(sql`
      UPDATE tapekeeper.shard AS s SET worker_id = w.id, fence = s.fence + 1,
        claimed_at = tapekeeper.now(), updated_at = tapekeeper.now()
      FROM tapekeeper.worker w
      WHERE s.run_id = ${dispatch.runId} AND s.no = ${dispatch.shardNo} AND s.dispatch = ${dispatch.dispatch}
        AND s.open AND (s.worker_id IS NULL OR s.worker_id = w.id)
        AND w.id = ${dispatch.workerId} AND w.stopped_at IS NULL
      RETURNING s.fence, s.kind, s.round, s.source, s.troubles`);
    if (!claimed) return undefined;
    if (claimed.kind === 'fetch') await putBackRunningItems(tx, dispatch);
    if (!run.attemptBegun) await beginAttempt(tx, run, dispatch.shardNo);
    if (run.state === 'pending') await setRunning(tx, run);
    const { runId, shardNo, workerId } = dispatch;
    return { claim: { runId, shardNo, workerId, ...claimed }, run: await readRun(tx, runId) };
  });
}

/** A run that is asked to pause before it has begun pauses now. */
async function mayBegin(tx: Transaction, run: LockedRun): Promise<boolean> {
  if (run.stop !== null || run.waitsForTurn) return false;
  if (run.pausing && run.state === 'pending') await pauseWhereFree(tx, run);
  return !run.pausing && (run.state === 'pending' || run.state === 'running');
}

async function readRun(tx: Transaction, id: RunId): Promise<Run> {
  return tx.one<Run>(sql`
    SELECT id, type, dataset, wish, params, cause, requested_by AS "requestedBy", parent_run_id AS "parentRunId",
      resumes_run_id AS "resumesRunId", job_id AS "jobId", job_version AS "jobVersion", node, state, created_at AS "createdAt",
      jsonb_build_object('timeoutSeconds', timeout_seconds, 'maxAttempts', max_attempts, 'retrySeconds', retry_seconds,
        'mostRuns', 1, 'group', concurrency_group, 'priority', priority) AS policies
    FROM tapekeeper.run WHERE id = ${id}`);
}

export async function releaseShard(
  db: Database,
  claim: ShardClaim,
  delayMs: number,
  afterTrouble: boolean,
): Promise<void> {
  await db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    await letGo(tx, run, claim, delayMs, afterTrouble ? 'one_more' : 'kept');
    await settleRequests(tx, run);
  });
}

export async function closeShard(db: Database, claim: ShardClaim): Promise<RunState | null> {
  return db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    return closeHeldShard(tx, run, claim);
  });
}

/**
 * Fails what is open of a shard that nobody is left to be asked for, and closes it: the error is that of
 * the items, and what others have got for the run stands.
 */
export async function failShard(db: Database, claim: ShardClaim, error: AppError): Promise<RunState | null> {
  return db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    // the states of an item have no step from pending to failed: it is taken, and fails
    await tx.rows(sql`
      UPDATE tapekeeper.item SET state = 'running'
      WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'pending'`);
    await tx.rows(sql`
      WITH failed AS (
        UPDATE tapekeeper.item SET state = 'failed', outcome = 'failed', error_code = ${error.code}, finished_at = tapekeeper.now(),
          counts = jsonb_build_object('failed', coalesce(bit_count(members), (instrument_id IS NOT NULL)::int))
        WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'running'
        RETURNING (counts->>'failed')::bigint AS symbols
      )
      UPDATE tapekeeper.shard AS s SET items_failed = s.items_failed + f.items,
        outcomes = s.outcomes || jsonb_build_object('failed', coalesce((s.outcomes->>'failed')::bigint, 0) + f.symbols)
      FROM (SELECT count(*)::int AS items, coalesce(sum(symbols), 0) AS symbols FROM failed) AS f
      WHERE s.run_id = ${claim.runId} AND s.no = ${claim.shardNo} AND f.items > 0`);
    return closeHeldShard(tx, run, claim, error);
  });
}

/**
 * Closes a shard whose fence the caller has checked; the last open one ends the run, with the given error
 * where nothing at all has been done. A run that has been told to end ends that way.
 */
export async function closeHeldShard(
  tx: Transaction,
  run: LockedRun,
  claim: ShardClaim,
  error: StoredError | null = null,
): Promise<RunState | null> {
  await tx.rows(sql`
    UPDATE tapekeeper.shard SET open = false, worker_id = NULL, fence = fence + 1
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
  const { left } = await tx.one<{ left: number }>(sql`
    UPDATE tapekeeper.run SET open_shards = open_shards - 1 WHERE id = ${claim.runId} RETURNING open_shards AS left`);
  if (left === 0 && run.stop !== null) return endStopped(tx, run.id, run.stop);
  if (left === 1) await wakeNextRound(tx, claim.runId);
  if (left > 0) return settleRequests(tx, run);
  const sums = await tx.one<EndSums>(sql`
    SELECT sum(items_total)::int AS total, sum(items_failed)::int AS failed, sum(items_done)::int AS done,
      sum(cells_left)::bigint AS left,
      coalesce(sum((outcomes->>'quarantined')::bigint), 0)::bigint AS quarantined
    FROM tapekeeper.shard WHERE run_id = ${claim.runId}`);
  const state = endState(sums);
  const failure = state === 'failed' ? (error ?? (await lastItemError(tx, claim.runId))) : null;
  await endRun(tx, claim.runId, state, failure);
  return state;
}

/** Why the last failed item failed: of a run that got nothing done, that is what people need to read. */
async function lastItemError(tx: Transaction, runId: number): Promise<StoredError | null> {
  const found = await tx.maybe<StoredError>(sql`
    SELECT error_code AS code, error_message AS message, '{}'::jsonb AS details FROM tapekeeper.attempt
    WHERE run_id = ${runId} AND error_code IS NOT NULL ORDER BY ended_at DESC LIMIT 1`);
  return found ?? null;
}

/** When only the plan of the next round is open, its turn has come. */
async function wakeNextRound(tx: Transaction, runId: number): Promise<void> {
  const woken = await tx.rows<{ no: number; dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET waits_for_shards = false, dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE run_id = ${runId} AND open AND waits_for_shards RETURNING no, dispatch`);
  for (const shard of woken) {
    await addDispatch(tx, { runId, shardNo: shard.no, dispatch: shard.dispatch, delayMs: 0 });
  }
}

interface EndSums {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly left: number;
  readonly quarantined: number;
}

/** Failed items or cells left make a run partial, nothing done at all failed; quarantined rows are never green. */
function endState(sums: EndSums): RunState {
  if (sums.failed > 0 || sums.left > 0) return sums.done === 0 ? 'failed' : 'success_with_errors';
  return sums.quarantined > 0 ? 'success_with_errors' : 'success';
}

/** A source turned out to be of no use for the run: what is left of the plan goes, and planning starts again. */
export async function replan(
  db: Database,
  claim: ShardClaim,
  sources: readonly SourceId[],
  round: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    await tx.rows(sql`
      UPDATE tapekeeper.shard AS s SET open = false, worker_id = NULL, fence = s.fence + 1,
        items_total = s.items_done + s.items_failed,
        symbols_total = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(s.outcomes))
      WHERE s.run_id = ${claim.runId} AND s.open`);
    // after their shards, as in every commit: so nobody waits in a circle
    await cancelOpenItems(tx, claim.runId);
    const { no } = await tx.one<{ no: number }>(sql`
      INSERT INTO tapekeeper.shard (run_id, no, kind, round)
      SELECT ${claim.runId}, max(no) + 1, 'plan', ${round} FROM tapekeeper.shard WHERE run_id = ${claim.runId} RETURNING no`);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET open_shards = 1,
        params = jsonb_set(params, '{sources}', ${JSON.stringify(sources)}::jsonb)
      WHERE id = ${claim.runId}`);
    const state = await settleRequests(tx, run);
    if (state === null) await addDispatch(tx, { runId: claim.runId, shardNo: no, dispatch: 1, delayMs: 0 });
  });
}
