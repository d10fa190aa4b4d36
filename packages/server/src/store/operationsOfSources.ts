import type { Breaker } from '@tapekeeper/core';
import type { SourceRight } from '../ports/sourceStore.ts';
import type { Transaction } from './connection.ts';
import { recordDecision } from './operations.ts';

/** Calls to a host are held back from now on, or let through again; that they go on being held back is no decision. */
export async function recordBreaker(
  tx: Transaction,
  host: string,
  before: Breaker,
  after: Breaker,
): Promise<void> {
  const [was, is] = [before.openings > 0, after.openings > 0];
  if (was === is) return;
  const { reason, openUntil } = is ? after : before;
  await recordDecision(tx, is ? 'autoBreakerOpened' : 'autoBreakerClosed', {
    kind: 'host',
    id: host,
    before: { breaker: was ? 'open' : 'closed' },
    after: { breaker: is ? 'open' : 'closed', reason, ...(is && { openUntil }) },
  });
}

/** What was believed of the right to an interface, when it was last looked at. */
export interface BelievedRight {
  readonly allowed: boolean;
  /** A refusal that is old is believed no longer. */
  readonly isFresh: boolean;
}

/** A refusal that was not believed before, or one that is taken back. */
export async function recordRight(
  tx: Transaction,
  known: BelievedRight | undefined,
  { source, api, allowed, detail }: Omit<SourceRight, 'checkedAt'>,
): Promise<void> {
  const wasRefused = known !== undefined && !known.allowed && known.isFresh;
  if (wasRefused === !allowed) return;
  await recordDecision(tx, allowed ? 'autoRightForgotten' : 'autoRightLearned', {
    kind: 'source',
    id: `${source}/${api}`,
    before: known === undefined ? null : { allowed: !wasRefused },
    after: { allowed, detail },
  });
}
