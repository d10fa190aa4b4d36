import { AppError, ERRORS, type ErrorCode, type RunState } from '@tapekeeper/core';
import type { StopWish } from '../../../packages/server/src/ports/runControlStore.ts';
import type { Memory } from './memory.ts';
import { childrenOf, closeAll, isOver, shardsOf } from './runs.ts';
import type { RunRow, ShardRow } from './tables.ts';

/** Whether a worker holds a shard of the run. */
export function isHeld(memory: Memory, run: RunRow): boolean {
  return shardsOf(memory, run.id).some((shard) => shard.open && shard.workerId !== null);
}

/** Lets a shard go with what it has not done; unless its run is to end or to pause, it is queued again. */
export function letGo(memory: Memory, run: RunRow, shard: ShardRow, delayMs: number): void {
  memory.parts.putBackItems(memory, run.id, shard.no);
  memory.parts.freeShard(memory, shard);
  shard.dispatch += 1;
  if (run.stop !== null || run.pauseAskedAt !== null) return;
  const { runId, no: shardNo, dispatch } = shard;
  memory.parts.addDispatch(memory, { runId, shardNo, dispatch, delayMs });
}

/** Does what a run has been asked to do and was waited with until nobody works on it: to end, or to pause. */
export function settleRequests(memory: Memory, run: RunRow): RunState | null {
  if (isOver(run)) return null;
  if (run.stop === null) return run.pauseAskedAt === null ? null : pauseWhereFree(memory, run);
  return isHeld(memory, run) ? null : endStopped(memory, run, run.stop);
}

/** Stands still once nobody works on it; one that has not begun, and waits for no turn, begins and pauses. */
export function pauseWhereFree(memory: Memory, run: RunRow): RunState | null {
  const isBeginning = run.state === 'pending' && !run.waitsForTurn;
  if ((run.state !== 'running' && !isBeginning) || isHeld(memory, run)) return null;
  if (isBeginning) setRunning(memory, run);
  memory.parts.setState(memory, run, 'paused');
  run.reason = 'paused';
  return 'paused';
}

/** A run begins, the first time or again. */
export function setRunning(memory: Memory, run: RunRow): void {
  const now = memory.now();
  memory.parts.setState(memory, run, 'running');
  run.reason = null;
  run.retryAt = null;
  run.startedAt ??= now;
  if (run.timeoutSeconds !== null) run.deadlineAt ??= now + run.timeoutSeconds * 1000;
}

/** Ends a run as it was told to, whatever is open of it. */
export function endStopped(memory: Memory, run: RunRow, stop: StopWish): RunState {
  closeAll(memory, run);
  const code: ErrorCode = stop.code in ERRORS ? (stop.code as ErrorCode) : 'marked_failed';
  const error = new AppError(code, { reason: stop.reason, by: stop.by });
  memory.parts.endRun(memory, run, stop.end, stop.end === 'failed' ? error : null, stop.code);
  return stop.end;
}

export function wishOfParent(parentId: number): StopWish {
  return { end: 'cancelled', code: 'parent_ended', reason: '', by: `run ${parentId}` };
}

/** What nobody works on ends at once; else the workers are told. With `force` it ends now. */
export function stopOpenRun(memory: Memory, run: RunRow, wish: StopWish, force: boolean): RunState {
  const stop = force ? wish : (run.stop ?? wish);
  run.stop = stop;
  run.stopAskedAt ??= memory.now();
  if (force || !isHeld(memory, run)) endStopped(memory, run, stop);
  for (const child of openChildren(memory, run))
    memory.parts.stopRun(memory, child, wishOfParent(run.id), force);
  return run.state;
}

export function openChildren(memory: Memory, run: RunRow): readonly RunRow[] {
  return childrenOf(memory, run.id).filter((child) => !isOver(child));
}
