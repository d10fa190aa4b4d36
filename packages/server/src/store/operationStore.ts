import type { OperationStore } from '../ports/operationStore.ts';
import type { Database } from './connection.ts';
import { beginOperation, finishOperation } from './operations.ts';

/** The audit log in the database. */
export function createOperationStore(db: Database): OperationStore {
  return {
    beginOperation: (operation) => beginOperation(db, operation),
    finishOperation: (id, end) => finishOperation(db, id, end),
  } as OperationStore;
}
