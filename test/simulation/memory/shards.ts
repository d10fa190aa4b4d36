import { AppError, type RunState, type SourceId } from '@tapekeeper/core';
import type {
  Item,
  NewPlan,
  Run,
  ShardClaim,
  StoredError,
} from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import { endStopped, letGo, pauseWhereFree, setRunning } from './requests.ts';
import { cancelOpenItems, dispatchAnew, newShard, runRow, shardsOf } from './runs.ts';
import type { RunRow, ShardRow } from './tables.ts';

export function shardRow(memory: Memory, runId: number, no: number): ShardRow | undefined {
  return shardsOf(memory, runId).find((shard) => shard.no === no);
}

export function requireFence(memory: Memory, claim: ShardClaim): ShardRow {
  const shard = shardRow(memory, claim.runId, claim.shardNo);
  if (!shard?.open || shard.fence !== claim.fence || shard.workerId !== claim.workerId)
    throw new AppError('lease_lost', { run: claim.runId, shard: claim.shardNo });
  shard.updatedAt = memory.now();
  return shard;
}

/** A shard that leaves a worker's hands gets a higher fence. */
export function freeShard(_memory: Memory, shard: ShardRow): void {
  shard.workerId = null;
  shard.fence += 1;
}

/** Takes a shard, if the dispatch is still the one that counts, and sets its run running. */
export function claimShard(
  memory: Memory,
  dispatch: { runId: number; shardNo: number; dispatch: number; workerId: number },
): { claim: ShardClaim; run: Run } | undefined {
  const { runId, shardNo, workerId } = dispatch;
  const shard = shardRow(memory, runId, shardNo);
  const run = memory.tables.runs.get(runId);
  const worker = memory.tables.workers.get(workerId);
  if (shard === undefined || run === undefined || worker === undefined) return undefined;
  if (!shard.open || shard.dispatch !== dispatch.dispatch) return undefined;
  if (shard.workerId !== null && shard.workerId !== workerId) return undefined;
  if (worker.stoppedAt !== null || !mayBegin(memory, run)) return undefined;
  shard.workerId = workerId;
  shard.fence += 1;
  shard.claimedAt = memory.now();
  shard.updatedAt = memory.now();
  if (shard.kind === 'fetch') memory.parts.putBackItems(memory, runId, shardNo);
  beginAttempt(memory, run, workerId);
  if (run.state === 'pending') setRunning(memory, run);
  const { kind, round, source, troubles, fence } = shard;
  return {
    claim: { runId, shardNo, kind, round, source, troubles, fence, workerId },
    run: viewOfRun(run),
  };
}

/** A run that is asked to pause before it has begun pauses now. */
function mayBegin(memory: Memory, run: RunRow): boolean {
  if (run.stop !== null || run.waitsForTurn) return false;
  if (run.pauseAskedAt !== null && run.state === 'pending') pauseWhereFree(memory, run);
  return run.pauseAskedAt === null && (run.state === 'pending' || run.state === 'running');
}

/** Begun by the first claim; what went by since the former one failed is time that the run has waited. */
function beginAttempt(memory: Memory, run: RunRow, workerId: number): void {
  const { runAttempts } = memory.tables;
  if (runAttempts.some((one) => one.runId === run.id && one.no === run.attempt)) return;
  const now = memory.now();
  runAttempts.push({ runId: run.id, no: run.attempt, workerId, startedAt: now, endedAt: null, error: null });
  if (run.attempt === 1) return;
  run.retryAt = null;
  run.retryWaitedMs += Math.max(0, now - (lastEnd(memory, run) ?? now));
}

function lastEnd({ tables }: Memory, run: RunRow): number | null {
  return (
    tables.runAttempts.find((one) => one.runId === run.id && one.no === run.attempt - 1)?.endedAt ?? null
  );
}

function viewOfRun(run: RunRow): Run {
  const { id, type, dataset, wish, params, cause, requestedBy, parentRunId, resumesRunId, state } = run;
  const { jobId, jobVersion, node, createdAt, timeoutSeconds, maxAttempts, retrySeconds, group, priority } =
    run;
  return {
    id,
    type,
    dataset,
    wish,
    params,
    cause,
    requestedBy,
    parentRunId,
    resumesRunId,
    state,
    jobId,
    jobVersion,
    node,
    createdAt,
    policies: {
      timeoutSeconds,
      maxAttempts,
      retrySeconds,
      mostRuns: 1,
      group,
      priority,
    },
  };
}

export function releaseShard(
  memory: Memory,
  claim: ShardClaim,
  delayMs: number,
  afterTrouble: boolean,
): void {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  if (afterTrouble) shard.troubles += 1;
  letGo(memory, run, shard, delayMs);
  memory.parts.settleRequests(memory, run);
}

export function closeShard(memory: Memory, claim: ShardClaim): RunState | null {
  return memory.parts.closeHeldShard(memory, memory.parts.requireFence(memory, claim));
}

/** What is open of the shard fails; it closes as it would have. */
export function failShard(memory: Memory, claim: ShardClaim, error: AppError): RunState | null {
  const shard = memory.parts.requireFence(memory, claim);
  for (const item of memory.tables.items.get(claim.runId) ?? []) {
    if (item.shardNo !== claim.shardNo || (item.state !== 'pending' && item.state !== 'running')) continue;
    item.state = 'failed';
    item.errorCode = error.code;
    shard.itemsFailed += 1;
  }
  return memory.parts.closeHeldShard(memory, shard, error);
}

/** Closes a shard; the last open one ends the run. */
export function closeHeldShard(
  memory: Memory,
  shard: ShardRow,
  error: StoredError | null = null,
): RunState | null {
  const run = runRow(memory, shard.runId);
  memory.parts.freeShard(memory, shard);
  shard.open = false;
  run.openShards -= 1;
  if (run.openShards === 0 && run.stop !== null) return endStopped(memory, run, run.stop);
  if (run.openShards === 1) wakeNextRound(memory, run.id);
  if (run.openShards > 0) return memory.parts.settleRequests(memory, run);
  const state = memory.parts.endStateOf(memory, run);
  memory.parts.endRun(memory, run, state, state === 'failed' ? (error ?? lastItemError(memory, run)) : null);
  return state;
}

function lastItemError({ tables }: Memory, run: RunRow): StoredError | null {
  const failed = tables.attempts.findLast((one) => one.runId === run.id && one.errorCode !== null);
  if (failed === undefined) return null;
  return { code: failed.errorCode as AppError['code'], message: failed.errorMessage ?? '', details: {} };
}

/** When only the plan of the next round is open, its turn has come. */
function wakeNextRound(memory: Memory, runId: number): void {
  for (const shard of shardsOf(memory, runId)) {
    if (!shard.open || !shard.waitsForShards) continue;
    shard.waitsForShards = false;
    dispatchAnew(memory, shard);
  }
}

/** Failed items or cells left make a run partial, nothing done at all failed; quarantined rows are never green. */
export function endStateOf(memory: Memory, run: RunRow): RunState {
  const sums = { done: 0, failed: 0, left: 0, quarantined: 0 };
  for (const shard of shardsOf(memory, run.id)) {
    sums.done += shard.itemsDone;
    sums.failed += shard.itemsFailed;
    sums.left += shard.cellsLeft;
    sums.quarantined += shard.outcomes.quarantined ?? 0;
  }
  if (sums.failed > 0 || sums.left > 0) return sums.done === 0 ? 'failed' : 'success_with_errors';
  return sums.quarantined > 0 ? 'success_with_errors' : 'success';
}

export function replan(memory: Memory, claim: ShardClaim, sources: readonly SourceId[], round: number): void {
  memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  const shards = shardsOf(memory, run.id);
  cancelOpenItems(memory, run.id);
  for (const shard of shards) {
    if (!shard.open) continue;
    memory.parts.freeShard(memory, shard);
    shard.open = false;
    shard.itemsTotal = shard.itemsDone + shard.itemsFailed;
    shard.symbolsTotal = Object.values(shard.outcomes).reduce((sum, count) => sum + count, 0);
  }
  const no = shards.length;
  shards.push(newShard(memory, run.id, { no, kind: 'plan', round }));
  run.openShards = 1;
  if (run.params !== null) run.params = { ...run.params, sources };
  if (memory.parts.settleRequests(memory, run) === null)
    memory.parts.addDispatch(memory, { runId: run.id, shardNo: no, dispatch: 1, delayMs: 0 });
}

/** The items of a plan, its fetch shards, and the end of the planning shard. */
export function savePlan(memory: Memory, claim: ShardClaim, plan: NewPlan): void {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  const shards = shardsOf(memory, run.id);
  const items = memory.tables.items.get(run.id) ?? [];
  run.plan ??= plan.summary;
  run.openShards += plan.shards.length + (plan.nextRound === null ? 0 : 1);
  for (const planned of plan.shards) {
    const no = shards.length;
    const { source, symbolsTotal } = planned;
    const itemsTotal = planned.items.length;
    shards.push(
      newShard(memory, run.id, { no, kind: 'fetch', round: claim.round, source, symbolsTotal, itemsTotal }),
    );
    for (const item of planned.items) {
      const state = { state: 'pending' as const, attempts: 0, errorCode: null };
      items.push({ ...item, ...state, runId: run.id, no: items.length + 1, shardNo: no });
    }
    memory.parts.addDispatch(memory, { runId: run.id, shardNo: no, dispatch: 1, delayMs: 0 });
  }
  if (plan.nextRound !== null) {
    const waiting = { kind: 'plan' as const, round: plan.nextRound, waitsForShards: true };
    shards.push(newShard(memory, run.id, { no: shards.length, ...waiting }));
  }
  shard.cellsLeft = plan.cellsLeft;
  memory.parts.closeHeldShard(memory, shard);
}

/** The next items of a shard in order, set running. */
export function takeItems(memory: Memory, claim: ShardClaim, limit: number): readonly Item[] {
  memory.parts.requireFence(memory, claim);
  const taken = (memory.tables.items.get(claim.runId) ?? [])
    .filter((item) => item.shardNo === claim.shardNo && item.state === 'pending')
    .slice(0, limit);
  return taken.map((item) => {
    item.state = 'running';
    item.attempts += 1;
    const { no, source, shape, from, to, instrumentId, members, attempts } = item;
    return { no, source, shape, from, to, instrumentId, members, attempts };
  });
}
