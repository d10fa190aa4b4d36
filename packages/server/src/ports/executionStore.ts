import type { ErrorCode, Instant, RunState } from '@tapekeeper/core';
import type { JobAction, JobId } from './jobStore.ts';
import type { RunId } from './runStore.ts';

/** Which runs a list with page numbers is of. */
export interface ExecutionFilter {
  /** Of one of these jobs; null for all runs, those without a job too. */
  readonly jobIds: readonly JobId[] | null;
  readonly states: readonly RunState[] | null;
  /** Whether a person has begun them; null for all. */
  readonly byHand: boolean | null;
}

export interface ExecutionPage extends ExecutionFilter {
  /** How many of the newest ones are left out. */
  readonly offset: number;
  readonly limit: number;
}

/** What is kept of the trouble of a run, the oldest first; what there is too much of is cut. */
export interface ExecutionTrace {
  readonly runId: RunId;
  readonly attempts: readonly {
    readonly no: number;
    readonly endedAt: Instant | null;
    readonly code: ErrorCode;
    readonly message: string;
  }[];
  /** Failed items, with what the last try of each said. */
  readonly items: readonly {
    readonly no: number;
    readonly symbol: string | null;
    readonly source: string;
    readonly tries: number;
    readonly code: string | null;
    readonly message: string | null;
  }[];
  /** What commands and tasks have complained of. */
  readonly log: readonly string[];
}

/** What became of all runs of a job, deleted ones too. */
export interface ExecutionSums {
  readonly total: number;
  readonly success: number;
  readonly failed: number;
  readonly missed: number;
  readonly open: number;
  /** Of the runs that began to work and have ended; null where there is none. */
  readonly meanRunningMs: number | null;
}

export interface JobActionFilter {
  readonly jobIds: readonly JobId[] | null;
  readonly offset: number;
  readonly limit: number;
}

/** Something that was done to a job. */
export interface StoredJobAction {
  readonly jobId: JobId;
  readonly jobKey: string;
  readonly action: JobAction;
  readonly at: Instant;
}

/** Runs as lists with page numbers and totals need them, which other interfaces have. */
export interface ExecutionStore {
  /** Every job that has the key or number, or had the key before it was deleted. */
  jobIdsOf(ref: string): Promise<readonly JobId[]>;
  /** Newest first. */
  executionIds(page: ExecutionPage): Promise<readonly RunId[]>;
  /** As many as there are, exactly: counted in an index. */
  executionCount(filter: ExecutionFilter): Promise<number>;
  executionTraces(ids: readonly RunId[]): Promise<readonly ExecutionTrace[]>;
  executionSums(jobIds: readonly JobId[]): Promise<ExecutionSums>;
  /** Newest first. */
  jobActions(filter: JobActionFilter): Promise<readonly StoredJobAction[]>;
  jobActionCount(jobIds: readonly JobId[] | null): Promise<number>;
}
