import { AppError, ERRORS, RUN_MACHINE, type ErrorCode, type RunState } from '@tapekeeper/core';
import type { RunSignal, StopWish } from '../../ports/runControlStore.ts';
import type { RunId, ShardClaim, StoredError, WorkerId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { closeOpenShards, endRun } from '../runEnd.ts';
import { isHeld, lockRun, type LockedRun } from '../runLock.ts';

export async function stopRun(db: Database, id: RunId, wish: StopWish, force: boolean): Promise<RunState> {
  return db.transaction((tx) => stopRunIn(tx, id, wish, force));
}

/**
 * Tells a run to end, in the caller's transaction. What nobody works on ends at once; else the workers
 * are told, and the first wish stands, whoever asks again. With `force` the fences rise, the new wish
 * counts, and the run ends now. Raises `unknown_run` or `run_over`.
 */
export async function stopRunIn(
  tx: Transaction,
  id: RunId,
  wish: StopWish,
  force: boolean,
): Promise<RunState> {
  const run = await lockRun(tx, id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  if (RUN_MACHINE.terminal.includes(run.state)) throw new AppError('run_over', { run: id, state: run.state });
  const stop = force ? wish : (run.stop ?? wish);
  if (stop !== run.stop) await noteStop(tx, run, stop);
  if (force) await endTransactionsOn(tx, id);
  const state = force || !(await isHeld(tx, id)) ? await endStopped(tx, id, stop) : run.state;
  await stopChildren(tx, id, force);
  return state;
}

async function noteStop(tx: Transaction, run: LockedRun, stop: StopWish): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.run SET stop = ${JSON.stringify(stop)}::jsonb,
      stop_asked_at = coalesce(stop_asked_at, tapekeeper.now())
    WHERE id = ${run.id}`);
  await emitRunEvent(tx, run.id, { stopping: stop.end });
}

/** Ends a run as it was told to, whatever is open of it. */
export async function endStopped(tx: Transaction, id: RunId, stop: StopWish): Promise<RunState> {
  await closeOpenShards(tx, id);
  await endRun(tx, id, stop.end, stop.end === 'failed' ? errorOf(stop) : null, stop.code);
  return stop.end;
}

function errorOf({ code, reason, by }: StopWish): StoredError {
  const known: ErrorCode = code in ERRORS ? (code as ErrorCode) : 'marked_failed';
  return new AppError(known, { reason, by });
}

/**
 * Open runs that a stopped one has made end with it. Children that somebody is changing now are left to
 * the rescue loop, which finds them by their parent: nobody waits for a child while he has the parent.
 */
async function stopChildren(tx: Transaction, id: RunId, force: boolean): Promise<void> {
  const children = await tx.rows<{ id: RunId }>(sql`
    SELECT id FROM tapekeeper.run
    WHERE parent_run_id = ${id} AND state IN ('pending', 'running', 'paused')
    FOR NO KEY UPDATE SKIP LOCKED`);
  for (const child of children) await stopRunIn(tx, child.id, wishOfParent(id), force);
}

export function wishOfParent(parent: RunId): StopWish {
  return { end: 'cancelled', code: 'parent_ended', reason: '', by: `run ${parent}` };
}

/**
 * Ends transactions that keep shards of a run locked for long: a process that froze in the middle of a
 * commit would keep everybody waiting for as long as it is frozen.
 */
async function endTransactionsOn(tx: Transaction, id: RunId): Promise<void> {
  await tx.rows(sql`
    SELECT pg_terminate_backend(a.pid)
    FROM tapekeeper.shard s
    JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = s.xmax AND l.granted
    JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE s.run_id = ${id} AND s.open AND s.worker_id IS NOT NULL
      AND a.xact_start < clock_timestamp() - interval '5 seconds'
      AND a.usename = current_user AND a.pid <> pg_backend_pid()`);
}

/** What a worker has to do about the shards that it holds; those that are its own no longer are `lost`. */
export async function signalsFor(
  db: Database,
  worker: WorkerId,
  held?: readonly ShardClaim[],
): Promise<readonly RunSignal[]> {
  if (held === undefined) {
    return db.rows<RunSignal>(sql`
      SELECT s.run_id AS "runId", s.no AS "shardNo", s.fence, CASE WHEN r.stop IS NULL THEN 'pause' ELSE 'stop' END AS what
      FROM tapekeeper.shard s JOIN tapekeeper.run r ON r.id = s.run_id
      WHERE s.worker_id = ${worker} AND s.open AND (r.stop IS NOT NULL OR r.pause_asked_at IS NOT NULL)`);
  }
  return db.rows<RunSignal>(sql`
    SELECT held.run_id AS "runId", held.no AS "shardNo", held.fence,
      CASE WHEN s.fence IS DISTINCT FROM held.fence OR s.worker_id IS DISTINCT FROM ${worker} THEN 'lost'
        WHEN r.stop IS NULL THEN 'pause' ELSE 'stop' END AS what
    FROM unnest(
      ${held.map((claim) => claim.runId)}::bigint[], ${held.map((claim) => claim.shardNo)}::int[],
      ${held.map((claim) => claim.fence)}::bigint[]) AS held (run_id, no, fence)
    LEFT JOIN tapekeeper.shard s ON s.run_id = held.run_id AND s.no = held.no
    LEFT JOIN tapekeeper.run r ON r.id = s.run_id
    WHERE r.stop IS NOT NULL OR r.pause_asked_at IS NOT NULL
      OR s.fence IS DISTINCT FROM held.fence OR s.worker_id IS DISTINCT FROM ${worker}`);
}
