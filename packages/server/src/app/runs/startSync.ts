import { AppError, isAppError, type DatasetId, type JobDefinition, type SourceId } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { ensureJob } from '../jobs/ensureJob.ts';
import { triggerJob } from '../jobs/triggerJob.ts';
import { priorityOf } from '../router/priorities.ts';

/** A sync of a whole data set by hand, of which there is one at a time. */
export interface SyncStart {
  readonly dataset: DatasetId;
  /** The job that it is a run of, made where it is not there. */
  readonly job: string;
  readonly define: () => JobDefinition;
  /** Asks again for what is fresh. */
  readonly force: boolean;
  /** Sources that are asked before the others. */
  readonly preferred: readonly SourceId[];
  readonly by: string;
}

export interface StartedSync {
  readonly runId: RunId;
  /** Whether it was open before: then nothing has been begun. */
  readonly wasOpen: boolean;
}

/**
 * Begins a run, or finds the open one: one of the data set however it was begun, so that nothing is asked for twice
 * at a time. Raises `bad_request` where people have made another thing of the job.
 */
export async function startSync(deps: AppDeps, wish: SyncStart): Promise<StartedSync> {
  const { dataset, force, preferred, by } = wish;
  const [open] = await deps.store.runs({
    states: ['pending', 'running', 'paused'],
    dataset,
    before: null,
    limit: 1,
  });
  if (open !== undefined) return { runId: open.id, wasOpen: true };
  const { id, definition } = await ensureJob(deps, wish.job, wish.define);
  if (definition.type !== 'sync' || definition.params.dataset !== dataset)
    throw new AppError('bad_request', { problem: `job "${wish.job}" is no sync of ${dataset} any more.` });
  const params = {
    ...(force && { force }),
    ...(preferred.length > 0 && { sources: await preferredFirst(deps, dataset, preferred) }),
  };
  const work = { type: 'sync', params: { ...definition.params, ...params } } as const;
  try {
    return {
      runId: await triggerJob(deps, id, { params, work, by, refusedWhileOpen: true }),
      wasOpen: false,
    };
  } catch (error) {
    // somebody was quicker
    if (!isAppError(error, 'job_busy')) throw error;
    return { runId: Number(error.details['run']), wasOpen: true };
  }
}

async function preferredFirst(
  deps: AppDeps,
  dataset: DatasetId,
  preferred: readonly SourceId[],
): Promise<readonly SourceId[]> {
  const order = await priorityOf(deps, dataset);
  const first = preferred.filter((source) => order.includes(source));
  return [...first, ...order.filter((source) => !first.includes(source))];
}
