import { AppError, type JobDefinition, type JobWork } from '@tapekeeper/core';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { ensureJob } from '../jobs/ensureJob.ts';
import { triggerJob } from '../jobs/triggerJob.ts';
import { findRun } from '../runs/findRun.ts';

/** The job whose runs are tasks of one kind. */
export interface TaskJob {
  readonly key: string;
  readonly define: () => JobDefinition;
}

/**
 * Begins a task: a run of the job of its kind, which is made where it is not there, with parameters of its own. Raises
 * `job_busy` and `group_busy` while another task is open, and what is wrong with the parameters.
 */
export async function beginTask(
  deps: AppDeps,
  { key, define }: TaskJob,
  params: Readonly<Record<string, unknown>>,
  by: string,
): Promise<RunView> {
  const { id, definition } = await ensureJob(deps, key, define);
  const { type, params: own } = definition;
  if (type !== define().type)
    throw new AppError('bad_request', {
      problem: `the job "${key}" is none of its kind any more: delete it`,
    });
  const work = { type, params: { ...own, ...params } } as JobWork;
  return findRun(deps, await triggerJob(deps, id, { params, work, by }));
}
