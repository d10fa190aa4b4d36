import type { PlantedBug } from './bug.ts';

/** Runs that do not do as they are told, or say what is not so. */
export const BUGS_OF_RUNS: readonly PlantedBug[] = [
  {
    name: 'a cancelled run goes on',
    plant({ parts, calls }) {
      const { settleRequests } = parts;
      parts.settleRequests = (memory, run) => (run.stop === null ? settleRequests(memory, run) : null);
      calls.signalsFor = () => [];
      calls.enforceStops = () => [];
    },
  },
  {
    name: 'a run that was cancelled in its last item ends as a success',
    plant({ parts }) {
      const { closeHeldShard } = parts;
      parts.closeHeldShard = (memory, shard, error) => {
        const run = memory.tables.runs.get(shard.runId);
        const stop = run?.stop ?? null;
        if (run !== undefined) run.stop = null;
        const state = closeHeldShard(memory, shard, error);
        if (run !== undefined) run.stop = stop;
        return state;
      };
    },
  },
  {
    name: 'a run that is told to end is tried again',
    plant({ parts }) {
      const { retryOrFail, settleRequests } = parts;
      parts.retryOrFail = (memory, run, shard, error) => {
        run.stop = null;
        return retryOrFail(memory, run, shard, error);
      };
      parts.settleRequests = (memory, run) => {
        if (run.stop !== null && run.attempt < run.maxAttempts) run.stop = null;
        return settleRequests(memory, run);
      };
    },
  },
  {
    name: 'a refusal is tried again',
    plant({ calls, parts, memory }) {
      calls.failRun = (claim, error) => {
        const shard = parts.requireFence(memory, claim);
        const run = memory.tables.runs.get(claim.runId);
        if (run !== undefined) parts.retryOrFail(memory, run, shard, error);
      };
    },
  },
  {
    name: 'a run has one attempt more than it may',
    plant({ parts }) {
      const { retryOrFail } = parts;
      parts.retryOrFail = (memory, run, shard, error) => {
        const more = Object.create(run, { maxAttempts: { value: run.maxAttempts + 1 } }) as typeof run;
        if (run.attempt !== run.maxAttempts) return retryOrFail(memory, run, shard, error);
        const state = retryOrFail(memory, more, shard, error);
        Object.assign(run, more);
        return state;
      };
    },
  },
  {
    name: 'nodes that need a success start after a failure',
    plant({ calls }) {
      const { nodeRuns } = calls;
      calls.nodeRuns = (id) =>
        (nodeRuns?.(id) ?? []).map((node) =>
          node.state === 'failed' || node.state === 'cancelled' ? { ...node, state: 'success' } : node,
        ) as never;
    },
  },
  {
    name: 'a node starts twice',
    plant({ parts, random }) {
      const { startNode } = parts;
      parts.startNode = (memory, workflow, node, jobId) => {
        startNode(memory, workflow, node, jobId);
        if (random() < 0.3) startNode(memory, workflow, node, jobId);
      };
    },
  },
  {
    name: 'a group takes one more than it may',
    plant({ parts }) {
      const { freeInGroup } = parts;
      parts.freeInGroup = (memory, group) => freeInGroup(memory, group) + 1;
    },
  },
  {
    name: 'a run that waits for its turn never gets it',
    plant({ parts }) {
      parts.giveTurn = () => undefined;
    },
  },
  {
    name: 'a run with failed items is a success',
    plant({ parts }) {
      parts.endStateOf = () => 'success';
    },
  },
];
