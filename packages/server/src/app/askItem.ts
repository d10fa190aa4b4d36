import { AppError, toAppError, type Instant } from '@tapekeeper/core';
import type { Answer, AskContext, Question, Source } from '../ports/source.ts';
import type { AttemptRecord, Item, Run } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import type { Market } from './market.ts';
import { reactionTo, type Reaction } from './reactions.ts';

/** Waits for a used-up minute, in a row, before an item is given up. */
const RATE_WAITS = 2;
const RATE_WAIT_MS = 65_000;

/** Failures in a row after which a host is left alone, and for how long at first. */
const BREAKER_THRESHOLD = 5;
const BREAKER_PAUSE_MS = 60_000;
const BAN_PAUSE_MS = 24 * 3_600_000;

export interface Asked {
  readonly answer: Answer | null;
  readonly attempts: readonly AttemptRecord[];
  readonly error: AppError | null;
  readonly reaction: Reaction | null;
}

/** Asks a source for an item, with tries by the class of the error; every try is recorded. */
export async function askItem(
  deps: AppDeps,
  run: Run,
  item: Item,
  market: Market,
  context: AskContext,
): Promise<Asked> {
  const source = deps.sources.get(item.source) as Source;
  const question = questionOf(run, item, market);
  const attempts: AttemptRecord[] = [];
  let tries = 0;
  let waits = 0;
  for (;;) {
    const startedAt = deps.clock.now();
    try {
      const answer = await source.ask(question, context);
      attempts.push(attempt(item, startedAt, deps.clock.now(), answer, null));
      if (deps.settings.budgets) for (const host of source.hosts) await deps.store.noteSuccess(host);
      return { answer, attempts, error: null, reaction: null };
    } catch (thrown) {
      const error = toAppError(thrown);
      const reaction = reactionTo(error.code);
      if (reaction === 'stop') throw error;
      attempts.push(attempt(item, startedAt, deps.clock.now(), null, error));
      await noteTrouble(deps, source, error);
      if (reaction === 'again' && ++tries < deps.settings.itemAttempts) {
        await deps.clock.sleep(deps.settings.backoffMs * 2 ** (tries - 1), context.signal);
      } else if (reaction === 'wait' && ++waits <= RATE_WAITS) {
        await deps.clock.sleep(
          deps.settings.budgets ? RATE_WAIT_MS : deps.settings.backoffMs,
          context.signal,
        );
      } else {
        return { answer: null, attempts, error, reaction };
      }
    }
  }
}

function questionOf(run: Run, item: Item, market: Market): Question {
  if (item.shape === 'day') return { shape: 'day', dataset: run.dataset, day: item.from };
  if (item.shape === 'all') return { shape: 'all', dataset: run.dataset, from: item.from, to: item.to };
  const listing = market.byId.get(item.instrumentId ?? -1);
  if (listing === undefined)
    throw new AppError('internal', { message: `no instrument ${item.instrumentId}` });
  return { shape: 'symbol', dataset: run.dataset, symbol: listing.symbol, from: item.from, to: item.to };
}

function attempt(
  item: Item,
  startedAt: Instant,
  endedAt: Instant,
  answer: Answer | null,
  error: AppError | null,
): AttemptRecord {
  const rows = answer?.batches[0]?.rows.length ?? 0;
  return { source: item.source, startedAt, endedAt, calls: answer?.calls ?? 1, rows, error };
}

/** What a failure teaches about the source: its rights, its budget, its breaker. */
async function noteTrouble(deps: AppDeps, source: Source, error: AppError): Promise<void> {
  const [host] = source.hosts;
  if (error.code === 'permission_denied') {
    const api = String(error.details['api'] ?? '');
    await deps.store.saveRight({ source: source.id, api, allowed: false, detail: error.message });
  }
  if (host === undefined || !deps.settings.budgets) return;
  if (error.code === 'banned')
    await deps.store.openBreaker(host, error.message, Number(error.details['pauseMs'] ?? BAN_PAUSE_MS));
  if (['transport', 'timeout', 'malformed'].includes(error.code)) {
    await deps.store.noteFailure(host, error.message, BREAKER_THRESHOLD, BREAKER_PAUSE_MS);
  }
  if (error.code === 'rate_limited' || error.code === 'quota_exhausted') {
    const capacity = Number(error.details['limit'] ?? 0);
    const windowSeconds = Number(error.details['windowSeconds'] ?? 0);
    const api = String(error.details['api'] ?? '*');
    if (capacity > 0 && windowSeconds > 0)
      await deps.store.drainBudget({ host, api, windowSeconds, capacity });
  }
}
