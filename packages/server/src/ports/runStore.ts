import type {
  AppError,
  CallShape,
  DatasetId,
  ErrorCode,
  ErrorDetails,
  Instant,
  JobParams,
  JobType,
  PlainDay,
  Row,
  RunPolicies,
  RunState,
  OriginId,
  SourceId,
  SymbolOutcome,
  SyncType,
  SyncWish,
} from '@tapekeeper/core';

export type RunId = number;
export type WorkerId = number;

/** What a sync or repair was asked for, with every default already settled. */
export interface SyncParams {
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Canonical symbols; null is every listed one. */
  readonly symbols: readonly string[] | null;
  /** Sources in the order of asking; only these are asked. */
  readonly sources: readonly SourceId[];
  /** Ask again for what is covered. */
  readonly force: boolean;
}

/** Why a run was made: a due moment, a person, another run that needs it, one that it follows, a workflow. */
export type RunCause = 'fire' | 'person' | 'requirement' | 'after' | 'workflow';

/** A run to be made, of whatever type. */
export interface NewRun {
  readonly type: JobType;
  readonly dataset: DatasetId | null;
  /** What was asked for, in the form of its type. */
  readonly wish: JobParams[JobType];
  /** A sync's settled question; null where its planning shard is to settle the wish, and for other types. */
  readonly params: SyncParams | null;
  readonly cause: RunCause;
  readonly requestedBy: string | null;
  readonly parentRunId: RunId | null;
  readonly resumesRunId?: RunId | null;
  readonly jobId?: number | null;
  readonly jobVersion?: number | null;
  readonly fireId?: number | null;
  readonly upstreamRunId?: RunId | null;
  /** The node of the parent workflow that it is the run of. */
  readonly node?: string | null;
  /** Defaults where left out: those of the core. */
  readonly policies?: RunPolicies;
  /** It waits until its job and group are free. */
  readonly waitsForTurn?: boolean;
}

/** A sync whose question is settled. */
export interface NewSyncRun extends NewRun {
  readonly type: SyncType;
  readonly dataset: DatasetId;
  readonly wish: SyncWish;
  readonly params: SyncParams;
}

export interface Run extends NewRun {
  readonly id: RunId;
  readonly state: RunState;
  readonly createdAt: Instant;
}

export interface SyncRun extends NewSyncRun {
  readonly id: RunId;
  readonly state: RunState;
  readonly createdAt: Instant;
}

/** `plan` makes items, `fetch` works on them, `task` is a run in one piece, `workflow` starts other runs. */
export type ShardKind = 'plan' | 'fetch' | 'task' | 'workflow';

/** A shard in a worker's hands. Every write of the worker names the fence; a raised fence refuses it. */
export interface ShardClaim {
  readonly runId: RunId;
  readonly shardNo: number;
  readonly kind: ShardKind;
  /** How many sources the run has been planned for before. */
  readonly round: number;
  /** The source that a fetch shard asks; null for plans. */
  readonly source: SourceId | null;
  /** Failures outside items since the shard last got on. */
  readonly troubles: number;
  readonly fence: number;
  readonly workerId: WorkerId;
}

export interface Item {
  readonly no: number;
  readonly source: SourceId;
  readonly shape: CallShape;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly instrumentId: number | null;
  /** Bitmap of the instruments that a whole-market item is asked for. */
  readonly members: Uint8Array | null;
  /** Tries begun, this one counted. */
  readonly attempts: number;
}

export interface NewItem {
  readonly source: SourceId;
  readonly shape: CallShape;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly instrumentId: number | null;
  readonly members: Uint8Array | null;
}

/** What planning found, kept with the run so that people can read it later. */
export interface PlanSummary {
  readonly source: SourceId | null;
  readonly sources: readonly SourceId[];
  readonly shape: CallShape | null;
  readonly items: number;
  readonly calls: number;
  readonly cells: number;
  readonly unservedCells: number;
  readonly estimatedMs: number;
}

/** A slice of the items that one worker holds at a time. */
export interface ShardPlan {
  readonly source: SourceId;
  /** Counts symbol outcomes to come: a day item as many as its members, a symbol item one. */
  readonly symbolsTotal: number;
  readonly items: readonly NewItem[];
}

export interface NewPlan {
  readonly summary: PlanSummary;
  readonly shards: readonly ShardPlan[];
  /** The round that plans again when these shards are closed; null where no source is left to fall back on. */
  readonly nextRound: number | null;
  /** Cells that stay missing since nobody is left to be asked; the run is then never plain success. */
  readonly cellsLeft: number;
}

export interface AttemptRecord {
  readonly source: SourceId;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly calls: number;
  readonly rows: number;
  readonly error: AppError | null;
}

/** Rows on their way into a market table. `fill` only sets what is empty; `replace` corrects. */
export interface RowWrite {
  readonly dataset: DatasetId;
  readonly source: OriginId;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly mode: 'replace' | 'fill';
}

export interface QuarantinedRow {
  readonly dataset: DatasetId;
  readonly source: OriginId;
  readonly symbol: string | null;
  readonly day: PlainDay | null;
  readonly rule: string;
  readonly detail: string;
  readonly row: Row;
}

export interface RowFlag {
  readonly dataset: DatasetId;
  readonly symbol: string;
  readonly day: PlainDay;
  readonly rule: string;
  readonly detail: string;
}

export type CoverageGain =
  | {
      readonly kind: 'day';
      readonly dataset: DatasetId;
      readonly source: OriginId;
      readonly day: PlainDay;
      readonly members: Uint8Array;
      readonly rows: number;
    }
  | {
      readonly kind: 'range';
      readonly dataset: DatasetId;
      readonly source: OriginId;
      readonly instrumentId: number;
      readonly from: PlainDay;
      readonly to: PlainDay;
      /** The closed days around the range, so that neighbours merge across them. */
      readonly touchesFrom: PlainDay;
      readonly touchesTo: PlainDay;
    }
  | {
      readonly kind: 'exception';
      readonly dataset: DatasetId;
      readonly source: SourceId;
      readonly instrumentId: number;
      readonly day: PlainDay;
      readonly exception: 'absent' | 'suspended';
    }
  | {
      /** `early` cells are to be asked for again when their day has settled; `settled` ones have been. */
      readonly kind: 'unsettled';
      readonly dataset: DatasetId;
      readonly day: PlainDay;
      readonly members: Uint8Array;
      readonly was: 'early' | 'settled';
    }
  | {
      /** From now on the factors of these symbols have the source's base. */
      readonly kind: 'factor_base';
      readonly symbols: readonly string[];
      readonly source: SourceId;
    }
  | {
      /** Codes that an exchange has replaced; the instrument stays the same. */
      readonly kind: 'recoded';
      readonly pairs: readonly { readonly old: string; readonly now: string }[];
    }
  | {
      readonly kind: 'fresh';
      readonly dataset: DatasetId;
      readonly source: SourceId;
      readonly scope: string;
      readonly from: PlainDay | null;
      readonly through: PlainDay | null;
    };

export interface OutcomeException {
  readonly instrumentId: number;
  readonly outcome: SymbolOutcome;
  readonly source: OriginId | null;
  readonly cells: number;
  readonly detail: string | null;
}

/** Everything that one item changes; committed whole or not at all. */
export interface ItemCommit {
  readonly itemNo: number;
  /** `pending` puts the item back for another try. */
  readonly state: 'done' | 'failed' | 'pending';
  readonly attempts: readonly AttemptRecord[];
  readonly writes: readonly RowWrite[];
  readonly quarantined: readonly QuarantinedRow[];
  readonly flags: readonly RowFlag[];
  readonly gains: readonly CoverageGain[];
  /** Outcome of the item's symbols but for the exceptions; null while the item is not over. */
  readonly outcome: SymbolOutcome | null;
  readonly counts: Readonly<Partial<Record<SymbolOutcome, number>>>;
  readonly exceptions: readonly OutcomeException[];
  readonly error: AppError | null;
  readonly bytes: number;
  readonly lastSymbol: string | null;
}

/** An error as the database keeps it. */
export interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export interface RowsWritten {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** A quarantined row that may be judged again. */
export interface HeldRow {
  readonly id: number;
  readonly dataset: DatasetId;
  readonly source: OriginId;
  readonly runId: RunId;
  readonly row: Row;
}

export interface QuarantineReplay {
  readonly ids: readonly number[];
  /** The run that the rows came with. */
  readonly runId: RunId;
  readonly write: RowWrite;
  readonly gains: readonly CoverageGain[];
}

export interface Rescued {
  readonly runId: RunId;
  readonly shardNo: number;
  readonly why: 'silent_worker' | 'lost_dispatch' | 'requirement_done';
}

/** Runs, shards and items. Whatever changes them is one transaction; a worker's writes are fenced. */
export interface RunStore {
  registerWorker(worker: { node: string; boot: string; pid: number }): Promise<WorkerId>;
  /** Frees the shards of this node's former boots; returns how many. */
  settlePredecessors(node: string, boot: string): Promise<number>;
  /** False when the worker has been declared silent, and must register again. */
  beat(worker: WorkerId): Promise<boolean>;
  stopWorker(worker: WorkerId): Promise<void>;

  createRun(run: NewRun): Promise<RunId>;
  /** Undefined when the dispatch is stale: the shard is closed, held, or dispatched anew. */
  claimShard(dispatch: {
    runId: RunId;
    shardNo: number;
    dispatch: number;
    workerId: WorkerId;
  }): Promise<{ claim: ShardClaim; run: Run } | undefined>;
  /** Puts a planning shard to sleep until the children have ended; an ended child wakes it. */
  /** Keeps what a planning shard has made of the run's wish. */
  settleParams(claim: ShardClaim, params: SyncParams): Promise<void>;
  waitForRuns(claim: ShardClaim, children: readonly NewRun[]): Promise<readonly RunId[]>;
  /** States and errors of the runs that a run has waited for. */
  requirementsOf(
    run: RunId,
  ): Promise<
    readonly { runId: RunId; dataset: DatasetId | null; state: RunState; error: StoredError | null }[]
  >;
  savePlan(claim: ShardClaim, plan: NewPlan): Promise<void>;
  /** Ends the run as failed, its open items cancelled. */
  failRun(claim: ShardClaim, error: AppError): Promise<void>;
  takeItems(claim: ShardClaim, limit: number): Promise<readonly Item[]>;
  commitItems(claim: ShardClaim, commits: readonly ItemCommit[]): Promise<RowsWritten>;
  /** Gives the shard back with a new dispatch, not before the delay; trouble outside items is counted. */
  releaseShard(claim: ShardClaim, delayMs: number, afterTrouble: boolean): Promise<void>;
  /** Fails the open items of the shard with the error, and closes it as `closeShard` does. */
  failShard(claim: ShardClaim, error: AppError): Promise<RunState | null>;
  /** Closes the shard; the last one closes the run. Returns the run's state if it ended. */
  closeShard(claim: ShardClaim): Promise<RunState | null>;
  /** Cancels what is left of a plan and plans the run again, from a round on, with these sources. */
  replan(claim: ShardClaim, sources: readonly SourceId[], round: number): Promise<void>;
  /** Rows held under some rules, by id. */
  heldRows(rules: readonly string[], after: number, limit: number): Promise<readonly HeldRow[]>;
  /** Lets rows out of quarantine, with their coverage; rows that are out already change nothing. */
  replayHeldRows(replay: QuarantineReplay): Promise<void>;
  rescue(silentMs: number): Promise<readonly Rescued[]>;
}
