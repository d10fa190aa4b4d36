import { sql, type Transaction } from '../connection.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import type { LockedRun } from '../runLock.ts';

/** A run begins, the first time or again. */
export async function setRunning(tx: Transaction, run: LockedRun): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.run SET state = 'running', reason = NULL, retry_at = NULL,
      started_at = coalesce(started_at, tapekeeper.now()),
      deadline_at = coalesce(deadline_at, tapekeeper.now() + make_interval(secs => timeout_seconds))
    WHERE id = ${run.id}`);
  await emitRunEvent(tx, run.id);
}
