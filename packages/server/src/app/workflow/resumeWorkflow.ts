import { DEFAULT_POLICIES, type RunPolicies } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';

/**
 * Makes a run that goes on where a workflow ended: nodes that ended well then are not run again, all
 * others are. It takes its turn like any run of the job. The caller has seen to it that the former run has
 * ended.
 */
export async function resumeWorkflow(deps: Pick<AppDeps, 'store'>, run: RunView, by: string): Promise<RunId> {
  const job = run.jobId === null ? undefined : await deps.store.job(run.jobId);
  const ofJob = job?.definition.policies ?? DEFAULT_POLICIES;
  const policies: RunPolicies = {
    ...ofJob,
    priority: run.priority,
    group: run.group,
    maxAttempts: run.maxAttempts,
    timeoutSeconds: run.timeoutSeconds,
  };
  const waitsForTurn = run.jobId !== null || run.group !== null;
  const id = await deps.store.createRun({
    type: 'workflow',
    dataset: null,
    wish: run.wish,
    params: null,
    cause: 'person',
    requestedBy: by,
    parentRunId: null,
    resumesRunId: run.id,
    jobId: run.jobId,
    jobVersion: run.jobVersion,
    policies,
    waitsForTurn,
  });
  // whether there is room is decided under the locks of whoever gives turns
  if (waitsForTurn) await deps.store.giveTurns();
  return id;
}
