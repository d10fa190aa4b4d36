import type { JobExplanation, RunExplanation, RunSteps } from '@tapekeeper/contract';

/** What commands ask about why something ran, or what it is doing. */
export interface ExplainApi {
  /** A job by number or key; without a time, how it stands. */
  explainJob(job: string, at?: string): Promise<JobExplanation>;
  explainRun(id: number): Promise<RunExplanation>;
  runSteps(id: number): Promise<RunSteps>;
}
