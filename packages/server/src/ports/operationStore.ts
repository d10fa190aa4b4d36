import type { Instant, Operation, OperationObject, OperationResult, PlainDay, Proof } from '@tapekeeper/core';

export type OperationId = number;

/** What is known of an operation before it is worked on. */
export interface BegunOperation {
  readonly action: string;
  readonly actor: string;
  readonly userId: number | null;
  readonly proof: Proof | 'system';
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

/** What is known of it afterwards. */
export interface FinishedOperation extends OperationObject {
  readonly result: Exclude<OperationResult, 'unknown'>;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly durationMs: number;
}

export interface OperationFilter {
  readonly actor: string | null;
  readonly actions: readonly string[] | null;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly results: readonly OperationResult[] | null;
  /** Part of the actor, the action, the object or the error, whatever the case. */
  readonly text: string | null;
  readonly from: Instant | null;
  readonly until: Instant | null;
  /** Only operations before this one; the keyset of the page. */
  readonly before: OperationId | null;
  readonly limit: number;
}

/** Some lines of the log, newest first. */
export interface OperationPage {
  readonly operations: readonly Operation[];
  /**
   * From where on older ones are to be looked for; null where there are none. A page may be short, or empty, and
   * have one all the same: a search looks at so many lines at a time.
   */
  readonly next: OperationId | null;
}

export type CountedFilter = Omit<OperationFilter, 'before' | 'limit'> & {
  readonly from: Instant;
  readonly until: Instant;
};

interface Counted {
  readonly count: number;
  /** Refused ones and failed ones among them. */
  readonly bad: number;
}

/** Of the operations of a filter within a stretch of time. */
export interface OperationStatistics {
  readonly total: number;
  /** False where the stretch has more lines than are counted at a time: then it is the newest of them. */
  readonly isWhole: boolean;
  readonly byResult: Readonly<Partial<Record<OperationResult, number>>>;
  /** The most frequent first, as many as are told. */
  readonly byAction: readonly (Counted & { readonly action: string })[];
  readonly byActor: readonly (Counted & { readonly actor: string })[];
  /** Days in Shanghai with anything on them, newest first. */
  readonly byDay: readonly (Counted & { readonly day: PlainDay })[];
  /** Hours of the day in Shanghai, 0 to 23. */
  readonly byHour: readonly number[];
  readonly meanDurationMs: number | null;
}

/** The audit log: lines are added and completed once, never changed or removed. */
export interface OperationStore {
  /** Written before the work, so that a process that dies over it leaves a line that says `unknown`. */
  beginOperation(operation: BegunOperation): Promise<OperationId>;
  finishOperation(id: OperationId, end: FinishedOperation): Promise<void>;
  /** Newest first. */
  operations(filter: OperationFilter): Promise<OperationPage>;
  operation(id: OperationId): Promise<Operation | undefined>;
  operationStatistics(filter: CountedFilter): Promise<OperationStatistics>;
}
