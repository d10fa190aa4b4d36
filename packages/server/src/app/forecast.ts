import {
  budgetShare,
  forecastMs,
  type BudgetShare,
  type CallClass,
  type Capability,
  type SourceId,
} from '@tapekeeper/core';
import type { Budget, HostFacts, HostStore } from '../ports/sourceStore.ts';
import type { AppDeps } from './deps.ts';
import { hasRight } from './rights.ts';

/** Latency that is counted for one call, until the host's own history is known. */
const CALL_LATENCY_MS = 300;

/** Calls in flight at a time towards a source that takes several. */
const PARALLEL_CALLS = 2;

/** What a plan will cost. */
export interface Forecast {
  readonly calls: number;
  readonly durationMs: number;
  /** Parts of the ceilings of a minute, an hour and a day that the plan takes. */
  readonly share: BudgetShare;
  /** Interfaces that the source is known to refuse to this token. */
  readonly lackingRights: readonly string[];
}

export type ForecastDeps = Omit<AppDeps, 'store'> & {
  readonly store: Pick<AppDeps['store'], 'rights'> & HostStore;
};

/**
 * What so many calls of a capability will cost from now on: by the budgets with what is left of them,
 * what was learned of the host, how long its calls take, and how many may be in flight.
 */
export async function forecast(
  deps: ForecastDeps,
  source: SourceId,
  capability: Capability,
  calls: number,
  callClass: CallClass = 'live',
): Promise<Forecast> {
  const asked = deps.sources.get(source);
  const host = capability.host ?? asked?.hosts[0] ?? source;
  const [facts, rights] = await Promise.all([deps.store.hostFacts(host), deps.store.rights()]);
  const buckets = deps.settings.budgets ? countingCalls(facts.budgets, capability.api) : [];
  const { now, breaker } = facts;
  return {
    calls,
    durationMs: Math.round(
      forecastMs(calls, {
        now,
        buckets,
        callClass,
        latencyMs: latencyOf(facts, capability.api),
        lanes: asked?.singleConnection ? 1 : PARALLEL_CALLS,
        openUntil: deps.settings.budgets ? breaker.openUntil : null,
      }),
    ),
    share: budgetShare(calls, buckets),
    lackingRights: hasRight(rights, source, capability.api) ? [] : [capability.api],
  };
}

function countingCalls(budgets: readonly Budget[], api: string): readonly Budget[] {
  return budgets.filter((budget) => budget.api === '*' || budget.api === api);
}

/** The interface's own mean or, before its first call, that of the host's others. */
function latencyOf({ latencies }: HostFacts, api: string): number {
  const own = latencies.find((one) => one.api === api);
  if (own !== undefined) return own.meanMs;
  const calls = latencies.reduce((sum, one) => sum + one.calls, 0);
  if (calls === 0) return CALL_LATENCY_MS;
  return latencies.reduce((sum, one) => sum + one.meanMs * one.calls, 0) / calls;
}
