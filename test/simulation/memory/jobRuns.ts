import type { RunState } from '@tapekeeper/core';
import type { NewRun } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import { runRow } from './runs.ts';
import type { JobRow } from './tables.ts';

/** What a run of a job begins with. */
export function runOf(job: JobRow): Omit<NewRun, 'cause' | 'requestedBy'> {
  const { type, params, policies } = job.definition;
  return {
    type,
    dataset: 'dataset' in params ? (params.dataset as NewRun['dataset']) : null,
    wish: params,
    params: null,
    parentRunId: null,
    jobId: job.id,
    jobVersion: job.version,
    policies,
  };
}

/** A run that is terminal at birth, so that histories show it: nobody is ever going to work on it. */
export function bornOver(memory: Memory, runId: number, state: RunState, reason: string): void {
  const run = runRow(memory, runId);
  memory.parts.setState(memory, run, state);
  run.reason = reason;
  run.waitsForTurn = false;
  run.openShards = 0;
  run.finishedAt = memory.now();
  memory.tables.shards.set(runId, []);
}
