import {
  fireListSchema,
  jobChangesSchema,
  jobListSchema,
  jobReportSchema,
  jobSchema,
  jobVersionsSchema,
  runSchema,
  starterListSchema,
  startersInstalledSchema,
} from '@tapekeeper/contract';
import type { JobsApi } from './jobsApi.ts';
import type { Asking } from './qualityClient.ts';

export function jobsClient({ get, post, put, remove }: Asking): JobsApi {
  const path = (job: string, rest = ''): string => `/v1/jobs/${encodeURIComponent(job)}${rest}`;
  return {
    jobs: ({ ...query }) => get('/v1/jobs', query, jobListSchema),
    job: (job) => get(path(job), {}, jobSchema),
    createJob: (body, key) => post('/v1/jobs', body, jobReportSchema, key),
    updateJob: (job, body) => put(path(job), body, jobReportSchema),
    copyJob: (job, body) => post(path(job, '/copy'), body, jobReportSchema),
    deleteJob: (job) => remove(path(job), {}, jobSchema),
    stepJob: (job, step) => post(path(job, `/${step}`), {}, jobReportSchema),
    triggerJob: (job, body, key) => post(path(job, '/trigger'), body, runSchema, key),
    jobVersions: (job, query) => get(path(job, '/versions'), query, jobVersionsSchema),
    jobChanges: (job, query) => get(path(job, '/changes'), query, jobChangesSchema),
    jobFires: (job, { ...query }) => get(path(job, '/fires'), query, fireListSchema),
    starters: () => get('/v1/starters', {}, starterListSchema),
    installStarters: (body) => post('/v1/starters', body, startersInstalledSchema),
  };
}
