import type {
  Breaker,
  CallShape,
  DatasetId,
  FireDecision,
  FireReason,
  Blocker,
  Instant,
  ItemState,
  JobDefinition,
  JobParams,
  JobState,
  JobType,
  Moment,
  PlainDay,
  Priority,
  Row,
  RunState,
  OriginId,
  SourceId,
  SymbolOutcome,
} from '@tapekeeper/core';
import type { JobAction } from '../../../packages/server/src/ports/jobStore.ts';
import type { LogLine, RunStep, StopWish } from '../../../packages/server/src/ports/runControlStore.ts';
import type {
  PlanSummary,
  RunCause,
  ShardKind,
  StoredError,
  SyncParams,
} from '../../../packages/server/src/ports/runStore.ts';
import type { SourceRight } from '../../../packages/server/src/ports/sourceStore.ts';

export interface WorkerRow {
  readonly id: number;
  readonly node: string;
  readonly boot: string;
  readonly startedAt: Instant;
  heartbeatAt: Instant | null;
  stoppedAt: Instant | null;
}

export interface JobRow {
  readonly id: number;
  readonly key: string;
  definition: JobDefinition;
  state: JobState;
  version: number;
  next: Moment | null;
  lastFireId: number | null;
  readonly createdAt: Instant;
  updatedAt: Instant;
  deletedAt: Instant | null;
}

export interface JobChangeRow {
  readonly id: number;
  readonly jobId: number;
  readonly at: Instant;
  readonly action: JobAction;
  readonly state: JobState;
  readonly version: number;
  readonly author: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export interface FireRow {
  readonly id: number;
  readonly jobId: number;
  readonly jobVersion: number;
  readonly scheduledFor: Instant;
  until: Instant;
  dueCount: number;
  readonly decision: FireDecision;
  readonly reason: FireReason;
  blocker: Blocker | null;
  readonly upstreamRunId: number | null;
  decidedAt: Instant;
}

export interface RunRow {
  readonly id: number;
  readonly type: JobType;
  readonly dataset: DatasetId | null;
  readonly wish: JobParams[JobType];
  params: SyncParams | null;
  readonly cause: RunCause;
  readonly requestedBy: string | null;
  readonly parentRunId: number | null;
  readonly resumesRunId: number | null;
  readonly jobId: number | null;
  readonly jobVersion: number | null;
  readonly fireId: number | null;
  readonly upstreamRunId: number | null;
  readonly node: string | null;
  readonly priority: Priority;
  readonly group: string | null;
  waitsForTurn: boolean;
  readonly timeoutSeconds: number | null;
  deadlineAt: Instant | null;
  attempt: number;
  readonly maxAttempts: number;
  readonly retrySeconds: number;
  retryWaitedMs: number;
  stop: StopWish | null;
  stopAskedAt: Instant | null;
  pauseAskedAt: Instant | null;
  result: Readonly<Record<string, unknown>> | null;
  state: RunState;
  reason: string | null;
  error: StoredError | null;
  plan: PlanSummary | null;
  openShards: number;
  readonly createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
  retryAt: Instant | null;
}

export interface ShardRow {
  readonly runId: number;
  readonly no: number;
  readonly kind: ShardKind;
  readonly source: SourceId | null;
  readonly round: number;
  open: boolean;
  workerId: number | null;
  fence: number;
  dispatch: number;
  claimedAt: Instant | null;
  updatedAt: Instant;
  troubles: number;
  waitsForRuns: boolean;
  waitsForShards: boolean;
  cellsLeft: number;
  itemsTotal: number;
  itemsDone: number;
  itemsFailed: number;
  symbolsTotal: number;
  outcomes: Partial<Record<SymbolOutcome, number>>;
  rowsWritten: number;
  rowsUnchanged: number;
  calls: number;
  bytes: number;
  lastSymbol: string | null;
  lastSource: SourceId | null;
}

export interface ItemRow {
  readonly runId: number;
  readonly no: number;
  readonly shardNo: number;
  readonly source: SourceId;
  readonly shape: CallShape;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly instrumentId: number | null;
  readonly members: Uint8Array | null;
  state: ItemState;
  attempts: number;
  errorCode: string | null;
}

/** A try of an item. */
export interface AttemptRow {
  readonly runId: number;
  readonly itemNo: number;
  readonly calls: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly workerId: number;
  /** Of the claim under which it was made. */
  readonly fence: number;
}

/** A try of a run as a whole. */
export interface RunAttemptRow {
  readonly runId: number;
  readonly no: number;
  readonly workerId: number | null;
  readonly startedAt: Instant;
  endedAt: Instant | null;
  error: StoredError | null;
}

export interface MarketRow {
  readonly row: Row;
  readonly source: OriginId;
  readonly runId: number;
}

export interface DayCoverRow {
  readonly dataset: DatasetId;
  readonly day: PlainDay;
  readonly source: OriginId;
  readonly runId: number;
  members: Uint8Array;
  rows: number;
  at: Instant;
}

export interface RangeCoverRow {
  readonly dataset: DatasetId;
  readonly instrumentId: number;
  readonly source: OriginId;
  from: PlainDay;
  to: PlainDay;
}

export interface ExceptionRow {
  readonly dataset: DatasetId;
  readonly instrumentId: number;
  readonly day: PlainDay;
  readonly source: SourceId;
  readonly kind: 'absent' | 'suspended';
}

export interface FreshRow {
  readonly dataset: DatasetId;
  readonly scope: string;
  readonly source: SourceId;
  readonly asOf: Instant;
  readonly from: PlainDay | null;
  readonly through: PlainDay | null;
}

export interface LeaseRow {
  workerId: number | null;
  wantedBy: number | null;
}

export interface AfterDueRow {
  readonly jobId: number;
  readonly upstreamRunId: number;
  readonly endedAt: Instant;
}

/** Rows of all tables that the simulation has; what the statements of the real store read and write. */
export interface Tables {
  readonly workers: Map<number, WorkerRow>;
  readonly jobs: Map<number, JobRow>;
  readonly jobChanges: JobChangeRow[];
  readonly fires: Map<number, FireRow>;
  readonly afterDue: AfterDueRow[];
  /** Most open runs of each concurrency group. */
  readonly groups: Map<string, number>;
  readonly schedulers: Map<string, { node: string; pid: number; startedAt: Instant; turnedAt: Instant }>;
  readonly runs: Map<number, RunRow>;
  /** By run. */
  readonly shards: Map<number, ShardRow[]>;
  readonly items: Map<number, ItemRow[]>;
  readonly attempts: AttemptRow[];
  readonly runAttempts: RunAttemptRow[];
  readonly steps: Map<number, RunStep[]>;
  readonly logs: Map<number, (LogLine & { readonly no: number; readonly at: Instant })[]>;
  /** Rows of each data set by their key. */
  readonly market: Map<DatasetId, Map<string, MarketRow>>;
  readonly instruments: Map<string, number>;
  readonly coveredDays: DayCoverRow[];
  coveredRanges: RangeCoverRow[];
  readonly exceptions: Map<string, ExceptionRow>;
  readonly unsettled: Map<string, Uint8Array>;
  readonly fresh: Map<string, FreshRow>;
  readonly rights: Map<string, SourceRight>;
  readonly breakers: Map<string, Breaker>;
  readonly leases: Map<SourceId, LeaseRow>;
  /** Grows with each change of the calendar. */
  calendarChanges: number;
}

export function emptyTables(): Tables {
  return {
    workers: new Map(),
    jobs: new Map(),
    jobChanges: [],
    fires: new Map(),
    afterDue: [],
    groups: new Map(),
    schedulers: new Map(),
    runs: new Map(),
    shards: new Map(),
    items: new Map(),
    attempts: [],
    runAttempts: [],
    steps: new Map(),
    logs: new Map(),
    market: new Map(),
    instruments: new Map(),
    coveredDays: [],
    coveredRanges: [],
    exceptions: new Map(),
    unsettled: new Map(),
    fresh: new Map(),
    rights: new Map(),
    breakers: new Map(),
    leases: new Map(),
    calendarChanges: 0,
  };
}
