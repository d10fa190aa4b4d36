import { AppError, type Instant, type RunState } from '@tapekeeper/core';
import type { StopWish } from '../ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';
import { requireFence } from './fence.ts';

/** A run as its lock found it. */
export interface LockedRun {
  readonly id: RunId;
  readonly state: RunState;
  readonly stop: StopWish | null;
  /** It is asked to pause, or has paused. */
  readonly pausing: boolean;
  readonly waitsForTurn: boolean;
  readonly attempt: number;
  /** Whether a worker had begun the attempt before the lock was waited for. */
  readonly attemptBegun: boolean;
  readonly maxAttempts: number;
  readonly retrySeconds: number;
  readonly retryAt: Instant | null;
}

/**
 * Locks a run, and so orders everything that changes it as a whole. Whoever needs a run and its shards
 * takes the run first; who has a run locked waits for shards of it and of its parent, and for no other
 * run, job or group. So nobody ever waits in a circle. A commit of items needs its shard alone.
 */
export async function lockRun(tx: Transaction, id: RunId): Promise<LockedRun | undefined> {
  return tx.maybe<LockedRun>(sql`
    SELECT id, state, stop, pause_asked_at IS NOT NULL AS pausing, waits_for_turn AS "waitsForTurn", attempt,
      EXISTS (SELECT 1 FROM tapekeeper.run_attempt a WHERE a.run_id = ${id} AND a.no = run.attempt) AS "attemptBegun",
      max_attempts AS "maxAttempts", retry_seconds AS "retrySeconds", retry_at AS "retryAt"
    FROM tapekeeper.run WHERE id = ${id} FOR NO KEY UPDATE`);
}

/** The lock of a worker that changes its run: the run, then the shard under its fence. Raises `lease_lost`. */
export async function lockHeldRun(tx: Transaction, claim: ShardClaim): Promise<LockedRun> {
  const run = await lockRun(tx, claim.runId);
  if (run === undefined) throw new AppError('lease_lost', { run: claim.runId, shard: claim.shardNo });
  await requireFence(tx, claim);
  return run;
}

/** Whether a worker holds a shard of the run. */
export async function isHeld(tx: Transaction, id: RunId): Promise<boolean> {
  const held = await tx.rows(sql`
    SELECT 1 FROM tapekeeper.shard WHERE run_id = ${id} AND open AND worker_id IS NOT NULL LIMIT 1`);
  return held.length > 0;
}
