import { toAppError } from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import type { Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';

/** Classes of SQLSTATE that say of what was written that it may not be so: it would fail again. */
const ROW_FAULT = /^(22|23|P0)/;

/** Whether another try of the same decision would fail as well. */
export function isFaultOfRows(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && ROW_FAULT.test(String(error.code));
}

/** A job that nothing can be decided about is told of, since nobody sees it otherwise. */
export async function tellNotDecided(tx: Transaction, id: JobId, cause: unknown): Promise<void> {
  const { code, message } = toAppError(cause);
  await emitEvent(tx, 'job', { jobId: id, action: 'not_decided', error: { code, message } });
}
