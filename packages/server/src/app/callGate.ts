import { AppError, isoInstant, type CallClass } from '@tapekeeper/core';
import type { AskContext, Source } from '../ports/source.ts';
import type { BudgetRule, CallTime } from '../ports/sourceStore.ts';
import type { AppDeps } from './deps.ts';
import { hostSignOf, isBanForCalls } from './reactions.ts';

/** A call waits for its budget in pieces, so that a stop or a breaker is noticed. */
const LONGEST_PIECE_MS = 5_000;

/** A budget that has nothing for longer than this is not waited for: a worker has better to do. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * The gate before every call on the wire: the host's budget and breaker, shared by all processes.
 * Throws `breaker_open`, and `quota_exhausted` where the next call is more than ten minutes away.
 */
export function callGate(
  deps: AppDeps,
  signal: AbortSignal,
  callClass: CallClass = 'live',
): AskContext['beforeCall'] {
  if (!deps.settings.budgets) return async () => {};
  return async (host, api) => {
    for (;;) {
      const permit = await deps.store.takeCall(host, api, callClass);
      if (permit.kind === 'granted') return;
      if (permit.kind === 'open') {
        throw new AppError('breaker_open', { host, until: isoInstant(permit.until), reason: permit.reason });
      }
      if (permit.waitMs > LONGEST_WAIT_MS) throw usedUp(deps, host, api, permit.waitMs);
      await deps.clock.sleep(Math.min(permit.waitMs, LONGEST_PIECE_MS), signal);
    }
  };
}

function usedUp(deps: AppDeps, host: string, api: string, waitMs: number): AppError {
  const until = isoInstant(deps.clock.now() + waitMs);
  return new AppError('quota_exhausted', {
    source: host,
    host,
    api,
    until,
    message: `the budget of "${api}" has its next call at ${until}.`,
  });
}

/** Failures in a row after which a host is left alone, and for how long at first. */
const BREAKER_THRESHOLD = 5;
const BREAKER_PAUSE_MS = 60_000;
/** The first pause of a ban whose error names none. */
const BAN_PAUSE_MS = 30 * 60_000;

/** The context of one question that also knows which hosts were called for it, and what became of that. */
export interface WatchedContext extends AskContext {
  /**
   * Told by a source that goes on to another host after a failure, and so does not throw it. Nothing else
   * could tell the breaker of the first one.
   */
  readonly routeFailed: (error: AppError) => Promise<void>;
}

export interface HostWatch {
  readonly context: WatchedContext;
  /** The question is answered: so have all hosts that were called, but for those that failed. */
  answered(): Promise<void>;
  /** The question has failed with an error, which says something of its own host. */
  failed(error: AppError): Promise<void>;
}

interface Call {
  readonly host: string;
  readonly api: string;
  readonly startedAt: number;
  endedAt: number | undefined;
}

/** Watches the calls of one question, and tells the store what they teach of the hosts. */
export function watchHosts(deps: AppDeps, source: Source, context: AskContext): HostWatch {
  const calls: Call[] = [];
  const failedHosts = new Set<string>();
  const endLast = (): void => {
    const last = calls.at(-1);
    if (last !== undefined) last.endedAt ??= deps.clock.monotonic();
  };
  /** What the gate itself throws is no word of the host. */
  const refusedAtGate = new Set<unknown>();
  /** A failure that a source has stepped around may be what it throws in the end. */
  const told = new Set<AppError>();
  const failed = async (error: AppError): Promise<void> => {
    endLast();
    if (refusedAtGate.has(error) || told.has(error)) return;
    told.add(error);
    const sign = hostSignOf(error.code);
    if (sign === 'nothing') return;
    const host = hostOf(error, calls, source);
    if (sign === 'answered') await noteLimit(deps, host, error);
    else failedHosts.add(host);
    await noteSign(deps, source, host, error);
  };
  return {
    context: {
      ...context,
      async beforeCall(host, api) {
        endLast();
        try {
          await context.beforeCall(host, api);
        } catch (error) {
          refusedAtGate.add(error);
          throw error;
        }
        calls.push({ host, api, startedAt: deps.clock.monotonic(), endedAt: undefined });
      },
      routeFailed: async (error) => (deps.settings.budgets ? failed(error) : undefined),
    },
    async answered() {
      if (!deps.settings.budgets) return;
      endLast();
      const good = calls.filter(({ host }) => !failedHosts.has(host));
      for (const [host, made] of Map.groupBy(good, (call) => call.host)) {
        await deps.store.noteSuccess(host, made.map(timeOf));
      }
    },
    async failed(error) {
      if (deps.settings.budgets) await failed(error);
    },
  };
}

/** An error names its host; one that does not is of the host called last. */
function hostOf(error: AppError, calls: readonly Call[], source: Source): string {
  const named = error.details['host'];
  return typeof named === 'string' ? named : (calls.at(-1)?.host ?? source.hosts[0] ?? source.id);
}

function timeOf(call: Call): CallTime {
  return { api: call.api, ms: (call.endedAt ?? call.startedAt) - call.startedAt };
}

async function noteSign(deps: AppDeps, source: Source, host: string, error: AppError): Promise<void> {
  switch (hostSignOf(error.code)) {
    case 'answered':
      await deps.store.noteSuccess(host);
      return;
    case 'trouble':
      await deps.store.noteFailure(host, error.message, BREAKER_THRESHOLD, BREAKER_PAUSE_MS);
      return;
    case 'banned': {
      const pauseMs = Number(error.details['pauseMs'] ?? BAN_PAUSE_MS);
      await deps.store.openBreaker(host, error.message, pauseMs, isBanForCalls(source.id, error));
      return;
    }
    case 'nothing':
  }
}

/** A limit in the words of the source sets the rule of its window, which is used up now. */
async function noteLimit(deps: AppDeps, host: string, error: AppError): Promise<void> {
  const rule = limitOf(host, error);
  if (rule !== undefined) await deps.store.drainBudget(rule);
}

/** The limit that a source names in its refusal. */
export function limitOf(host: string, error: AppError): BudgetRule | undefined {
  const capacity = Number(error.details['limit'] ?? 0);
  const windowSeconds = Number(error.details['windowSeconds'] ?? 0);
  const api = String(error.details['api'] ?? '*');
  return capacity > 0 && windowSeconds > 0 ? { host, api, windowSeconds, capacity } : undefined;
}
