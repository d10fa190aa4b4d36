import { findJob } from '../../../../app/jobs/findJob.ts';
import type { AppDeps } from '../../../../app/deps.ts';
import type { JobView } from '../../../../ports/jobStore.ts';
import { inWords } from '../../refusal.ts';

/** A task by its number; refused with 404 in the words of the platform where there is none. */
export async function findTask(deps: Pick<AppDeps, 'store'>, id: number): Promise<JobView> {
  return inWords(wordsOf(id), () => findJob(deps, id));
}

/** What is said of a task that is not there, whoever finds out. */
export function wordsOf(id: number): { readonly unknown_job: readonly [404, string] } {
  return { unknown_job: [404, `任务 ${id} 不存在`] };
}
