import type {
  DatasetStatistics,
  DiskForecast,
  ErrorStatistics,
  JobStatistics,
  JobStatisticsList,
  RunStatistics,
  SourceStatistics,
  WorkerStatistics,
} from '@tapekeeper/contract';

/** A window by its length up to now, or by its ends: days or instants. */
export interface WindowQuery {
  readonly last?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface TrendQuery extends WindowQuery {
  readonly every?: string | undefined;
}

export interface JobStatisticsQuery extends WindowQuery {
  readonly sort?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export interface ErrorStatisticsQuery extends WindowQuery {
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly source?: string | undefined;
  readonly dataset?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** What became of runs, and how busy and large the installation is. */
export interface StatisticsApi {
  runStatistics(query: TrendQuery): Promise<RunStatistics>;
  jobStatistics(query: JobStatisticsQuery): Promise<JobStatisticsList>;
  /** By number or key. */
  statisticsOfJob(job: string, query: TrendQuery): Promise<JobStatistics>;
  datasetStatistics(query: TrendQuery): Promise<DatasetStatistics>;
  sourceStatistics(query: TrendQuery): Promise<SourceStatistics>;
  errorStatistics(query: ErrorStatisticsQuery): Promise<ErrorStatistics>;
  workerStatistics(): Promise<WorkerStatistics>;
  diskForecast(): Promise<DiskForecast>;
}
