import type {
  Cell,
  Coverage,
  DryRun,
  Forgotten,
  NewRunBody,
  Priorities,
  Recommendations,
  Run,
  RunList,
  RunSymbols,
  Sources,
  SourceTest,
  Status,
} from '@tapekeeper/contract';
import type { RunState, SymbolOutcome } from '@tapekeeper/core';
import type { CatalogueApi } from './catalogueApi.ts';
import type { AccessApi } from './accessApi.ts';
import type { ChannelsApi } from './channelsApi.ts';
import type { AlertsApi } from './alertsApi.ts';
import type { ExplainApi } from './explainApi.ts';
import type { ImportsApi } from './importsApi.ts';
import type { JobsApi } from './jobsApi.ts';
import type { OperationsApi } from './operationsApi.ts';
import type { QualityApi } from './qualityApi.ts';
import type { RunControlApi } from './runControlApi.ts';
import type { ScheduleApi } from './scheduleApi.ts';
import type { StatisticsApi } from './statisticsApi.ts';
import type { TasksApi } from './tasksApi.ts';

export interface RunQuery {
  readonly states?: readonly RunState[];
  readonly dataset?: string;
  readonly sort?: 'newest' | 'oldest';
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

export interface SpanQuery {
  readonly dataset?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What commands ask of an installation: of the server that works on it, or of this process where none
 * does. Refusals are `AppError` with the code that the server gave.
 */
export interface Api
  extends
    AlertsApi,
    AccessApi,
    CatalogueApi,
    ChannelsApi,
    ExplainApi,
    OperationsApi,
    ImportsApi,
    JobsApi,
    QualityApi,
    RunControlApi,
    ScheduleApi,
    StatisticsApi,
    TasksApi {
  status(): Promise<Status>;
  /** With a key of the caller's, a request that is sent again begins nothing twice. */
  requestRun(body: NewRunBody, key?: string): Promise<Run>;
  planRun(body: NewRunBody): Promise<DryRun>;
  /** Newest first. */
  runs(query: RunQuery): Promise<RunList>;
  run(id: number): Promise<Run>;
  runSymbols(
    id: number,
    query: { outcome?: SymbolOutcome; after?: number; limit?: number },
  ): Promise<RunSymbols>;
  coverage(query: SpanQuery): Promise<Coverage>;
  sources(): Promise<Sources>;
  testSource(source: string): Promise<SourceTest>;
  forgetLearned(host: string): Promise<Forgotten>;
  recommendations(): Promise<Recommendations>;
  priorities(): Promise<Priorities>;
  /** `*` stands for every data set without an order of its own. */
  setPriority(dataset: string, sources: readonly string[]): Promise<Priorities>;
  clearPriority(dataset: string): Promise<Priorities>;
  cell(dataset: string, symbol: string, day: string): Promise<Cell>;
}
