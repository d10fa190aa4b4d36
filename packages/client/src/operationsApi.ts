import type { OperationLine, OperationList, OperationStatistics } from '@tapekeeper/contract';

/** What an operation has to be; lists with commas. */
export interface OperationConditions {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly objectId?: string | undefined;
  readonly result?: string | undefined;
  readonly text?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface OperationQuery extends OperationConditions {
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** What commands ask of the audit log. */
export interface OperationsApi {
  /** Newest first. */
  operations(query: OperationQuery): Promise<OperationList>;
  operation(id: number): Promise<OperationLine>;
  operationStatistics(query: OperationConditions): Promise<OperationStatistics>;
}
