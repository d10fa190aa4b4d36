import type { JobWork } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { checkParams } from './checkParams.ts';
import { findJob } from './findJob.ts';

/** A run by hand, with parameters that are laid over those of the job. */
export interface TriggerWish {
  readonly params: Readonly<Record<string, unknown>>;
  /** The job's work with them, its form checked. */
  readonly work: JobWork;
  readonly by: string;
  readonly refusedWhileOpen?: boolean;
}

/**
 * Begins a run of a job, whatever its state, and changes nothing of the job. Raises `unknown_job`,
 * `job_busy`, and what is wrong with the parameters.
 */
export async function triggerJob(deps: AppDeps, id: number, wish: TriggerWish): Promise<RunId> {
  const { params, work, by, refusedWhileOpen } = wish;
  const { policies } = (await findJob(deps, id)).definition;
  await checkParams(deps, work, { id, group: policies.group });
  return deps.store.triggerJob(id, { by, params, refusedWhileOpen });
}
