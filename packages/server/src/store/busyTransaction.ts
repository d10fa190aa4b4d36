import { AppError } from '@tapekeeper/core';
import { DatabaseError } from 'pg';
import type { Database, Transaction } from './connection.ts';

/** A time limit, a lock that was not given, a deadlock, or another transaction that was quicker. */
const BUSY_STATES: ReadonlySet<string> = new Set(['57014', '55P03', '40P01', '40001']);

/** A transaction that raises `database_busy` where trying it again may well go better. */
export async function busyTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db.transaction(work);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !BUSY_STATES.has(error.code ?? '')) throw error;
    const message = `${error.message.replace(/\.$/, '')}.`;
    throw new AppError('database_busy', { state: error.code ?? '', message }, error);
  }
}
