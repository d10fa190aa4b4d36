import type { AppError, AutomaticAction, Instant, RunState, Step } from '@tapekeeper/core';
import type { RunId, ShardClaim, StoredError, WorkerId } from './runStore.ts';

/** How a run is told to end. */
export interface StopWish {
  readonly end: 'cancelled' | 'failed';
  /** `cancelled`, `timed_out`, `marked_failed`, `replaced`, `parent_ended`. */
  readonly code: string;
  readonly reason: string;
  readonly by: string;
}

/** What a worker has to know of the runs that it works on. */
export interface RunSignal {
  readonly runId: RunId;
  readonly shardNo: number;
  /** Of the claim that it is about; the shard may have been claimed anew meanwhile. */
  readonly fence: number;
  /** `lost`: the shard is somebody else's, or nobody's, so that nothing can be written any more. */
  readonly what: 'stop' | 'pause' | 'lost';
}

/** A named stage of a run. */
export type RunStep = Step;

/** What a task tells of a step; the store fills in the times. */
export type StepNote = Pick<RunStep, 'no' | 'name' | 'state' | 'weight'> &
  Partial<Pick<RunStep, 'estimatedMs' | 'done' | 'total' | 'detail'>>;

export interface LogLine {
  readonly stream: 'out' | 'err' | 'info' | 'warn' | 'error';
  readonly line: string;
}

export interface StoredLogLine extends LogLine {
  readonly no: number;
  readonly at: Instant;
}

/** One try of a run as a whole. */
export interface RunAttempt {
  readonly no: number;
  readonly workerId: WorkerId | null;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly error: StoredError | null;
}

export interface ItemAttempt {
  readonly itemNo: number;
  readonly no: number;
  readonly source: string;
  readonly workerId: WorkerId;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly calls: number;
  readonly rows: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** How a task ended. */
export interface TaskEnd {
  readonly state: 'success' | 'success_with_errors' | 'failed';
  readonly result: Readonly<Record<string, unknown>>;
  readonly error: AppError | null;
  /** What the run has decided and done that the audit log tells of. */
  readonly decision?: { readonly action: AutomaticAction; readonly after: Readonly<Record<string, unknown>> };
}

/** What people and workers do to a run while it lives. */
export interface RunControlStore {
  /**
   * Tells a run to end. What nobody works on ends at once; else the workers are told, and the state
   * changes when the work has stopped. With `force` the fences rise, and it ends now. Children are told
   * too. Raises `unknown_run`, or `run_over`. Returns the state after it.
   */
  stopRun(id: RunId, wish: StopWish, force: boolean): Promise<RunState>;
  /** Pauses at the next item. Raises `unknown_run`, `run_over`, or `run_not_running`. */
  pauseRun(id: RunId, by: string): Promise<RunState>;
  /** Lets a paused run go on. Raises `unknown_run`, `run_over`, or `run_not_paused`. */
  continueRun(id: RunId, by: string): Promise<RunState>;
  /** A terminal run with all its details. Raises `run_open`. Rows that it collected stay. */
  deleteRun(id: RunId): Promise<void>;

  /** Which of a worker's shards are to stop or pause; of those that it believes to hold, which are lost too. */
  signalsFor(worker: WorkerId, held?: readonly ShardClaim[]): Promise<readonly RunSignal[]>;
  /** Shards that a worker holds without knowing of it, since the answer to their claim was lost, for longer than this. */
  strayShards(worker: WorkerId, held: readonly ShardClaim[], olderMs: number): Promise<readonly ShardClaim[]>;
  /**
   * The work on a shard of a stopping or pausing run has ended; the last shard ends or pauses the run. Null
   * while others go on. A shard whose run is to go on after all is queued again.
   */
  yieldShard(claim: ShardClaim): Promise<RunState | null>;
  /** Runs past their deadline are told to end; runs whose stop has taken longer than the grace are ended. */
  enforceStops(graceMs: number): Promise<readonly { runId: RunId; what: 'timed_out' | 'forced' }[]>;
  /** Dispatches runs whose job and group have become free; returns them. */
  giveTurns(): Promise<readonly RunId[]>;
  /**
   * A failure outside items: another attempt of the run after its pause, or its end where none is left.
   * Shards of it that fail in the same attempt are one failure.
   * Returns the state after it.
   */
  failAttempt(claim: ShardClaim, error: AppError): Promise<RunState>;

  /** Failed items of a run and whose they are; a whole market's item is of every symbol. */
  failuresOf(id: RunId): Promise<{
    readonly items: number;
    readonly everySymbol: boolean;
    readonly symbols: readonly string[];
  }>;
  /** The open run that resumes another one. */
  openResumption(id: RunId): Promise<RunId | null>;

  noteSteps(claim: ShardClaim, steps: readonly StepNote[]): Promise<void>;
  appendLog(claim: ShardClaim, lines: readonly LogLine[]): Promise<void>;
  endTask(claim: ShardClaim, end: TaskEnd): Promise<RunState>;

  runSteps(id: RunId): Promise<readonly RunStep[]>;
  runLog(id: RunId, after: number, limit: number): Promise<readonly StoredLogLine[]>;
  /** The last lines, oldest first. */
  runLogTail(id: RunId, limit: number): Promise<readonly StoredLogLine[]>;
  runAttempts(id: RunId): Promise<readonly RunAttempt[]>;
  /**
   * Tries of items, newest first; only those that failed where wished. More than the limit where several
   * ended in the last moment of the page.
   */
  itemAttempts(
    id: RunId,
    filter: { failedOnly: boolean; before: Instant | null; limit: number },
  ): Promise<readonly ItemAttempt[]>;

  /** Nodes of a workflow's run that have been started, or passed over, with the runs they became. */
  nodeRuns(id: RunId): Promise<readonly NodeRun[]>;
  /**
   * Starts and passes over nodes, and lets the workflow sleep until another child ends; a child that
   * ended since `seenEnded` were counted wakes it at once. A node that has a run already is left alone.
   */
  advanceWorkflow(
    claim: ShardClaim,
    step: {
      readonly start: readonly { readonly node: string; readonly jobId: number }[];
      readonly skip: readonly { readonly node: string; readonly jobId: number; readonly reason: string }[];
      readonly seenEnded: number;
    },
  ): Promise<void>;
}

export interface NodeRun {
  readonly node: string;
  readonly runId: RunId;
  readonly state: RunState;
  readonly reason: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}
