import { AppError, RUN_MACHINE, type RunState } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { addDispatch } from '../dispatch.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { isHeld, lockRun, type LockedRun } from '../runLock.ts';
import { setRunning } from './setRunning.ts';

/** Asks a running run to pause at the next item; asked twice is asked once. */
export async function pauseRun(db: Database, id: RunId): Promise<RunState> {
  return db.transaction(async (tx) => {
    const run = await requireOpen(tx, id);
    if (run.state === 'paused') return run.state;
    if (run.state !== 'running' || run.stop !== null) {
      throw new AppError('run_not_running', { run: id, state: run.stop === null ? run.state : 'stopping' });
    }
    return askToPause(tx, run);
  });
}

/** Shards that nobody holds lose their dispatch; a child that waits for its turn pauses when it would begin. */
async function askToPause(tx: Transaction, run: LockedRun): Promise<RunState> {
  if (!run.pausing) {
    await tx.rows(sql`
      UPDATE tapekeeper.run SET pause_asked_at = tapekeeper.now() WHERE id = ${run.id}`);
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET dispatch = dispatch + 1
      WHERE run_id = ${run.id} AND open AND worker_id IS NULL AND NOT waits_for_runs AND NOT waits_for_shards`);
    await emitRunEvent(tx, run.id, { pausing: true });
  }
  for (const child of await openChildren(tx, run.id)) await askToPause(tx, child);
  return (await pauseWhereFree(tx, run)) ?? run.state;
}

/**
 * A run that is asked to pause stands still, once nobody works on it, until somebody lets it go on. One that has
 * not begun has no dispatch any more and would wait for nobody: it begins, and pauses. Null where it cannot yet.
 */
export async function pauseWhereFree(tx: Transaction, run: LockedRun): Promise<RunState | null> {
  const isBeginning = run.state === 'pending' && !run.waitsForTurn;
  if ((run.state !== 'running' && !isBeginning) || (await isHeld(tx, run.id))) return null;
  if (isBeginning) await setRunning(tx, run);
  await tx.rows(sql`UPDATE tapekeeper.run SET state = 'paused', reason = 'paused' WHERE id = ${run.id}`);
  await emitRunEvent(tx, run.id);
  return 'paused';
}

/** Lets a paused run go on, or one that is about to pause; the time that it stood still is not held against it. */
export async function continueRun(db: Database, id: RunId): Promise<RunState> {
  return db.transaction(async (tx) => {
    const run = await requireOpen(tx, id);
    if (!run.pausing || run.stop !== null)
      throw new AppError('run_not_paused', { run: id, state: run.state });
    return goOn(tx, run);
  });
}

async function goOn(tx: Transaction, run: LockedRun): Promise<RunState> {
  const { state } = await tx.one<{ state: RunState }>(sql`
    UPDATE tapekeeper.run SET state = CASE state WHEN 'paused' THEN 'running' ELSE state END, pause_asked_at = NULL,
      reason = CASE state WHEN 'paused' THEN NULL ELSE reason END,
      deadline_at = deadline_at + (tapekeeper.now() - pause_asked_at)
    WHERE id = ${run.id} RETURNING state`);
  const shards = await tx.rows<{ no: number; dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE run_id = ${run.id} AND open AND worker_id IS NULL AND NOT waits_for_runs AND NOT waits_for_shards
    RETURNING no, dispatch`);
  for (const { no, dispatch } of run.waitsForTurn ? [] : shards)
    await addDispatch(tx, { runId: run.id, shardNo: no, dispatch, delayMs: 0 });
  await emitRunEvent(tx, run.id);
  for (const child of await openChildren(tx, run.id)) if (child.pausing) await goOn(tx, child);
  return state;
}

/** A parent that is changed takes its children along; one that somebody else is changing now is left out. */
async function openChildren(tx: Transaction, id: RunId): Promise<readonly LockedRun[]> {
  const children = await tx.rows<{ id: RunId }>(sql`
    SELECT id FROM tapekeeper.run
    WHERE parent_run_id = ${id} AND state IN ('pending', 'running', 'paused') AND stop IS NULL
    FOR NO KEY UPDATE SKIP LOCKED`);
  const locked: LockedRun[] = [];
  for (const child of children) {
    const run = await lockRun(tx, child.id);
    if (run !== undefined) locked.push(run);
  }
  return locked;
}

async function requireOpen(tx: Transaction, id: RunId): Promise<LockedRun> {
  const run = await lockRun(tx, id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  if (RUN_MACHINE.terminal.includes(run.state)) throw new AppError('run_over', { run: id, state: run.state });
  return run;
}
