import type { RunState } from '@tapekeeper/core';
import type { Memory } from '../memory/memory.ts';
import { isOver, shardsOf } from '../memory/runs.ts';
import type { RunRow, ShardRow } from '../memory/tables.ts';

interface ShardBefore {
  readonly fence: number;
  readonly workerId: number | null;
  readonly open: boolean;
  readonly work: string;
}

/** What a turn may do to what was there before it. */
export interface TurnWatch {
  /** Looks at what has changed since the last look; tells what must not have. */
  look(label: string): Violation | undefined;
  /** People have changed something: what they may do says nothing of the program. */
  forget(): void;
}

export interface Violation {
  readonly name: string;
  readonly detail: string;
}

const SILENT_MS = 15_000;

export function createTurnWatch(memory: Memory): TurnWatch {
  const states = new Map<number, RunState>();
  const told = new Set<number>();
  const shards = new Map<string, ShardBefore>();
  const stopped = new Set<number>();
  let fires = 0;

  const lookAtRun = (run: RunRow): Violation | undefined => {
    const before = states.get(run.id);
    if (before !== run.state) states.set(run.id, run.state);
    if (before !== undefined && before !== run.state && isOver({ state: before }))
      return violation('terminal states never change', `run ${run.id} was ${before}, and is ${run.state}`);
    if (before === 'paused' && run.state === 'running')
      return violation('only people let a paused run go on', `run ${run.id}`);
    if (run.stop !== null) told.add(run.id);
    else if (told.has(run.id)) return violation('what a run was told is not forgotten', `run ${run.id}`);
    const isStill = before === run.state && (before === 'paused' || isOver({ state: before }));
    for (const shard of shardsOf(memory, run.id)) {
      const found = lookAtShard(shard, isStill ? before : undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const lookAtShard = (shard: ShardRow, still: RunState | undefined): Violation | undefined => {
    const key = `${shard.runId}:${shard.no}`;
    const before = shards.get(key);
    const { fence, workerId, open } = shard;
    const work = workOf(shard);
    if (
      before?.fence === fence &&
      before.workerId === workerId &&
      before.open === open &&
      before.work === work
    )
      return undefined;
    shards.set(key, { fence, workerId, open, work });
    if (before === undefined) return undefined;
    const name = `shard ${shard.no} of run ${shard.runId}`;
    if (fence < before.fence)
      return violation('fences only grow', `${name}: from ${before.fence} to ${fence}`);
    if (workerId !== before.workerId && fence === before.fence)
      return violation('another hand, another fence', `${name}: from ${before.workerId} to ${workerId}`);
    if (open && !before.open) return violation('what is closed stays closed', name);
    if (still !== undefined && work !== before.work)
      return violation('nothing is written while a run is paused, or after its end', `${name}: ${work}`);
    return undefined;
  };

  const lookAtWorkers = (label: string): Violation | undefined => {
    for (const worker of memory.tables.workers.values()) {
      if (worker.stoppedAt === null || stopped.has(worker.id)) continue;
      stopped.add(worker.id);
      const silentMs = memory.now() - (worker.heartbeatAt ?? worker.startedAt);
      if (label.startsWith('rescue') && silentMs < SILENT_MS)
        return violation(
          'a worker that beats is not called dead',
          `worker ${worker.id}, after ${silentMs} ms`,
        );
    }
    return undefined;
  };

  const lookAtFires = (): Violation | undefined => {
    if (memory.tables.fires.size === fires) return undefined;
    const fresh = [...memory.tables.fires.values()].slice(fires);
    fires = memory.tables.fires.size;
    for (const { id, jobId } of fresh) {
      const job = memory.tables.jobs.get(jobId);
      if (job?.state !== 'enabled' || job.deletedAt !== null)
        return violation(
          'a job that is not enabled fires nothing',
          `fire ${id} of job ${jobId}, ${job?.state}`,
        );
    }
    return undefined;
  };

  return {
    look(label) {
      for (const run of memory.tables.runs.values()) {
        const found = lookAtRun(run);
        if (found !== undefined) return found;
      }
      return lookAtWorkers(label) ?? lookAtFires();
    },
    forget() {
      for (const run of memory.tables.runs.values()) {
        const before = states.get(run.id);
        if (before === 'paused' && run.state === 'running') states.set(run.id, run.state);
      }
    },
  };
}

/** What counts as work on a shard. */
function workOf({ itemsDone, itemsFailed, calls, rowsWritten, rowsUnchanged }: ShardRow): string {
  return `${itemsDone} ${itemsFailed} ${calls} ${rowsWritten} ${rowsUnchanged}`;
}

function violation(name: string, detail: string): Violation {
  return { name, detail };
}
