import { isAppError } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { findJob } from '../../../../app/jobs/findJob.ts';
import type { JobId, JobView } from '../../../../ports/jobStore.ts';

type Deps = Pick<AppDeps, 'store'>;

/** Ids that the documents use and that no job has, with the job that is meant. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  financial_sync: 'tushare_financial_sync',
  baostock_quotes_sync: 'baostock_daily_quotes_sync',
};

/** A job by its key or number, or by what the documents call it. Raises `unknown_job`. */
export async function namedJob(deps: Deps, id: string): Promise<JobView> {
  try {
    return await findJob(deps, id);
  } catch (error) {
    const meant = Object.hasOwn(ALSO_CALLED, id) ? ALSO_CALLED[id] : undefined;
    if (meant === undefined || !isAppError(error, 'unknown_job')) throw error;
    return findJob(deps, meant);
  }
}

/** The jobs that a filter names, deleted ones too; null for all, none for a name that nobody has had. */
export async function jobIdsOf({ store }: Deps, id: string | undefined): Promise<readonly JobId[] | null> {
  if (id === undefined || id === '') return null;
  const found = await store.jobIdsOf(id);
  const meant = Object.hasOwn(ALSO_CALLED, id) ? ALSO_CALLED[id] : undefined;
  return found.length > 0 || meant === undefined ? found : store.jobIdsOf(meant);
}
