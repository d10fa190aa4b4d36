import type { RunAttempts } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { ItemAttempt, RunAttempt } from '../../../ports/runControlStore.ts';

/** Attempts of a run, and one page of tries of its items. A full page may be the last one. */
export function presentAttempts(
  ofRun: readonly RunAttempt[],
  ofItems: readonly ItemAttempt[],
  limit: number,
): RunAttempts {
  const last = ofItems.at(-1);
  return {
    run: ofRun.map(({ no, workerId, startedAt, endedAt, error }) => ({
      no,
      worker: workerId,
      startedAt: isoInstant(startedAt),
      endedAt: endedAt === null ? null : isoInstant(endedAt),
      error: error === null ? null : { code: error.code, message: error.message },
    })),
    items: ofItems.map((one) => ({
      item: one.itemNo,
      no: one.no,
      source: one.source,
      worker: one.workerId,
      startedAt: isoInstant(one.startedAt),
      endedAt: isoInstant(one.endedAt),
      calls: one.calls,
      rows: one.rows,
      error: one.errorCode === null ? null : { code: one.errorCode, message: one.errorMessage },
    })),
    next: ofItems.length >= limit && last !== undefined ? isoInstant(last.endedAt) : null,
  };
}
