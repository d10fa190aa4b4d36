import type {
  DatasetId,
  FieldTally,
  Instant,
  MismatchKind,
  OriginId,
  PlainDay,
  Row,
  SourceId,
} from '@tapekeeper/core';
import type { CoverageGain, RowWrite, RunId, StoredError } from './runStore.ts';

/** A page of a list, newest first. */
export interface IdPage {
  /** Only rows with a smaller id; null for the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** One cell of a data set. */
export interface CellKey {
  readonly instrumentId: number;
  readonly day: PlainDay;
}

export interface NewAcceptedHole {
  readonly dataset: DatasetId;
  /** As they were named; null where all were meant. */
  readonly symbols: readonly string[] | null;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly reason: string;
  readonly author: string;
  readonly cells: readonly CellKey[];
}

export interface AcceptedHole extends Omit<NewAcceptedHole, 'cells'> {
  readonly id: number;
  /** Cells that were taken out of the gaps. */
  readonly cells: number;
  readonly at: Instant;
  readonly revokedAt: Instant | null;
  readonly revokedBy: string | null;
}

export type QuarantineState = 'held' | 'replayed' | 'discarded';

export interface QuarantineFilter extends IdPage {
  readonly state: QuarantineState;
  readonly dataset: DatasetId | null;
  readonly rule: string | null;
  readonly source: OriginId | null;
  readonly runId: RunId | null;
  readonly symbol: string | null;
}

/** A refused row with everything that is known of it. */
export interface QuarantineEntry {
  readonly id: number;
  readonly dataset: DatasetId;
  readonly symbol: string | null;
  readonly day: PlainDay | null;
  readonly source: OriginId;
  readonly runId: RunId;
  readonly itemNo: number;
  readonly rule: string;
  readonly detail: string | null;
  readonly row: Row;
  readonly state: QuarantineState;
  readonly at: Instant;
  /** Let in by a person although it was refused once more. */
  readonly forced: boolean;
  readonly settledAt: Instant | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

/** How many rows a rule has refused; counting ends at a limit. */
export interface RuleCount {
  readonly dataset: DatasetId;
  readonly rule: string;
  readonly rows: number;
}

/** Refused rows on their way into a table, all from one run and of one source. */
export interface QuarantineRelease {
  readonly runId: RunId;
  readonly write: RowWrite;
  readonly gains: readonly CoverageGain[];
}

export interface QuarantineSettlement {
  readonly ids: readonly number[];
  /** Of these ids, those that were refused once more and go in all the same. */
  readonly forced: readonly number[];
  readonly releases: readonly QuarantineRelease[];
  readonly author: string;
  readonly reason: string | null;
}

export interface RevisionFilter extends IdPage {
  readonly dataset: DatasetId;
  readonly symbol: string | null;
  readonly day: PlainDay | null;
  /** Only corrections made from then on, and before. */
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** A former value of a row, with what the row is today. */
export interface RevisionEntry {
  readonly id: number;
  readonly symbol: string;
  readonly day: PlainDay;
  readonly was: Readonly<Record<string, unknown>>;
  /** Null where the row is gone. */
  readonly now: Readonly<Record<string, unknown>> | null;
  readonly source: OriginId;
  readonly runId: RunId;
  readonly replacedByRunId: RunId;
  readonly knownFrom: Instant;
  readonly knownUntil: Instant;
}

/** Stored rows of symbols over days, each with whose it is. */
export interface StoredRow {
  readonly symbol: string;
  readonly day: PlainDay;
  readonly source: OriginId;
  readonly row: Row;
}

/** What some rows were before they were corrected. */
export interface FormerRow {
  readonly symbol: string;
  readonly was: Row;
}

export interface NewReconciliation {
  readonly dataset: DatasetId;
  readonly day: PlainDay;
  readonly seed: number;
  readonly sampleSize: number;
  readonly author: string;
}

export interface SourceNote {
  readonly source: SourceId;
  readonly note: string;
}

export interface ReconciliationMismatch {
  readonly no: number;
  readonly symbol: string;
  readonly day: PlainDay;
  readonly ours: OriginId;
  readonly theirs: SourceId;
  readonly field: string;
  readonly ourValue: Row[string];
  readonly theirValue: Row[string];
  readonly kind: MismatchKind;
  readonly detail: string;
}

export interface ReconciliationResult {
  readonly cells: number;
  readonly calls: number;
  readonly notes: readonly SourceNote[];
  readonly tallies: readonly FieldTally[];
  readonly mismatches: readonly Omit<ReconciliationMismatch, 'no'>[];
}

export interface Reconciliation extends NewReconciliation {
  readonly id: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly error: StoredError | null;
  readonly cells: number;
  readonly calls: number;
  readonly notes: readonly SourceNote[];
  readonly tallies: readonly FieldTally[];
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
}

export interface MismatchFilter {
  readonly theirs: SourceId | null;
  readonly field: string | null;
  readonly kind: MismatchKind | null;
  /** Only mismatches with a larger number. */
  readonly after: number;
  readonly limit: number;
}

/** What people do about quality, and what they read of it. Each change is one transaction. */
export interface QualityStore {
  /** A number that is another one after every change of coverage by a person. */
  coverageChanges(): Promise<number>;

  /** Takes cells out of the gaps; cells that are explained already stay as they are, and are not counted. */
  acceptHole(hole: NewAcceptedHole): Promise<AcceptedHole | undefined>;
  acceptedHole(id: number): Promise<AcceptedHole | undefined>;
  acceptedHoles(dataset: DatasetId | null, page: IdPage): Promise<readonly AcceptedHole[]>;
  /** Makes the cells gaps again; undefined where it is revoked already, or was never there. */
  revokeHole(id: number, author: string): Promise<AcceptedHole | undefined>;

  quarantined(filter: QuarantineFilter): Promise<readonly QuarantineEntry[]>;
  quarantinedRow(id: number): Promise<QuarantineEntry | undefined>;
  /** Held rows of these ids. */
  heldRowsById(ids: readonly number[]): Promise<readonly QuarantineEntry[]>;
  /** By data set and rule, each counted up to the limit. */
  quarantineCounts(state: QuarantineState, limit: number): Promise<readonly RuleCount[]>;
  /** Lets rows in, all or none: false where one of them is no longer held. */
  releaseRows(settlement: QuarantineSettlement): Promise<boolean>;
  /** Throws held rows away; gives the ids that were held. */
  discardRows(ids: readonly number[], author: string, reason: string): Promise<readonly number[]>;

  /** Newest correction first. */
  revisions(filter: RevisionFilter): Promise<readonly RevisionEntry[]>;

  storedRows(
    dataset: DatasetId,
    symbols: readonly string[],
    from: PlainDay,
    to: PlainDay,
  ): Promise<readonly StoredRow[]>;
  formerRows(dataset: DatasetId, symbols: readonly string[], day: PlainDay): Promise<readonly FormerRow[]>;
  beginReconciliation(reconciliation: NewReconciliation): Promise<number>;
  /** Says that it is still at work. */
  touchReconciliation(id: number): Promise<void>;
  saveReconciliation(id: number, result: ReconciliationResult): Promise<void>;
  failReconciliation(id: number, error: StoredError): Promise<void>;
  /** Ends those whose process has been silent for so long; gives how many. */
  failSilentReconciliations(silentMs: number): Promise<number>;
  reconciliation(id: number): Promise<Reconciliation | undefined>;
  reconciliations(dataset: DatasetId | null, page: IdPage): Promise<readonly Reconciliation[]>;
  reconciliationMismatches(id: number, filter: MismatchFilter): Promise<readonly ReconciliationMismatch[]>;
}
