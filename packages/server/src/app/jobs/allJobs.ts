import type { JobFilter, JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';

const PAGE = 500;
const ANY: JobFilter = {
  states: null,
  types: null,
  triggers: null,
  tag: null,
  text: null,
  after: null,
  limit: PAGE,
};

/** Every job by its number, read in pages: one question for some hundred of them. */
export async function allJobs({ store }: Pick<AppDeps, 'store'>): Promise<readonly JobView[]> {
  const jobs: JobView[] = [];
  for (let after: JobFilter['after'] = null; ;) {
    const page = await store.jobs({ ...ANY, after });
    jobs.push(...page);
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return jobs;
  }
}
