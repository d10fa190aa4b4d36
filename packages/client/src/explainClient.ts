import { jobExplanationSchema, runExplanationSchema, runStepsSchema } from '@tapekeeper/contract';
import type { ExplainApi } from './explainApi.ts';
import type { Asking } from './qualityClient.ts';

export function explainClient({ get }: Pick<Asking, 'get'>): ExplainApi {
  return {
    explainJob: (job, at) => get(`/v1/jobs/${encodeURIComponent(job)}/explain`, { at }, jobExplanationSchema),
    explainRun: (id) => get(`/v1/runs/${id}/explain`, {}, runExplanationSchema),
    runSteps: (id) => get(`/v1/runs/${id}/steps`, {}, runStepsSchema),
  };
}
