import type {
  CallShape,
  DatasetId,
  Instant,
  ItemState,
  JobParams,
  JobType,
  PlainDay,
  Priority,
  RunState,
  OriginId,
  SourceId,
  StageChild,
  StageShard,
  Step,
  SymbolOutcome,
} from '@tapekeeper/core';
import type { StopWish } from './runControlStore.ts';
import type { PlanSummary, RunCause, RunId, SyncParams } from './runStore.ts';

/** What one source did for a run. */
export interface ServedBy {
  readonly source: SourceId;
  readonly items: number;
  readonly itemsFailed: number;
  readonly calls: number;
  readonly bytes: number;
  readonly rowsWritten: number;
  readonly rowsUnchanged: number;
  readonly outcomes: Readonly<Partial<Record<SymbolOutcome, number>>>;
}

/** What the steps of a run are read off. */
export interface RunStages {
  readonly shards: readonly StageShard[];
  /** Runs that it has begun: lists that it needs, or the nodes of a workflow. */
  readonly children: readonly StageChild[];
  /** The steps that a task has told of; empty for other types. */
  readonly steps: readonly Step[];
}

/** A run as people read it: its question, its plan, how far it is, what it did. */
export interface RunView {
  readonly id: RunId;
  readonly type: JobType;
  readonly dataset: DatasetId | null;
  readonly wish: JobParams[JobType];
  /** Null until a sync's wish is settled, and for other types. */
  readonly params: SyncParams | null;
  readonly cause: RunCause;
  readonly requestedBy: string | null;
  readonly parentRunId: RunId | null;
  readonly resumesRunId: RunId | null;
  readonly upstreamRunId: RunId | null;
  /** The node of the workflow that it is the run of. */
  readonly node: string | null;
  readonly jobId: number | null;
  readonly jobKey: string | null;
  readonly jobVersion: number | null;
  readonly fireId: number | null;
  /** The moment that it was fired for. */
  readonly scheduledFor: Instant | null;
  readonly priority: Priority;
  readonly group: string | null;
  readonly waitsForTurn: boolean;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Time that went by between a failed attempt and the next one. */
  readonly retryWaitedMs: number;
  readonly timeoutSeconds: number | null;
  /** How it was told to end, and when. */
  readonly stop: StopWish | null;
  readonly stopAskedAt: Instant | null;
  readonly pauseAskedAt: Instant | null;
  /** What a task has to say of its work. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly state: RunState;
  readonly reason: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly plan: PlanSummary | null;
  readonly itemsTotal: number;
  readonly itemsDone: number;
  readonly itemsFailed: number;
  readonly symbolsTotal: number;
  readonly outcomes: Readonly<Partial<Record<SymbolOutcome, number>>>;
  readonly rowsWritten: number;
  readonly rowsUnchanged: number;
  readonly calls: number;
  readonly bytes: number;
  readonly lastSymbol: string | null;
  readonly lastSource: SourceId | null;
  /** In the order in which they were asked. */
  readonly servedBy: readonly ServedBy[];
  readonly stages: RunStages;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly retryAt: Instant | null;
  /** The database's clock at the reading, so that durations of open runs are right. */
  readonly readAt: Instant;
}

export interface RunFilter {
  readonly states: readonly RunState[] | null;
  readonly dataset: DatasetId | null;
  readonly jobId?: number | null;
  readonly parentRunId?: RunId | null;
  readonly types?: readonly JobType[] | null;
  /** Only runs older than this one; the keyset of the page. */
  readonly before: RunId | null;
  /** Only runs younger than this one; the keyset of the page where the oldest come first. */
  readonly after?: RunId | null;
  readonly oldestFirst?: boolean;
  readonly limit: number;
}

/** One question of a run to its source: of one symbol over days, or of whole markets. */
export interface RunItemView {
  readonly no: number;
  readonly shard: number;
  readonly source: OriginId;
  readonly shape: CallShape;
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Null for items of whole markets. */
  readonly symbol: string | null;
  /** Symbols that it is asked for; null where that is not known before the answer. */
  readonly symbols: number | null;
  readonly state: ItemState;
  readonly attempts: number;
  readonly outcome: SymbolOutcome | null;
  readonly counts: Readonly<Partial<Record<SymbolOutcome, number>>> | null;
  readonly errorCode: string | null;
  readonly rowsWritten: number;
  readonly finishedAt: Instant | null;
}

export interface RunItemFilter {
  readonly states: readonly ItemState[] | null;
  /** Only items with a greater number; the keyset of the page. */
  readonly after: number | null;
  readonly limit: number;
}

export interface RunSymbolView {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly outcomes: readonly {
    readonly outcome: SymbolOutcome;
    readonly cells: number;
    readonly source: OriginId | null;
    readonly detail: string | null;
  }[];
}

/** Everything that is known of one cell. */
export interface CellFacts {
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly source: OriginId | null;
  readonly runId: RunId | null;
  readonly knownAt: Instant | null;
  readonly coveredBy: readonly OriginId[];
  readonly exceptions: readonly {
    readonly kind: 'absent' | 'suspended' | 'accepted';
    /** Null for what a person has accepted. */
    readonly source: SourceId | null;
    readonly runId: RunId | null;
    readonly reason: string | null;
    readonly author: string | null;
    readonly at: Instant;
  }[];
  readonly revisions: readonly {
    readonly was: Readonly<Record<string, unknown>>;
    readonly source: OriginId;
    readonly runId: RunId;
    readonly knownFrom: Instant;
    readonly knownUntil: Instant;
  }[];
  readonly quarantined: readonly {
    readonly rule: string;
    readonly detail: string | null;
    readonly source: OriginId;
    readonly at: Instant;
  }[];
  readonly flags: readonly { readonly rule: string; readonly detail: string | null }[];
  /** Items of the newest runs that were to serve the cell and failed. */
  readonly failures: readonly {
    readonly runId: RunId;
    readonly source: SourceId;
    readonly code: string;
    readonly message: string | null;
    readonly at: Instant;
  }[];
}

/** Reading for screens and commands. No query here scans a table that grows with history. */
export interface ViewStore {
  run(id: RunId): Promise<RunView | undefined>;
  runs(filter: RunFilter): Promise<readonly RunView[]>;
  /** Symbols of one run by instrument id, after `after`. */
  runSymbols(
    id: RunId,
    after: number,
    limit: number,
    outcome: SymbolOutcome | null,
  ): Promise<readonly RunSymbolView[]>;
  /** Items of one run by number. */
  runItems(id: RunId, filter: RunItemFilter): Promise<readonly RunItemView[]>;
  cell(dataset: DatasetId, instrumentId: number, symbol: string, day: PlainDay): Promise<CellFacts>;
  /** Rows of a data set by the planner's estimate: exact enough for a screen, and flat in cost. */
  estimatedRows(dataset: DatasetId): Promise<number>;
  /** Runs open without a beating worker or a queued dispatch, with for how long. */
  strandedRuns(): Promise<readonly { runId: RunId; ms: number }[]>;
  databaseBytes(): Promise<number>;
}
