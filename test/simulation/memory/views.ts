import type { RunView } from '../../../packages/server/src/ports/viewStore.ts';
import type { Memory } from './memory.ts';
import { shardsOf } from './runs.ts';

/** A run as people read it, its sums taken from its shards. */
export function viewOfRun(memory: Memory, id: number): RunView | undefined {
  const run = memory.tables.runs.get(id);
  if (run === undefined) return undefined;
  const shards = shardsOf(memory, id);
  const sum = (
    of:
      | 'itemsTotal'
      | 'itemsDone'
      | 'itemsFailed'
      | 'symbolsTotal'
      | 'rowsWritten'
      | 'rowsUnchanged'
      | 'calls'
      | 'bytes',
  ): number => shards.reduce((total, shard) => total + shard[of], 0);
  const { maxAttempts, attempt, retryWaitedMs, ...rest } = run;
  return {
    ...rest,
    attempt,
    maxAttempts,
    retryWaitedMs,
    jobKey: run.jobId === null ? null : (memory.tables.jobs.get(run.jobId)?.key ?? null),
    scheduledFor: run.fireId === null ? null : (memory.tables.fires.get(run.fireId)?.scheduledFor ?? null),
    itemsTotal: sum('itemsTotal'),
    itemsDone: sum('itemsDone'),
    itemsFailed: sum('itemsFailed'),
    symbolsTotal: sum('symbolsTotal'),
    rowsWritten: sum('rowsWritten'),
    rowsUnchanged: sum('rowsUnchanged'),
    calls: sum('calls'),
    bytes: sum('bytes'),
    outcomes: {},
    lastSymbol: null,
    lastSource: null,
    servedBy: [],
    stages: {
      shards: [],
      children: [],
      steps: [],
    },
    readAt: memory.now(),
  };
}
