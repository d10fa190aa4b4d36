import { AppError, type RunState } from '@tapekeeper/core';
import type {
  RunControlStore,
  RunSignal,
  StopWish,
} from '../../../packages/server/src/ports/runControlStore.ts';
import type { ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import { isHeld, letGo, openChildren, pauseWhereFree, wishOfParent } from './requests.ts';
import { closeAll, dispatchAnew, endAttempt, isOver, runRow, shardsOf, storedError } from './runs.ts';
import type { RunRow, ShardRow } from './tables.ts';

function openRun(memory: Memory, id: number): RunRow {
  const run = runRow(memory, id);
  if (isOver(run)) throw new AppError('run_over', { run: id, state: run.state });
  return run;
}

export function stopRun(memory: Memory, id: number, wish: StopWish, force: boolean): RunState {
  return memory.parts.stopRun(memory, openRun(memory, id), wish, force);
}

export function pauseRun(memory: Memory, id: number): RunState {
  const run = openRun(memory, id);
  if (run.state === 'paused') return run.state;
  if (run.state !== 'running' || run.stop !== null)
    throw new AppError('run_not_running', { run: id, state: run.state });
  return askToPause(memory, run);
}

/** Shards that nobody holds lose their dispatch; a child that waits for its turn pauses when it would begin. */
function askToPause(memory: Memory, run: RunRow): RunState {
  if (run.pauseAskedAt === null) {
    run.pauseAskedAt = memory.now();
    for (const shard of idleShards(memory, run)) shard.dispatch += 1;
  }
  for (const child of openChildren(memory, run)) if (child.stop === null) askToPause(memory, child);
  return pauseWhereFree(memory, run) ?? run.state;
}

/** Open shards that nobody holds, and that wait for nothing. */
function idleShards(memory: Memory, run: RunRow): readonly ShardRow[] {
  return shardsOf(memory, run.id).filter(
    (shard) => shard.open && shard.workerId === null && !shard.waitsForRuns && !shard.waitsForShards,
  );
}

export function continueRun(memory: Memory, id: number): RunState {
  const run = openRun(memory, id);
  if (run.pauseAskedAt === null || run.stop !== null)
    throw new AppError('run_not_paused', { run: id, state: run.state });
  return goOn(memory, run);
}

/** The time that it stood still is not held against it. */
function goOn(memory: Memory, run: RunRow): RunState {
  if (run.deadlineAt !== null) run.deadlineAt += memory.now() - (run.pauseAskedAt ?? memory.now());
  run.pauseAskedAt = null;
  if (run.state === 'paused') {
    memory.parts.setState(memory, run, 'running');
    run.reason = null;
  }
  for (const shard of idleShards(memory, run)) {
    if (run.waitsForTurn) shard.dispatch += 1;
    else dispatchAnew(memory, shard);
  }
  for (const child of openChildren(memory, run))
    if (child.stop === null && child.pauseAskedAt !== null) goOn(memory, child);
  return run.state;
}

/** What a worker has to do about shards that it holds; those that are its own no longer are `lost`. */
export function signalsFor(
  memory: Memory,
  workerId: number,
  held?: readonly ShardClaim[],
): readonly RunSignal[] {
  const own: readonly Pick<ShardClaim, 'runId' | 'shardNo' | 'fence'>[] =
    held ??
    [...memory.tables.runs.values()].flatMap((run) =>
      shardsOf(memory, run.id)
        .filter((shard) => shard.open && shard.workerId === workerId)
        .map(({ runId, no, fence }) => ({ runId, shardNo: no, fence })),
    );
  return own.flatMap(({ runId, shardNo, fence }): RunSignal[] => {
    const run = memory.tables.runs.get(runId);
    const shard = shardsOf(memory, runId).find(({ no }) => no === shardNo);
    const about = { runId, shardNo, fence };
    if (run === undefined || shard === undefined || shard.fence !== fence || shard.workerId !== workerId)
      return [{ ...about, what: 'lost' }];
    if (run.stop !== null) return [{ ...about, what: 'stop' }];
    return run.pauseAskedAt === null ? [] : [{ ...about, what: 'pause' }];
  });
}

/** Shards that a worker holds and does not know of. */
export function strayShards(
  memory: Memory,
  workerId: number,
  held: readonly ShardClaim[],
  olderMs: number,
): readonly ShardClaim[] {
  const isKnown = (runId: number, no: number, fence: number): boolean =>
    held.some((claim) => claim.runId === runId && claim.shardNo === no && claim.fence === fence);
  return [...memory.tables.runs.values()].flatMap((run) =>
    shardsOf(memory, run.id)
      .filter(
        (shard) =>
          shard.open &&
          shard.workerId === workerId &&
          shard.claimedAt !== null &&
          shard.claimedAt < memory.now() - olderMs &&
          !isKnown(run.id, shard.no, shard.fence),
      )
      .map(({ no, kind, round, source, troubles, fence }) => ({
        runId: run.id,
        shardNo: no,
        workerId,
        kind,
        round,
        source,
        troubles,
        fence,
      })),
  );
}

/** The work on a shard has stopped as it was told to; where the wish has been taken back, it is queued again. */
export function yieldShard(memory: Memory, claim: ShardClaim): RunState | null {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  letGo(memory, run, shard, 0);
  return memory.parts.settleRequests(memory, run);
}

type Enforced = Awaited<ReturnType<RunControlStore['enforceStops']>>[number];

/** Mends what was asked of runs and has not come about. */
export function enforceStops(memory: Memory, graceMs: number): readonly Enforced[] {
  const done: Enforced[] = [];
  const now = memory.now();
  for (const run of memory.tables.runs.values()) {
    if (isOver(run)) continue;
    if (isPastDeadline(run, now)) {
      const reason = `${run.timeoutSeconds} s`;
      memory.parts.stopRun(
        memory,
        run,
        { end: 'failed', code: 'timed_out', reason, by: 'tapekeeper' },
        false,
      );
      done.push({ runId: run.id, what: 'timed_out' });
    }
    const parent = run.parentRunId === null ? undefined : memory.tables.runs.get(run.parentRunId);
    if (!isOver(run) && run.stop === null && parent !== undefined && hasLeft(parent))
      memory.parts.stopRun(memory, run, wishOfParent(parent.id), false);
    memory.parts.settleRequests(memory, run);
    if (!isOver(run) && run.stop !== null && (run.stopAskedAt ?? now) <= now - graceMs) {
      memory.parts.stopRun(memory, run, run.stop, true);
      done.push({ runId: run.id, what: 'forced' });
    }
  }
  return done;
}

function isPastDeadline(run: RunRow, now: number): boolean {
  const isAsked = run.stop !== null || run.pauseAskedAt !== null || run.state === 'paused';
  return !isAsked && run.deadlineAt !== null && run.deadlineAt <= now;
}

/** A parent that is to end, or has ended otherwise than well, leaves nothing behind. */
function hasLeft(parent: RunRow): boolean {
  return parent.stop !== null || parent.state === 'failed' || parent.state === 'cancelled';
}

/** A failure outside items: another try of the run after its pause, or its end where none is left. */
export function failAttempt(memory: Memory, claim: ShardClaim, error: AppError): RunState {
  const shard = memory.parts.requireFence(memory, claim);
  return memory.parts.retryOrFail(memory, runRow(memory, claim.runId), shard, error);
}

export function retryOrFail(memory: Memory, run: RunRow, shard: ShardRow, error: AppError): RunState {
  if (run.stop !== null) {
    letGo(memory, run, shard, 0);
    return memory.parts.settleRequests(memory, run) ?? run.state;
  }
  const isOwn = isOfAttempt(memory, run, shard);
  if (isOwn && run.attempt >= run.maxAttempts) {
    closeAll(memory, run);
    memory.parts.endRun(memory, run, 'failed', error);
    return run.state;
  }
  const pauseMs = isOwn ? closeAttempt(memory, run, error) : pauseLeft(memory, run);
  shard.troubles = 0;
  letGo(memory, run, shard, pauseMs);
  if (run.pauseAskedAt !== null) return memory.parts.settleRequests(memory, run) ?? run.state;
  return isHeld(memory, run) ? run.state : waitToRetry(memory, run, pauseMs);
}

/** Of an attempt that has failed already, a shard that was taken in it says nothing new. */
function isOfAttempt({ tables }: Memory, run: RunRow, shard: ShardRow): boolean {
  const attempt = tables.runAttempts.find((one) => one.runId === run.id && one.no === run.attempt);
  return attempt !== undefined && (shard.claimedAt ?? 0) >= attempt.startedAt;
}

function closeAttempt(memory: Memory, run: RunRow, error: AppError): number {
  endAttempt(memory, run, storedError(error));
  run.attempt += 1;
  run.retryAt = memory.now() + run.retrySeconds * 1000;
  return run.retrySeconds * 1000;
}

function pauseLeft(memory: Memory, run: RunRow): number {
  return run.retryAt === null ? run.retrySeconds * 1000 : Math.max(0, run.retryAt - memory.now());
}

/** Nobody works on the run: all of it waits, so that the next attempt does not begin early by another shard. */
function waitToRetry(memory: Memory, run: RunRow, pauseMs: number): RunState {
  for (const shard of idleShards(memory, run)) dispatchAnew(memory, shard, pauseMs);
  memory.parts.setState(memory, run, 'pending');
  run.reason = 'waits_to_retry';
  return run.state;
}

export function deleteRun(memory: Memory, id: number): void {
  if (!isOver(runRow(memory, id))) throw new AppError('run_open', { run: id });
  memory.tables.runs.delete(id);
  memory.tables.shards.delete(id);
  memory.tables.items.delete(id);
}

/** What a retry has to ask for again. */
export function failuresOf(
  { tables }: Memory,
  id: number,
): Awaited<ReturnType<RunControlStore['failuresOf']>> {
  const failed = (tables.items.get(id) ?? []).filter(({ state }) => state === 'failed');
  const symbolOf = new Map([...tables.instruments].map(([symbol, instrumentId]) => [instrumentId, symbol]));
  const symbols = new Set(failed.flatMap((item) => symbolOf.get(item.instrumentId ?? -1) ?? []));
  return {
    items: failed.length,
    everySymbol: failed.some(({ instrumentId }) => instrumentId === null),
    symbols: [...symbols].toSorted(),
  };
}

export function openResumption({ tables }: Memory, id: number): number | null {
  return [...tables.runs.values()].findLast((run) => run.resumesRunId === id && !isOver(run))?.id ?? null;
}
