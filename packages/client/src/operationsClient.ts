import { operationListSchema, operationSchema, operationStatisticsSchema } from '@tapekeeper/contract';
import type { OperationsApi } from './operationsApi.ts';
import type { Asking } from './qualityClient.ts';

export function operationsClient({ get }: Pick<Asking, 'get'>): OperationsApi {
  return {
    operations: ({ ...query }) => get('/v1/operations', query, operationListSchema),
    operation: (id) => get(`/v1/operations/${id}`, {}, operationSchema),
    operationStatistics: ({ ...query }) => get('/v1/operations/statistics', query, operationStatisticsSchema),
  };
}
