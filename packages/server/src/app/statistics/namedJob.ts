import type { JobName } from '../../ports/statisticsStore.ts';
import type { AppDeps } from '../deps.ts';
import { findJob } from '../jobs/findJob.ts';

/** A job by its number or key, deleted ones by their number: what they did still counts. Raises `unknown_job`. */
export async function namedJob(deps: Pick<AppDeps, 'store'>, ref: string): Promise<JobName> {
  const [known] = /^\d{1,15}$/.test(ref) ? await deps.store.jobNames([Number(ref)]) : [];
  if (known !== undefined) return known;
  const { id, key, definition } = await findJob(deps, ref);
  return { id, key, name: definition.name };
}
