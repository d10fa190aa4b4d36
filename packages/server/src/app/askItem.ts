import { AppError, retryPauseMs, toAppError, type Instant, type RetryRule } from '@tapekeeper/core';
import type { Answer, AskContext, Question, Source } from '../ports/source.ts';
import type { AttemptRecord, Item, SyncRun } from '../ports/runStore.ts';
import { limitOf, watchHosts } from './callGate.ts';
import { callsInFlight, type CallTrack } from './callsInFlight.ts';
import type { AppDeps } from './deps.ts';
import type { Market } from './market.ts';
import { reactionTo, type Reaction } from './reactions.ts';

/** Waits for a used-up minute, in a row, before an item is given up. */
const RATE_WAITS = 2;
/** A refusal that names no limit is waited out: the minute, and five seconds for clocks that differ. */
const RATE_WAIT_MS = 65_000;

/** A source that asks for a longer pause than this is left for the run: a worker has better to do. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;

export interface Asked {
  readonly answer: Answer | null;
  readonly attempts: readonly AttemptRecord[];
  readonly error: AppError | null;
  readonly reaction: Reaction | null;
}

/**
 * Asks a source for an item, with tries by the class of the error; every try is recorded. Nothing is
 * tried again into a ban or an open breaker.
 */
export async function askItem(
  deps: AppDeps,
  run: SyncRun,
  item: Item,
  market: Market,
  context: AskContext,
): Promise<Asked> {
  const track = callsInFlight(deps).track({ runId: run.id, itemNo: item.no, source: item.source });
  try {
    return await askTracked(deps, run, item, market, context, track);
  } finally {
    track.ended();
  }
}

async function askTracked(
  deps: AppDeps,
  run: SyncRun,
  item: Item,
  market: Market,
  context: AskContext,
  track: CallTrack,
): Promise<Asked> {
  const source = deps.sources.get(item.source) as Source;
  const question = questionOf(run, item, market);
  const attempts: AttemptRecord[] = [];
  let tries = 0;
  let waits = 0;
  for (;;) {
    const startedAt = deps.clock.now();
    const counted = countCalls(context, track);
    const watch = watchHosts(deps, source, counted.context);
    try {
      const answer = await source.ask(question, watch.context);
      attempts.push(attempt(item, startedAt, deps.clock.now(), answer.calls, answer, null));
      await watch.answered();
      return { answer, attempts, error: null, reaction: null };
    } catch (thrown) {
      const error = toAppError(thrown);
      const reaction = reactionTo(error.code);
      if (reaction === 'stop') throw error;
      // a call that was cut off by our own wish says nothing of the source
      if (context.signal.aborted) throw new AppError('interrupted', {}, error);
      attempts.push(attempt(item, startedAt, deps.clock.now(), counted.calls(), null, error));
      await noteRight(deps, source, error);
      await watch.failed(error);
      const pauseMs =
        reaction === 'again'
          ? retryPauseMs(retryRule(deps), ++tries, error.code, `run ${run.id}, item ${item.no}`)
          : reaction === 'wait' && ++waits <= RATE_WAITS
            ? ratePauseMs(deps, source, error)
            : null;
      if (pauseMs === null) return { answer: null, attempts, error, reaction };
      const asksFor = retryAfterMs(error);
      if (asksFor > LONGEST_RETRY_AFTER_MS) return { answer: null, attempts, error, reaction: 'drop_source' };
      const sleepMs = Math.max(pauseMs, asksFor);
      track.pauses(sleepMs);
      await deps.clock.sleep(sleepMs, context.signal);
    }
  }
}

/** Longer than this no item waits for another try. */
const LONGEST_BACKOFF_MS = 60_000;

function retryRule({ settings }: AppDeps): RetryRule {
  return { attempts: settings.itemAttempts, firstMs: settings.backoffMs, longestMs: LONGEST_BACKOFF_MS };
}

/** How many calls the gate has let out; each is told of while it waits and when it goes out. */
function countCalls(
  context: AskContext,
  track: CallTrack,
): { readonly context: AskContext; readonly calls: () => number } {
  let calls = 0;
  const beforeCall: AskContext['beforeCall'] = async (host, api) => {
    track.waits(host, api);
    await context.beforeCall(host, api);
    track.sent(host, api);
    calls += 1;
  };
  return { context: { ...context, beforeCall }, calls: () => calls };
}

/** What the source itself asks to wait for (`Retry-After`); 0 where it says nothing. */
function retryAfterMs(error: AppError): number {
  const asked = Number(error.details['retryAfterMs'] ?? 0);
  return Number.isFinite(asked) ? Math.max(0, asked) : 0;
}

/** Where the source has named the limit, the gate knows when the next call may go out. */
function ratePauseMs(deps: AppDeps, source: Source, error: AppError): number {
  const gateKnows = deps.settings.budgets && limitOf(source.hosts[0] ?? '', error) !== undefined;
  return deps.settings.budgets && !gateKnows ? RATE_WAIT_MS : deps.settings.backoffMs;
}

function questionOf(run: SyncRun, item: Item, market: Market): Question {
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
  calls: number,
  answer: Answer | null,
  error: AppError | null,
): AttemptRecord {
  const rows = answer?.batches[0]?.rows.length ?? 0;
  return { source: item.source, startedAt, endedAt, calls, rows, error };
}

/** A refused interface is not asked again for anything, until somebody looks again whether it is allowed. */
async function noteRight(deps: AppDeps, source: Source, error: AppError): Promise<void> {
  const api = error.details['api'];
  if (error.code !== 'permission_denied' || typeof api !== 'string') return;
  await deps.store.saveRight({ source: source.id, api, allowed: false, detail: error.message });
}
