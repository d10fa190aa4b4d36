import {
  datasetStatisticsSchema,
  diskForecastSchema,
  errorStatisticsSchema,
  jobStatisticsListSchema,
  jobStatisticsSchema,
  runStatisticsSchema,
  sourceStatisticsSchema,
  workerStatisticsSchema,
} from '@tapekeeper/contract';
import type { Asking } from './qualityClient.ts';
import type { StatisticsApi } from './statisticsApi.ts';

export function statisticsClient({ get }: Pick<Asking, 'get'>): StatisticsApi {
  const at = (place: string): string => `/v1/statistics${place}`;
  return {
    runStatistics: ({ ...query }) => get(at(''), query, runStatisticsSchema),
    jobStatistics: ({ ...query }) => get(at('/jobs'), query, jobStatisticsListSchema),
    statisticsOfJob: (job, { ...query }) =>
      get(at(`/jobs/${encodeURIComponent(job)}`), query, jobStatisticsSchema),
    datasetStatistics: ({ ...query }) => get(at('/datasets'), query, datasetStatisticsSchema),
    sourceStatistics: ({ ...query }) => get(at('/sources'), query, sourceStatisticsSchema),
    errorStatistics: ({ ...query }) => get(at('/errors'), query, errorStatisticsSchema),
    workerStatistics: () => get(at('/workers'), {}, workerStatisticsSchema),
    diskForecast: () => get(at('/disk'), {}, diskForecastSchema),
  };
}
