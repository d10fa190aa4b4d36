import { runLogSchema, statisticsSchema } from '@tapekeeper/contract';
import type { Asking } from './qualityClient.ts';
import type { TasksApi } from './tasksApi.ts';

export function tasksClient({ get }: Pick<Asking, 'get'>): TasksApi {
  return {
    runLog: (id, { ...query }) => get(`/v1/runs/${id}/log`, query, runLogSchema),
    statistics: () => get('/v1/statistics/tables', {}, statisticsSchema),
  };
}
