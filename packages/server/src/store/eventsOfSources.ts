import type { Breaker } from '@tapekeeper/core';
import type { Transaction } from './connection.ts';
import { emitEvent } from './events.ts';

/** Tells that calls to a host are held back, or let through again; failures that change neither say nothing. */
export async function emitBreaker(
  tx: Transaction,
  host: string,
  before: Breaker,
  after: Breaker,
): Promise<void> {
  if (after.openings === before.openings && after.openUntil === before.openUntil) return;
  const state = after.openUntil === null ? 'closed' : 'open';
  await emitEvent(tx, 'source', { host, breaker: state, openUntil: after.openUntil });
}
