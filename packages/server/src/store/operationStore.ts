import type { OperationStore } from '../ports/operationStore.ts';
import type { Database } from './connection.ts';
import { beginOperation, finishOperation } from './operations.ts';
import { operationStatistics } from './operationStatistics.ts';
import { operation, operations } from './operationViews.ts';

/** The audit log in the database. */
export function createOperationStore(db: Database): OperationStore {
  return {
    beginOperation: (begun) => beginOperation(db, begun),
    finishOperation: (id, end) => finishOperation(db, id, end),
    operations: (filter) => operations(db, filter),
    operation: (id) => operation(db, id),
    operationStatistics: (filter) => operationStatistics(db, filter),
  };
}
