import type { DatasetId, Instant, JobType, Priority, RunState, SourceId } from '@tapekeeper/core';
import type { FireView, JobId } from './jobStore.ts';
import type { RunId, ShardKind, WorkerId } from './runStore.ts';

/** A question to a source that has not been answered yet. */
export interface CallInFlight {
  readonly runId: RunId;
  readonly itemNo: number;
  readonly source: SourceId;
  readonly host: string | null;
  readonly api: string | null;
  /** `gate`: it waits for its host's budget or breaker; `wire`: it is out; `pause`: it is put again later. */
  readonly where: 'gate' | 'wire' | 'pause';
  /** For how long it has been there. */
  readonly forMs: number;
  readonly pauseLeftMs: number | null;
}

/** How a worker feels, as it last said itself. */
export interface WorkerVitals {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Delay of the event loop over the last seconds. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** For how long the main loop has not moved, as the thread of the heartbeat sees it. */
  readonly stuckMs: number;
  /** Dispatches that it takes at a time. */
  readonly slots: number;
  readonly calls: readonly CallInFlight[];
}

export interface WorkerFacts {
  readonly id: WorkerId;
  readonly node: string;
  readonly pid: number;
  readonly startedAt: Instant;
  readonly stoppedAt: Instant | null;
  /** Since its last sign of life. */
  readonly silentMs: number;
  readonly vitals: WorkerVitals | null;
  /** Age of the vitals. */
  readonly vitalsMs: number | null;
  /** Open shards in its hands. */
  readonly shards: number;
}

/** An open shard with its dispatch. */
export interface OpenShard {
  readonly no: number;
  readonly kind: ShardKind;
  readonly source: SourceId | null;
  readonly round: number;
  readonly workerId: WorkerId | null;
  readonly claimedAt: Instant | null;
  /** The last write of a worker, or the last change of hands. */
  readonly updatedAt: Instant;
  readonly waitsForRuns: boolean;
  readonly waitsForShards: boolean;
  /** Failures outside items since it last got on. */
  readonly troubles: number;
  readonly itemsTotal: number;
  readonly itemsOver: number;
  /** Its entry in the queue; null where there is none. */
  readonly dispatch: {
    readonly runAt: Instant;
    readonly dueInMs: number;
    readonly isTaken: boolean;
    /** Entries that are due and go first, at most 1000 counted. */
    readonly ahead: number;
  } | null;
  /** Items at hand. */
  readonly items: readonly { readonly no: number; readonly what: string; readonly attempts: number }[];
  /** The last failed try among the items that wait, if one of the next has been tried. */
  readonly lastFailure: {
    readonly code: string;
    readonly message: string | null;
    readonly at: Instant;
  } | null;
}

/** A run that another one waits for, or that stands in its way. */
export interface OtherRun {
  readonly id: RunId;
  readonly state: RunState;
  readonly type: JobType;
  readonly dataset: DatasetId | null;
  readonly jobKey: string | null;
  readonly node: string | null;
  readonly startedAt: Instant | null;
}

/** What keeps a job, or a run that waits for its turn, from beginning. */
export interface TurnFacts {
  /** Open runs of the job, the one asked about left out. */
  readonly ofJob: readonly OtherRun[];
  /** The concurrency group and its open runs that do not wait themselves; null without a group. */
  readonly group: {
    readonly name: string;
    readonly most: number;
    readonly runs: readonly OtherRun[];
  } | null;
  /** Runs that wait for the same and go first. */
  readonly ahead: readonly RunId[];
}

/** How the database is doing, as far as this program may see it. */
export interface DatabaseActivity {
  readonly connections: readonly {
    readonly application: string;
    readonly state: string;
    readonly count: number;
  }[];
  /** Ours that wait for a lock, with whom they wait for. */
  readonly blocked: readonly {
    readonly pid: number;
    readonly application: string;
    readonly waitingMs: number;
    readonly blockers: readonly {
      readonly pid: number;
      readonly application: string;
      readonly state: string;
      readonly transactionMs: number;
    }[];
  }[];
  readonly oldestTransaction: {
    readonly pid: number;
    readonly application: string;
    readonly state: string;
    readonly ms: number;
  } | null;
}

export interface LeaseFacts {
  readonly source: SourceId;
  readonly workerId: WorkerId | null;
  readonly takenAt: Instant | null;
  /** Runs whose shards of the source the holder works on. */
  readonly runIds: readonly RunId[];
}

/** What explanations are made of. No statement here reads more than a page of a table that grows. */
export interface ExplainStore {
  /** Those that have not been stopped, and the ones named. */
  workersFor(named: readonly WorkerId[]): Promise<readonly WorkerFacts[]>;
  openShards(run: RunId): Promise<readonly OpenShard[]>;
  /** Runs that this one has begun and that are open. */
  openChildren(run: RunId): Promise<readonly OtherRun[]>;
  turnOf(of: {
    readonly runId: RunId | null;
    readonly jobId: JobId | null;
    readonly group: string | null;
    readonly priority: Priority;
  }): Promise<TurnFacts>;
  /** Those of the runs that are there, open or not. */
  otherRuns(ids: readonly RunId[]): Promise<readonly OtherRun[]>;
  leaseOf(source: SourceId): Promise<LeaseFacts | undefined>;
  databaseActivity(): Promise<DatabaseActivity>;
  /** Durations of the last runs of a job or else of a data set that ended by themselves, at most 50. */
  pastDurations(of: {
    readonly jobId: JobId | null;
    readonly dataset: string | null;
  }): Promise<readonly number[]>;
  /** Symbols that were done with during the last minutes; null where nothing can be said. */
  recentPace(run: RunId): Promise<{ readonly done: number; readonly ms: number } | null>;
  /** Fires whose stretch meets the window, oldest first, at most 200; `to` is not in it. */
  firesWithin(job: JobId, from: Instant, to: Instant): Promise<readonly FireView[]>;
  /** The last fire that ended before an instant. */
  fireBefore(job: JobId, at: Instant): Promise<FireView | undefined>;
}
