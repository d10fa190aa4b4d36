import type {
  CancelRunBody,
  DeletedRun,
  FailRunBody,
  Run,
  RunAttempts,
  RunStepBody,
} from '@tapekeeper/contract';

/** What commands do to a run while it lives, and to its record afterwards. */
export interface RunControlApi {
  cancelRun(id: number, body: CancelRunBody): Promise<Run>;
  failRun(id: number, body: FailRunBody): Promise<Run>;
  pauseRun(id: number, body: RunStepBody): Promise<Run>;
  /** The run itself where it was paused; a new one that takes up one that has ended. */
  resumeRun(id: number, body: RunStepBody): Promise<Run>;
  /** The new run. */
  retryRun(id: number, body: RunStepBody): Promise<Run>;
  deleteRun(id: number): Promise<DeletedRun>;
  runAttempts(
    id: number,
    query: { failed?: 'true' | 'false'; before?: string; limit?: number },
  ): Promise<RunAttempts>;
}
