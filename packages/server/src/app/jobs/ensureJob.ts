import { isAppError, type JobDefinition } from '@tapekeeper/core';
import type { JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { nextMomentOf } from '../schedule/nextMoment.ts';

/** Who made a job that nobody made. */
const AUTHOR = 'tapekeeper';

/**
 * The job of a key, made where it is not there: what the documented interfaces begin needs a job to be counted,
 * limited and found again by. People may change it; it is made anew only once they have deleted it.
 */
export async function ensureJob(
  deps: Pick<AppDeps, 'store' | 'readCron'>,
  key: string,
  define: () => JobDefinition,
): Promise<JobView> {
  const standing = await deps.store.jobByKey(key);
  if (standing !== undefined) return standing;
  const next = await nextMomentOf(deps);
  try {
    await deps.store.createJob(
      { key, definition: define(), state: 'enabled', author: AUTHOR, decision: 'autoStarterJobs' },
      next,
    );
  } catch (error) {
    // somebody was quicker
    if (!isAppError(error, 'job_exists')) throw error;
  }
  return ensureJob(deps, key, define);
}
