import type { Instant, Operation, OperationObject, OperationResult, Proof } from '@tapekeeper/core';

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

/** Of the operations of a filter, newest days first. */
export interface OperationStatistics {
  readonly total: number;
  readonly byResult: Readonly<Partial<Record<OperationResult, number>>>;
  readonly byAction: readonly { readonly action: string; readonly count: number; readonly failed: number }[];
  readonly byActor: readonly { readonly actor: string; readonly count: number; readonly failed: number }[];
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
  operations(filter: OperationFilter): Promise<readonly Operation[]>;
  operation(id: OperationId): Promise<Operation | undefined>;
  operationStatistics(filter: Omit<OperationFilter, 'before' | 'limit'>): Promise<OperationStatistics>;
}
