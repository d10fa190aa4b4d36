import { isAppError } from '@tapekeeper/core';
import type { StopWish } from '../../ports/runControlStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { Transaction } from '../connection.ts';
import { stopRunIn } from '../control/stops.ts';

const REPLACED: StopWish = { end: 'cancelled', code: 'replaced', reason: '', by: 'scheduler' };

/** Tells a run to stop for another one; true where nothing is left of it to wait for. */
export async function isOverWhenStopped(tx: Transaction, runId: RunId): Promise<boolean> {
  try {
    return (await stopRunIn(tx, runId, REPLACED, false)) === REPLACED.end;
  } catch (error) {
    // it has ended by itself since it was seen open
    if (isAppError(error, 'run_over') || isAppError(error, 'unknown_run')) return true;
    throw error;
  }
}
