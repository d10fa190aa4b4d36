import type { Instant } from '../day.ts';
import type { RunState } from '../run/states.ts';

/** What one source gave to a run; null is what it did without asking any. */
export interface RunShare {
  readonly source: string | null;
  readonly itemsOk: number;
  readonly itemsFailed: number;
  /** Written, or found as they were. */
  readonly symbolsOk: number;
  /** Failed, or refused by the rules. */
  readonly symbolsFailed: number;
  /** Absent, suspended, or left to the next source. */
  readonly symbolsOther: number;
  readonly rowsWritten: number;
  readonly rowsUnchanged: number;
  readonly calls: number;
  readonly bytes: number;
}

/** Items of a run that failed of one error of one source. */
export interface ItemFailure {
  readonly source: string;
  readonly code: string;
  readonly count: number;
  /** What the last of them was told. */
  readonly message: string | null;
}

/** What counts of a run that has ended. */
export interface EndedRun {
  readonly id: number;
  readonly type: string;
  readonly dataset: string | null;
  readonly jobId: number | null;
  readonly cause: string;
  readonly state: RunState;
  readonly createdAt: Instant;
  /** Null where it never began to work. */
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant;
  /** Time between failed attempts and the next ones. */
  readonly retryWaitedMs: number;
  /** Of one that failed. */
  readonly error: { readonly code: string; readonly message: string | null } | null;
  readonly shares: readonly RunShare[];
  readonly failures: readonly ItemFailure[];
}
