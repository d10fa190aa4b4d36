import type { RunState } from '@tapekeeper/core';
import type { ShardClaim } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { addDispatch } from '../dispatch.ts';
import { isHeld, lockHeldRun, type LockedRun } from '../runLock.ts';
import { pauseWhereFree } from './pauses.ts';
import { endStopped } from './stops.ts';

/**
 * Does what a run has been asked to do and was waited with until nobody works on it: to end, or to pause.
 * Called with the run locked by whoever has let a shard of it go. Null while there is nothing to do.
 */
export async function settleRequests(tx: Transaction, run: LockedRun): Promise<RunState | null> {
  if (run.stop === null) return run.pausing ? pauseWhereFree(tx, run) : null;
  return (await isHeld(tx, run.id)) ? null : endStopped(tx, run.id, run.stop);
}

/** Lets a shard go with what it has not done; unless its run is to end or to pause, it is queued again. */
export async function letGo(
  tx: Transaction,
  run: LockedRun,
  claim: ShardClaim,
  delayMs: number,
  troubles: 'kept' | 'one_more' | 'none' = 'kept',
): Promise<void> {
  await putBackRunningItems(tx, claim);
  const { dispatch } = await tx.one<{ dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET worker_id = NULL, fence = fence + 1, dispatch = dispatch + 1,
      troubles = CASE ${troubles} WHEN 'none' THEN 0 WHEN 'one_more' THEN troubles + 1 ELSE troubles END
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo} RETURNING dispatch`);
  if (run.stop === null && !run.pausing) {
    await addDispatch(tx, { runId: claim.runId, shardNo: claim.shardNo, dispatch, delayMs });
  }
}

export async function putBackRunningItems(
  tx: Transaction,
  claim: Pick<ShardClaim, 'runId' | 'shardNo'>,
): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.item SET state = 'pending'
    WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'running'`);
}

/** The work on a shard has stopped as it was told to; where the wish has been taken back, it is queued again. */
export async function yieldShard(db: Database, claim: ShardClaim): Promise<RunState | null> {
  return db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    await letGo(tx, run, claim, 0);
    return settleRequests(tx, run);
  });
}
