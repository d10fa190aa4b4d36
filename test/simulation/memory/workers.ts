import type { Rescued } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import { letGo } from './requests.ts';
import { childrenOf, dispatchAnew, isOver, runRow, shardsOf } from './runs.ts';
import type { RunRow, ShardRow, WorkerRow } from './tables.ts';

export function registerWorker(memory: Memory, worker: { node: string; boot: string; pid: number }): number {
  const id = memory.newId('worker');
  const { node, boot } = worker;
  const now = memory.now();
  memory.tables.workers.set(id, { id, node, boot, startedAt: now, heartbeatAt: now, stoppedAt: null });
  return id;
}

export function beat(memory: Memory, id: number): boolean {
  const worker = memory.tables.workers.get(id);
  if (worker === undefined || worker.stoppedAt !== null) return false;
  worker.heartbeatAt = memory.now();
  return true;
}

export function stopWorker(memory: Memory, id: number): void {
  const worker = memory.tables.workers.get(id);
  if (worker === undefined) return;
  worker.stoppedAt ??= memory.now();
  memory.parts.freeShardsOfWorkers(memory, [id]);
}

/** Frees what former boots of this node held. */
export function settlePredecessors(memory: Memory, node: string, boot: string): number {
  const dead = [...memory.tables.workers.values()].filter(
    (one) => one.node === node && one.boot !== boot && one.stoppedAt === null,
  );
  for (const worker of dead) worker.stoppedAt = memory.now();
  return memory.parts.freeShardsOfWorkers(
    memory,
    dead.map(({ id }) => id),
  ).length;
}

/** The newest sign of life counts, before the first heartbeat the start; the age of the work never does. */
export function isSilent(memory: Memory, worker: WorkerRow, silentMs: number): boolean {
  return (worker.heartbeatAt ?? worker.startedAt) < memory.now() - silentMs;
}

/** Takes shards out of dead workers' hands; those of a run that is to end or to pause are left to that. */
export function freeShardsOfWorkers(memory: Memory, workers: readonly number[]): readonly ShardRow[] {
  if (workers.length === 0) return [];
  for (const lease of memory.tables.leases.values()) {
    if (lease.workerId !== null && workers.includes(lease.workerId)) lease.workerId = null;
  }
  const freed: ShardRow[] = [];
  for (const run of memory.tables.runs.values()) {
    for (const shard of shardsOf(memory, run.id)) {
      if (!shard.open || shard.workerId === null || !workers.includes(shard.workerId)) continue;
      shard.updatedAt = memory.now();
      letGo(memory, run, shard, 0);
      freed.push(shard);
    }
  }
  return freed;
}

/** How long a shard may be without a dispatch before that is taken for lost. */
const LOST_AFTER_MS = 4000;

/** One rescue scan. */
export function rescue(memory: Memory, silentMs: number): readonly Rescued[] {
  const { workers, runs } = memory.tables;
  for (const worker of workers.values()) {
    if (worker.stoppedAt === null && memory.parts.isSilent(memory, worker, silentMs))
      worker.stoppedAt = memory.now();
  }
  const stopped = [...workers.values()].filter((one) => one.stoppedAt !== null).map(({ id }) => id);
  const rescued: Rescued[] = memory.parts
    .freeShardsOfWorkers(memory, stopped)
    .map((shard) => ({ runId: shard.runId, shardNo: shard.no, why: 'silent_worker' }));
  for (const run of runs.values()) {
    for (const shard of shardsOf(memory, run.id)) {
      const why = whyAnew(memory, run, shard);
      if (why === undefined) continue;
      shard.waitsForRuns = false;
      const delayMs = why === 'lost_dispatch' ? Math.max(0, (run.retryAt ?? 0) - memory.now()) : 0;
      dispatchAnew(memory, shard, delayMs);
      rescued.push({ runId: run.id, shardNo: shard.no, why });
    }
  }
  return rescued;
}

function whyAnew(memory: Memory, run: RunRow, shard: ShardRow): Rescued['why'] | undefined {
  if (!shard.open || shard.workerId !== null || isOver(run)) return undefined;
  if (shard.waitsForRuns) return memory.parts.hasWaitedEnough(memory, run) ? 'requirement_done' : undefined;
  return memory.parts.mayRequeue(memory, run, shard) ? 'lost_dispatch' : undefined;
}

/** A shard whose children have all ended without waking it. */
export function hasWaitedEnough(memory: Memory, run: RunRow): boolean {
  return run.state !== 'paused' && childrenOf(memory, run.id).every(isOver);
}

/** Open shards that nobody holds and no dispatch waits for. */
export function mayRequeue(memory: Memory, run: RunRow, shard: ShardRow): boolean {
  if (run.state !== 'pending' && run.state !== 'running') return false;
  if (shard.waitsForShards || run.waitsForTurn || run.stop !== null || run.pauseAskedAt !== null)
    return false;
  return (
    shard.updatedAt < memory.now() - LOST_AFTER_MS &&
    memory.queue.waitsFor(shard.runId, shard.no) === undefined
  );
}

/** Runs that are open though nobody works on them and nobody is going to, with for how long. */
export function strandedRuns(memory: Memory): readonly { runId: number; ms: number }[] {
  return [...memory.tables.runs.values()].flatMap((run) => {
    if (run.state !== 'pending' && run.state !== 'running') return [];
    const stranded = shardsOf(memory, run.id).filter((shard) => isStranded(memory, run, shard));
    if (stranded.length === 0) return [];
    const since = Math.min(...stranded.map(({ updatedAt }) => updatedAt));
    return [{ runId: run.id, ms: memory.now() - since }];
  });
}

function isStranded(memory: Memory, run: RunRow, shard: ShardRow): boolean {
  if (!shard.open || shard.waitsForRuns || shard.waitsForShards || run.waitsForTurn) return false;
  const worker = shard.workerId === null ? undefined : memory.tables.workers.get(shard.workerId);
  const isHeld = worker !== undefined && worker.stoppedAt === null && !isSilent(memory, worker, 15_000);
  return !isHeld && memory.queue.waitsFor(shard.runId, shard.no) === undefined;
}

export function requirementsOf(memory: Memory, runId: number) {
  runRow(memory, runId);
  return childrenOf(memory, runId).map(({ id, dataset, state, error }) => ({
    runId: id,
    dataset,
    state,
    error,
  }));
}
