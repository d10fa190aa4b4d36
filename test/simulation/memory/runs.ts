import {
  AppError,
  DEFAULT_POLICIES,
  isSyncType,
  RUN_MACHINE,
  type JobType,
  type RunState,
} from '@tapekeeper/core';
import type {
  NewRun,
  ShardClaim,
  ShardKind,
  StoredError,
  SyncParams,
} from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import type { RunRow, ShardRow } from './tables.ts';

export function runRow({ tables }: Memory, id: number): RunRow {
  const run = tables.runs.get(id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  return run;
}

export function shardsOf({ tables }: Memory, runId: number): ShardRow[] {
  return tables.shards.get(runId) ?? [];
}

export function isOver(run: Pick<RunRow, 'state'>): boolean {
  return RUN_MACHINE.terminal.includes(run.state);
}

export function storedError(error: StoredError): StoredError {
  return { code: error.code, message: error.message, details: error.details };
}

/** A run, its first shard and the first dispatch. */
export function insertRun(memory: Memory, run: NewRun): number {
  const { tables } = memory;
  const policies = run.policies ?? DEFAULT_POLICIES;
  const waitsForTurn = run.waitsForTurn ?? false;
  const row: RunRow = {
    id: memory.newId('run'),
    type: run.type,
    dataset: run.dataset,
    wish: run.wish,
    params: run.params,
    cause: run.cause,
    requestedBy: run.requestedBy,
    parentRunId: run.parentRunId,
    resumesRunId: run.resumesRunId ?? null,
    jobId: run.jobId ?? null,
    jobVersion: run.jobVersion ?? null,
    fireId: run.fireId ?? null,
    upstreamRunId: run.upstreamRunId ?? null,
    node: run.node ?? null,
    priority: policies.priority,
    group: policies.group,
    waitsForTurn,
    timeoutSeconds: policies.timeoutSeconds,
    deadlineAt: null,
    attempt: 1,
    maxAttempts: policies.maxAttempts,
    retrySeconds: policies.retrySeconds,
    retryWaitedMs: 0,
    stop: null,
    stopAskedAt: null,
    pauseAskedAt: null,
    result: null,
    state: 'pending',
    reason: waitsForTurn ? 'waits_for_turn' : null,
    error: null,
    plan: null,
    openShards: 1,
    createdAt: memory.now(),
    startedAt: null,
    finishedAt: null,
    retryAt: null,
  };
  tables.runs.set(row.id, row);
  tables.shards.set(row.id, [newShard(memory, row.id, { no: 0, kind: firstShardOf(run.type) })]);
  tables.items.set(row.id, []);
  if (!waitsForTurn) memory.parts.addDispatch(memory, { runId: row.id, shardNo: 0, dispatch: 1, delayMs: 0 });
  return row.id;
}

function firstShardOf(type: JobType): ShardKind {
  if (isSyncType(type)) return 'plan';
  return type === 'workflow' ? 'workflow' : 'task';
}

export function newShard(
  memory: Memory,
  runId: number,
  shard: Pick<ShardRow, 'no' | 'kind'> & Partial<ShardRow>,
): ShardRow {
  return {
    runId,
    source: null,
    round: 0,
    open: true,
    workerId: null,
    fence: 0,
    dispatch: 1,
    claimedAt: null,
    updatedAt: memory.now(),
    troubles: 0,
    waitsForRuns: false,
    waitsForShards: false,
    cellsLeft: 0,
    itemsTotal: 0,
    itemsDone: 0,
    itemsFailed: 0,
    symbolsTotal: 0,
    outcomes: {},
    rowsWritten: 0,
    rowsUnchanged: 0,
    calls: 0,
    bytes: 0,
    lastSymbol: null,
    lastSource: null,
    ...shard,
  };
}

/** Live runs go to workers before others. */
export function addDispatch(
  memory: Memory,
  dispatch: { runId: number; shardNo: number; dispatch: number; delayMs: number },
): void {
  const { delayMs, ...rest } = dispatch;
  const isLive = memory.tables.runs.get(dispatch.runId)?.priority === 'live';
  memory.queue.add(rest, isLive, memory.now() + delayMs);
}

/** Dispatches a shard under a new number. */
export function dispatchAnew(memory: Memory, shard: ShardRow, delayMs = 0): void {
  shard.dispatch += 1;
  shard.updatedAt = memory.now();
  memory.parts.addDispatch(memory, {
    runId: shard.runId,
    shardNo: shard.no,
    dispatch: shard.dispatch,
    delayMs,
  });
}

/** One legal step; the machine of the core decides, as the database's trigger does. */
export function setState(_memory: Memory, run: RunRow, state: RunState): void {
  if (run.state === state) return;
  if (!RUN_MACHINE.next[run.state].includes(state))
    throw new AppError('internal', { message: `illegal step of run: ${run.state} to ${state}` });
  run.state = state;
}

export function settleParams(memory: Memory, claim: ShardClaim, params: SyncParams): void {
  memory.parts.requireFence(memory, claim);
  runRow(memory, claim.runId).params = params;
}

/** The children go to the queue first; the parent waits without a dispatch until the last one has ended. */
export function waitForRuns(
  memory: Memory,
  claim: ShardClaim,
  children: readonly NewRun[],
): readonly number[] {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  if (run.stop !== null) throw new AppError('interrupted');
  shard.waitsForRuns = true;
  memory.parts.freeShard(memory, shard);
  if (run.state === 'running') {
    memory.parts.setState(memory, run, 'pending');
    run.reason = 'waits_for_requirement';
  }
  return children.map((child) => memory.parts.insertRun(memory, child));
}

export function childrenOf({ tables }: Memory, parentId: number): readonly RunRow[] {
  return [...tables.runs.values()].filter((run) => run.parentRunId === parentId);
}

export function endRun(
  memory: Memory,
  run: RunRow,
  state: RunState,
  error: StoredError | null,
  reason: string | null = error?.code ?? null,
): void {
  memory.parts.setState(memory, run, state);
  run.finishedAt = memory.now();
  run.openShards = 0;
  run.waitsForTurn = false;
  run.retryAt = null;
  run.reason = reason;
  run.error = error && storedError(error);
  endAttempt(memory, run, run.error);
  if (endedWell(state)) memory.parts.noteFollowers(memory, run);
  else leaveNothingBehind(memory, run);
  if (run.parentRunId !== null) memory.parts.wakeParent(memory, run.parentRunId);
  if (run.jobId !== null || run.group !== null) memory.parts.giveTurn(memory, run.jobId, run.group);
}

/** Open children are told to end; they do so by themselves, or by the rescue loop. */
function leaveNothingBehind(memory: Memory, run: RunRow): void {
  for (const child of childrenOf(memory, run.id)) {
    if (isOver(child) || child.stop !== null) continue;
    child.stop = { end: 'cancelled', code: 'parent_ended', reason: '', by: `run ${run.id}` };
    child.stopAskedAt = memory.now();
  }
}

/** Closes the try of a run that is under way. */
export function endAttempt(memory: Memory, run: RunRow, error: StoredError | null): void {
  const last = memory.tables.runAttempts.findLast((one) => one.runId === run.id && one.endedAt === null);
  if (last === undefined) return;
  last.endedAt = memory.now();
  last.error = error;
}

/** Whether what follows a run may go on: what could be had is there, and what failed is known. */
export function endedWell(state: RunState): boolean {
  return state === 'success' || state === 'success_with_errors';
}

export function noteFollowers(memory: Memory, run: RunRow): void {
  if (run.jobId === null) return;
  for (const job of memory.tables.jobs.values()) {
    const { trigger } = job.definition.schedule;
    if (trigger.kind !== 'after' || trigger.jobId !== run.jobId) continue;
    if (job.state !== 'enabled' || job.deletedAt !== null) continue;
    memory.tables.afterDue.push({ jobId: job.id, upstreamRunId: run.id, endedAt: memory.now() });
  }
}

/** A parent looks again when its last child has ended; a workflow after each. */
export function wakeParent(memory: Memory, parentId: number): void {
  const children = childrenOf(memory, parentId);
  for (const shard of shardsOf(memory, parentId)) {
    if (!shard.open || !shard.waitsForRuns) continue;
    if (shard.kind !== 'workflow' && !children.every(isOver)) continue;
    shard.waitsForRuns = false;
    dispatchAnew(memory, shard);
  }
}

export function failRun(memory: Memory, claim: ShardClaim, error: AppError): void {
  memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  closeAll(memory, run);
  memory.parts.endRun(memory, run, 'failed', error);
}

/** Cancels the open items of a run and closes its open shards. */
export function closeAll(memory: Memory, run: RunRow): void {
  cancelOpenItems(memory, run.id);
  for (const shard of shardsOf(memory, run.id)) {
    if (!shard.open) continue;
    memory.parts.freeShard(memory, shard);
    shard.open = false;
    shard.waitsForRuns = false;
    shard.waitsForShards = false;
  }
}

export function cancelOpenItems({ tables }: Memory, runId: number, shardNo?: number): void {
  for (const item of tables.items.get(runId) ?? []) {
    if (shardNo !== undefined && item.shardNo !== shardNo) continue;
    if (item.state === 'pending' || item.state === 'running') item.state = 'cancelled';
  }
}

export function putBackRunningItems({ tables }: Memory, runId: number, shardNo: number): void {
  for (const item of tables.items.get(runId) ?? []) {
    if (item.shardNo === shardNo && item.state === 'running') item.state = 'pending';
  }
}
