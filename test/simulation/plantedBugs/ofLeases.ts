import { AppError } from '@tapekeeper/core';
import { isOver, shardsOf } from '../memory/runs.ts';
import { shardRow } from '../memory/shards.ts';
import type { PlantedBug } from './bug.ts';

/** Work that is taken from the living, left to the dead, or done by two. */
export const BUGS_OF_LEASES: readonly PlantedBug[] = [
  {
    name: 'a worker that dies before its first heartbeat is never missed',
    plant({ parts, calls, memory }) {
      const { registerWorker } = calls;
      const { isSilent } = parts;
      calls.registerWorker = (worker) => {
        const id = registerWorker?.(worker) as never;
        const row = memory.tables.workers.get(id);
        if (row !== undefined) row.heartbeatAt = null;
        return id;
      };
      parts.isSilent = (at, worker, silentMs) =>
        worker.heartbeatAt !== null && isSilent(at, worker, silentMs);
      calls.settlePredecessors = () => 0;
    },
  },
  {
    name: 'a worker is called dead for its age',
    plant({ parts }) {
      parts.isSilent = (memory, worker) => worker.startedAt < memory.now() - 30_000;
    },
  },
  {
    name: 'the fence does not rise when a shard changes hands',
    plant({ parts }) {
      parts.freeShard = (_, shard) => void (shard.workerId = null);
    },
  },
  {
    name: 'the fence is not looked at before a write',
    plant({ parts }) {
      parts.requireFence = (memory, claim) => {
        const shard = shardRow(memory, claim.runId, claim.shardNo);
        if (shard === undefined) throw new AppError('lease_lost', { run: claim.runId, shard: claim.shardNo });
        return shard;
      };
    },
  },
  {
    name: 'a dispatch that comes twice takes the shard twice',
    plant({ calls, memory }) {
      const { claimShard } = calls;
      calls.claimShard = (dispatch) => {
        const shard = shardRow(memory, dispatch.runId, dispatch.shardNo);
        if (shard === undefined) return undefined as never;
        shard.workerId = null;
        return claimShard?.({ ...dispatch, dispatch: shard.dispatch }) as never;
      };
    },
  },
  {
    name: 'rescue sets a paused run going',
    plant({ calls, memory, parts }) {
      const { rescue } = calls;
      calls.rescue = (silentMs) => {
        for (const run of memory.tables.runs.values()) {
          if (run.state !== 'paused') continue;
          parts.setState(memory, run, 'running');
          run.pauseAskedAt = null;
        }
        return rescue?.(silentMs) as never;
      };
    },
  },
  {
    name: 'a parent is not woken when its last child ends',
    plant({ parts }) {
      parts.wakeParent = () => {};
      parts.hasWaitedEnough = () => false;
    },
  },
  {
    name: 'a child that a run needs is never dispatched',
    plant({ parts }) {
      const { addDispatch, mayRequeue } = parts;
      parts.addDispatch = (memory, dispatch) => {
        if (memory.tables.runs.get(dispatch.runId)?.cause !== 'requirement') addDispatch(memory, dispatch);
      };
      parts.mayRequeue = (memory, run, shard) =>
        run.cause !== 'requirement' && mayRequeue(memory, run, shard);
    },
  },
  {
    name: 'a lost dispatch is lost for good',
    plant({ parts }) {
      parts.mayRequeue = () => false;
    },
  },
  {
    name: 'the shards of a silent worker stay with it',
    plant({ parts }) {
      parts.freeShardsOfWorkers = () => [];
    },
  },
  {
    name: 'a slow attempt gets another one beside it',
    plant({ calls, memory, parts }) {
      const { enforceStops } = calls;
      calls.enforceStops = (graceMs) => {
        for (const run of memory.tables.runs.values()) {
          if (run.state !== 'running' || run.stop !== null) continue;
          for (const shard of shardsOf(memory, run.id)) {
            if (shard.workerId === null || (shard.claimedAt ?? 0) > memory.now() - 5_000) continue;
            shard.workerId = null;
            shard.dispatch += 1;
            const { runId, no: shardNo, dispatch } = shard;
            parts.addDispatch(memory, { runId, shardNo, dispatch, delayMs: 0 });
          }
        }
        return enforceStops?.(graceMs) as never;
      };
    },
  },
  {
    name: 'what a dead worker had finished is set to failed',
    plant({ calls, memory }) {
      const { rescue } = calls;
      calls.rescue = (silentMs) => {
        const rescued = rescue?.(silentMs);
        for (const { runId, workerId } of memory.tables.runAttempts) {
          const run = memory.tables.runs.get(runId);
          const worker = workerId === null ? undefined : memory.tables.workers.get(workerId);
          if (run !== undefined && isOver(run) && worker?.stoppedAt != null) run.state = 'failed';
        }
        return rescued as never;
      };
    },
  },
];
