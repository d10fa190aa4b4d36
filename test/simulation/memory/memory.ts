import type { AppError, Instant, RunState } from '@tapekeeper/core';
import type { StopWish } from '../../../packages/server/src/ports/runControlStore.ts';
import type {
  CoverageGain,
  ItemCommit,
  NewRun,
  RowsWritten,
  RowWrite,
  ShardClaim,
  StoredError,
} from '../../../packages/server/src/ports/runStore.ts';
import type { Queue } from './queue.ts';
import type { FireRow, JobRow, RunRow, ShardRow, Tables, WorkerRow } from './tables.ts';

/**
 * A database in memory. Every call of the store is one function over the tables that checks first and
 * changes then, so that one that throws has changed nothing; nothing else goes on meanwhile.
 */
export interface Memory {
  readonly tables: Tables;
  readonly queue: Queue;
  /** The database's clock. */
  readonly now: () => Instant;
  readonly newId: (of: 'worker' | 'job' | 'change' | 'fire' | 'run') => number;
  /** What the statements are made of: the places at which a bug can be planted. */
  readonly parts: Parts;
}

/** A shard dispatched anew, with its number. */
export interface NewDispatch {
  readonly runId: number;
  readonly shardNo: number;
  readonly dispatch: number;
  readonly delayMs: number;
}

/** Steps that several statements share. Each says what it changes; none is called from outside the store. */
export interface Parts {
  /** The claim's shard, or `lease_lost`. */
  requireFence(memory: Memory, claim: ShardClaim): ShardRow;
  /** Takes a shard out of whatever hands it is in. */
  freeShard(memory: Memory, shard: ShardRow): void;
  /** What was under way in a shard is to be done again. */
  putBackItems(memory: Memory, runId: number, shardNo: number): void;
  addDispatch(memory: Memory, dispatch: NewDispatch): void;
  insertRun(memory: Memory, run: NewRun): number;
  setState(memory: Memory, run: RunRow, state: RunState): void;
  endRun(
    memory: Memory,
    run: RunRow,
    state: RunState,
    error: StoredError | null,
    reason?: string | null,
  ): void;
  /** Dispatches the next run that waits for this job or group, if there is room. */
  giveTurn(memory: Memory, jobId: number | null, group: string | null): number | undefined;
  /** Jobs that follow the run's are due. */
  noteFollowers(memory: Memory, run: RunRow): void;
  wakeParent(memory: Memory, parentId: number): void;
  endStateOf(memory: Memory, run: RunRow): RunState;
  closeHeldShard(memory: Memory, shard: ShardRow, error?: StoredError | null): RunState | null;
  isSilent(memory: Memory, worker: WorkerRow, silentMs: number): boolean;
  freeShardsOfWorkers(memory: Memory, workers: readonly number[]): readonly ShardRow[];
  /** Whether a shard is dispatched anew when nobody holds it and no dispatch waits. */
  mayRequeue(memory: Memory, run: RunRow, shard: ShardRow): boolean;
  /** Whether a shard that waits for runs has waited long enough. */
  hasWaitedEnough(memory: Memory, run: RunRow): boolean;
  uncommitted(memory: Memory, claim: ShardClaim, batch: readonly ItemCommit[]): readonly ItemCommit[];
  writeRows(memory: Memory, write: RowWrite, runId: number): RowsWritten;
  recordGains(memory: Memory, runId: number, gains: readonly CoverageGain[]): void;
  countOnShard(memory: Memory, shard: ShardRow, commits: readonly ItemCommit[], written: RowsWritten): void;
  stopRun(memory: Memory, run: RunRow, wish: StopWish, force: boolean): RunState;
  /** Ends or pauses a run that was asked to, once nobody works on it. */
  settleRequests(memory: Memory, run: RunRow): RunState | null;
  retryOrFail(memory: Memory, run: RunRow, shard: ShardRow, error: AppError): RunState;
  /** Runs that a group has room for; ones that wait for their turn count. */
  freeInGroup(memory: Memory, group: string): number;
  hasTurn(memory: Memory, run: RunRow): boolean;
  startNode(memory: Memory, workflow: RunRow, node: string, jobId: number): void;
  /** The end of the newest stretch that was decided about. */
  decidedUntil(memory: Memory, job: JobRow): Instant | null;
  insertFire(memory: Memory, fire: FireRow): void;
  moveNext(memory: Memory, job: JobRow, next: JobRow['next'], lastFireId: number | null): void;
}
