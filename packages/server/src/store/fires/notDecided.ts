import { toAppError } from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import { sql, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';
import { recordDecision } from '../operations.ts';

/** Classes of SQLSTATE that say of what was written that it may not be so: it would fail again. */
const ROW_FAULT = /^(22|23|P0)/;

/** Whether another try of the same decision would fail as well. */
export function isFaultOfRows(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && ROW_FAULT.test(String(error.code));
}

/** A job that nothing can be decided about is told of, since nobody sees it otherwise. */
export async function tellNotDecided(tx: Transaction, id: JobId, cause: unknown): Promise<void> {
  const { code } = toAppError(cause);
  await emitEvent(tx, 'job', { jobId: id, action: 'not_decided', error: code });
  const last = await tx.maybe<{ action: string; errorCode: string | null }>(sql`
    SELECT action, error_code AS "errorCode" FROM tapekeeper.operation
    WHERE object_kind = 'job' AND object_id = ${String(id)} ORDER BY id DESC LIMIT 1`);
  // it is tried again every minute: one line says so until something else becomes of the job
  if (last?.action === 'autoJobNotDecided' && last.errorCode === code) return;
  const object = { kind: 'job', id: String(id), before: null, after: null } as const;
  await recordDecision(tx, 'autoJobNotDecided', object, code);
}
