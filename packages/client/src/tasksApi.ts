import type { RunLog, Statistics } from '@tapekeeper/contract';

export interface RunLogQuery {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
  readonly tail?: number | undefined;
}

/** What commands ask of runs in one piece. */
export interface TasksApi {
  runLog(id: number, query: RunLogQuery): Promise<RunLog>;
  statistics(): Promise<Statistics>;
}
