import type { RunSignal } from '../../../packages/server/src/ports/runControlStore.ts';
import type { ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from '../memory/memory.ts';
import { isOver } from '../memory/runs.ts';
import { shardRow } from '../memory/shards.ts';
import type { CallWatch } from '../process.ts';
import type { Violation } from './turnWatch.ts';

type ClaimDispatch = { runId: number; shardNo: number; dispatch: number; workerId: number };

/** Calls that write under a claim, which comes first. */
const CLAIMED: ReadonlySet<string> = new Set([
  'settleParams',
  'waitForRuns',
  'savePlan',
  'failRun',
  'takeItems',
  'commitItems',
  'releaseShard',
  'failShard',
  'closeShard',
  'replan',
  'yieldShard',
  'failAttempt',
  'noteSteps',
  'endTask',
  'advanceWorkflow',
]);

/** What a process may do to the store, judged by what the store says of it then. */
export function createCallWatch(
  memory: Memory,
  tell: (violation: Violation) => void,
): (name: string, input: readonly unknown[]) => CallWatch | undefined {
  /** Claims that were told to stop, with the batches begun since. */
  const told = new Map<string, number>();
  return (name, input) => {
    if (name === 'claimShard') return watchClaim(memory, input[0] as ClaimDispatch, tell);
    if (name === 'signalsFor') return watchSignals(input[1] as readonly ShardClaim[] | undefined, told);
    if (!CLAIMED.has(name)) return undefined;
    const claim = input[0] as ShardClaim;
    if (name === 'takeItems') noteBatch(told, claim, tell);
    return watchWrite(memory, name, claim, tell);
  };
}

function watchWrite(
  memory: Memory,
  name: string,
  claim: ShardClaim,
  tell: (violation: Violation) => void,
): CallWatch {
  let isOwn = false;
  return {
    begins() {
      const shard = shardRow(memory, claim.runId, claim.shardNo);
      isOwn = shard?.open === true && shard.fence === claim.fence && shard.workerId === claim.workerId;
    },
    ends() {
      if (isOwn) return;
      const detail = `${name} of shard ${claim.shardNo} of run ${claim.runId} under fence ${claim.fence}`;
      tell({ name: 'a lost claim writes nothing', detail });
    },
    refused() {},
    heard() {},
  };
}

function watchClaim(
  memory: Memory,
  dispatch: ClaimDispatch,
  tell: (violation: Violation) => void,
): CallWatch {
  let refusal: string | undefined;
  return {
    begins() {
      refusal = whyStale(memory, dispatch);
    },
    ends(output) {
      if (output === undefined || refusal === undefined) return;
      const { runId, shardNo } = dispatch;
      tell({
        name: 'a stale dispatch takes nothing',
        detail: `shard ${shardNo} of run ${runId}: ${refusal}`,
      });
    },
    refused() {},
    heard() {},
  };
}

function whyStale(
  { tables, ...memory }: Memory,
  { runId, shardNo, dispatch, workerId }: ClaimDispatch,
): string | undefined {
  const run = tables.runs.get(runId);
  const shard = shardRow({ tables, ...memory }, runId, shardNo);
  const worker = tables.workers.get(workerId);
  if (run === undefined || shard === undefined || worker === undefined) return 'it is not there';
  if (isOver(run) || !shard.open) return 'it is over';
  if (shard.dispatch !== dispatch) return `dispatch ${dispatch} of ${shard.dispatch}`;
  if (shard.workerId !== null && shard.workerId !== workerId) return `worker ${shard.workerId} holds it`;
  if (worker.stoppedAt !== null) return 'the worker has been given up';
  if (run.stop !== null) return 'the run is told to end';
  if (run.pauseAskedAt !== null) return 'the run is told to pause';
  return run.waitsForTurn ? 'the run waits for its turn' : undefined;
}

function watchSignals(held: readonly ShardClaim[] | undefined, told: Map<string, number>): CallWatch {
  return {
    begins() {},
    ends() {},
    refused() {},
    heard(output) {
      for (const { runId, shardNo } of output as readonly RunSignal[]) {
        const claim = held?.find((one) => one.runId === runId && one.shardNo === shardNo);
        if (claim !== undefined && !told.has(keyOf(claim))) told.set(keyOf(claim), 0);
      }
    },
  };
}

/** One batch may have been on its way. */
function noteBatch(told: Map<string, number>, claim: ShardClaim, tell: (violation: Violation) => void): void {
  const begun = told.get(keyOf(claim));
  if (begun === undefined) return;
  told.set(keyOf(claim), begun + 1);
  if (begun < 1) return;
  const detail = `shard ${claim.shardNo} of run ${claim.runId} took a batch after it was told to stop`;
  tell({ name: 'what is told to stop begins nothing new', detail });
}

function keyOf({ runId, shardNo, fence }: ShardClaim): string {
  return `${runId}:${shardNo}:${fence}`;
}
