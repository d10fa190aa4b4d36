import { DEFAULT_POLICIES, type RunPolicies } from '@tapekeeper/core';
import type { NewRun, RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { resumeWorkflow } from '../workflow/resumeWorkflow.ts';
import type { RunDeps } from './findRun.ts';

/** What a run asks for, as it was said and as it was settled. */
export type Question = Pick<NewRun, 'wish' | 'params'>;

/**
 * A new run that takes an ended one up, with the same question unless a part of it is given. It belongs to
 * the same job, so it waits for its turn there. Asked twice while that run is open, it is the same one.
 */
export async function runAgain(
  deps: RunDeps,
  run: RunView,
  by: string,
  { wish, params }: Question = run,
): Promise<RunId> {
  const { store } = deps;
  const open = await store.openResumption(run.id);
  if (open !== null) return open;
  if (run.type === 'workflow') return resumeWorkflow(deps, run, by);
  const waits = run.jobId !== null || run.group !== null;
  const id = await store.createRun({
    type: run.type,
    dataset: run.dataset,
    wish,
    params,
    cause: 'person',
    requestedBy: by,
    parentRunId: null,
    resumesRunId: run.id,
    jobId: run.jobId,
    jobVersion: run.jobVersion,
    policies: await policiesOf(deps, run),
    waitsForTurn: waits,
  });
  if (waits) await store.giveTurns();
  return id;
}

async function policiesOf({ store }: RunDeps, run: RunView): Promise<RunPolicies> {
  const job = run.jobId === null ? undefined : await store.job(run.jobId);
  const { timeoutSeconds, maxAttempts, priority, group } = run;
  return { ...(job?.definition.policies ?? DEFAULT_POLICIES), timeoutSeconds, maxAttempts, priority, group };
}
