import { attemptsSchema, deletedRunSchema, runSchema } from '@tapekeeper/contract';
import type { Asking } from './qualityClient.ts';
import type { RunControlApi } from './runControlApi.ts';

export function runControlClient({
  get,
  post,
  remove,
}: Pick<Asking, 'get' | 'post' | 'remove'>): RunControlApi {
  return {
    cancelRun: (id, body) => post(`/v1/runs/${id}/cancel`, body, runSchema),
    failRun: (id, body) => post(`/v1/runs/${id}/fail`, body, runSchema),
    pauseRun: (id, body) => post(`/v1/runs/${id}/pause`, body, runSchema),
    resumeRun: (id, body) => post(`/v1/runs/${id}/resume`, body, runSchema),
    retryRun: (id, body) => post(`/v1/runs/${id}/retry`, body, runSchema),
    deleteRun: (id) => remove(`/v1/runs/${id}`, {}, deletedRunSchema),
    runAttempts: (id, query) => get(`/v1/runs/${id}/attempts`, query, attemptsSchema),
  };
}
