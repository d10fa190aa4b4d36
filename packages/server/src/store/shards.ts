import type { RunState, SourceId } from '@tapekeeper/core';
import { sql, type Database, type Transaction } from './connection.ts';
import { addDispatch } from './dispatch.ts';
import { emitEvent } from './events.ts';
import { requireFence } from './fence.ts';
import { cancelOpenItems, endRun } from './runs.ts';
import type { Run, RunStore, ShardClaim, StoredError } from '../ports/runStore.ts';

/**
 * Takes a shard for a worker, if the dispatch is still the one that counts, and sets its run running. A
 * worker may ask again with the same dispatch when it never heard the answer; the older claim is lost then.
 */
export async function claimShard(
  db: Database,
  dispatch: Parameters<RunStore['claimShard']>[0],
): ReturnType<RunStore['claimShard']> {
  return db.transaction(async (tx) => {
    const claimed = await tx.maybe<Pick<ShardClaim, 'fence' | 'kind' | 'round' | 'source' | 'troubles'>>(sql`
      UPDATE tapekeeper.shard AS s SET worker_id = ${dispatch.workerId}, fence = s.fence + 1,
        claimed_at = clock_timestamp(), updated_at = clock_timestamp()
      FROM tapekeeper.run r, tapekeeper.worker w
      WHERE s.run_id = ${dispatch.runId} AND s.no = ${dispatch.shardNo} AND s.dispatch = ${dispatch.dispatch}
        AND s.open AND (s.worker_id IS NULL OR s.worker_id = w.id) AND r.id = s.run_id AND r.state IN ('pending', 'running')
        AND w.id = ${dispatch.workerId} AND w.stopped_at IS NULL
      RETURNING s.fence, s.kind, s.round, s.source, s.troubles`);
    if (!claimed) return undefined;
    if (claimed.kind === 'fetch') await putBackRunningItems(tx, dispatch);
    const started = await tx.rows(sql`
      UPDATE tapekeeper.run SET state = 'running', reason = NULL, retry_at = NULL,
        started_at = coalesce(started_at, clock_timestamp())
      WHERE id = ${dispatch.runId} AND state = 'pending' RETURNING id`);
    if (started.length > 0) await emitEvent(tx, 'run', { runId: dispatch.runId, state: 'running' });
    const run = await tx.one<Run>(sql`
      SELECT id, type, dataset, params, cause, requested_by AS "requestedBy", parent_run_id AS "parentRunId",
        state, created_at AS "createdAt"
      FROM tapekeeper.run WHERE id = ${dispatch.runId}`);
    const { runId, shardNo, workerId } = dispatch;
    return { claim: { runId, shardNo, workerId, ...claimed }, run };
  });
}

export async function releaseShard(
  db: Database,
  claim: ShardClaim,
  delayMs: number,
  afterTrouble: boolean,
): Promise<void> {
  await db.transaction(async (tx) => {
    await requireFence(tx, claim);
    await putBackRunningItems(tx, claim);
    const { dispatch } = await tx.one<{ dispatch: number }>(sql`
      UPDATE tapekeeper.shard SET worker_id = NULL, fence = fence + 1, dispatch = dispatch + 1,
        troubles = CASE WHEN ${afterTrouble} THEN troubles + 1 ELSE troubles END
      WHERE run_id = ${claim.runId} AND no = ${claim.shardNo} RETURNING dispatch`);
    await addDispatch(tx, { runId: claim.runId, shardNo: claim.shardNo, dispatch, delayMs });
  });
}

async function putBackRunningItems(
  tx: Transaction,
  claim: Pick<ShardClaim, 'runId' | 'shardNo'>,
): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.item SET state = 'pending'
    WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'running'`);
}

export async function closeShard(db: Database, claim: ShardClaim): Promise<RunState | null> {
  return db.transaction(async (tx) => {
    await requireFence(tx, claim);
    return closeHeldShard(tx, claim);
  });
}

/** Closes a shard whose fence the caller has checked; the last open one ends the run. */
export async function closeHeldShard(tx: Transaction, claim: ShardClaim): Promise<RunState | null> {
  await tx.rows(sql`
    UPDATE tapekeeper.shard SET open = false, worker_id = NULL, fence = fence + 1
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
  const { left } = await tx.one<{ left: number }>(sql`
    UPDATE tapekeeper.run SET open_shards = open_shards - 1 WHERE id = ${claim.runId} RETURNING open_shards AS left`);
  if (left === 1) await wakeNextRound(tx, claim.runId);
  if (left > 0) return null;
  const sums = await tx.one<EndSums>(sql`
    SELECT sum(items_total)::int AS total, sum(items_failed)::int AS failed, sum(items_done)::int AS done,
      sum(cells_left)::bigint AS left,
      coalesce(sum((outcomes->>'quarantined')::bigint), 0)::bigint AS quarantined
    FROM tapekeeper.shard WHERE run_id = ${claim.runId}`);
  const state = endState(sums);
  await endRun(tx, claim.runId, state, state === 'failed' ? await lastItemError(tx, claim.runId) : null);
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
    UPDATE tapekeeper.shard SET waits_for_shards = false, dispatch = dispatch + 1, updated_at = clock_timestamp()
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
    await requireFence(tx, claim);
    await cancelOpenItems(tx, claim.runId);
    await tx.rows(sql`
      UPDATE tapekeeper.shard AS s SET open = false, worker_id = NULL, fence = s.fence + 1,
        items_total = s.items_done + s.items_failed,
        symbols_total = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(s.outcomes))
      WHERE s.run_id = ${claim.runId} AND s.open`);
    const { no } = await tx.one<{ no: number }>(sql`
      INSERT INTO tapekeeper.shard (run_id, no, kind, round)
      SELECT ${claim.runId}, max(no) + 1, 'plan', ${round} FROM tapekeeper.shard WHERE run_id = ${claim.runId} RETURNING no`);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET open_shards = 1,
        params = jsonb_set(params, '{sources}', ${JSON.stringify(sources)}::jsonb)
      WHERE id = ${claim.runId}`);
    await addDispatch(tx, { runId: claim.runId, shardNo: no, dispatch: 1, delayMs: 0 });
  });
}
