import { AppError } from '@tapekeeper/core';
import type { JobId, JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';

/** A job by its number or key, as people name it. Raises `unknown_job`. */
export async function findJob({ store }: Pick<AppDeps, 'store'>, ref: JobId | string): Promise<JobView> {
  const id = typeof ref === 'number' ? ref : numberOf(ref);
  const job = id === undefined ? await store.jobByKey(String(ref)) : await store.job(id);
  if (job === undefined) throw new AppError('unknown_job', { job: String(ref).slice(0, 80) });
  return job;
}

/** Keys are never digits alone. */
function numberOf(ref: string): JobId | undefined {
  return /^\d{1,15}$/.test(ref) ? Number(ref) : undefined;
}
