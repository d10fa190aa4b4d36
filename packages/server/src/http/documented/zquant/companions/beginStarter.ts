import { isAppError, STARTERS, type JobWork } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { ensureJob } from '../../../../app/jobs/ensureJob.ts';
import { triggerJob } from '../../../../app/jobs/triggerJob.ts';
import type { RunId } from '../../../../ports/runStore.ts';

/** Begins a run of a job that comes along, made anew where somebody has deleted it; one that is open already is it. */
export async function beginStarter(deps: AppDeps, key: string, by: string): Promise<RunId> {
  const { id, definition } = await ensureJob(deps, key, () => starterOf(key));
  const work = { type: definition.type, params: definition.params } as JobWork;
  try {
    return await triggerJob(deps, id, { params: {}, work, by, refusedWhileOpen: true });
  } catch (error) {
    if (!isAppError(error, 'job_busy') && !isAppError(error, 'group_busy')) throw error;
    return Number(error.details['run']);
  }
}

function starterOf(key: string) {
  const starter = STARTERS.find((one) => one.key === key);
  if (starter === undefined) throw new Error(`there is no starter ${key}`);
  return starter.define(() => 0);
}
