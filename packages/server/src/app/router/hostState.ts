import { levelAt, type Instant } from '@tapekeeper/core';
import type { HostFacts } from '../../ports/sourceStore.ts';

/** The breaker and the budgets of one host, as people read them. */
export interface HostState {
  readonly host: string;
  readonly state: 'up' | 'degraded' | 'open';
  readonly failures: number;
  readonly openUntil: Instant | null;
  readonly reason: string | null;
  readonly budgets: readonly {
    readonly api: string;
    readonly windowSeconds: number;
    readonly capacity: number;
    /** Calls that may be made now. */
    readonly left: number;
    readonly origin: 'configured' | 'learned';
  }[];
}

export function hostStateOf({ host, now, breaker, budgets }: HostFacts): HostState {
  const { failures, openUntil, reason } = breaker;
  const isOpen = openUntil !== null && openUntil > now;
  return {
    host,
    state: isOpen ? 'open' : failures > 0 ? 'degraded' : 'up',
    failures,
    openUntil: isOpen ? openUntil : null,
    reason: reason === '' ? null : reason,
    budgets: budgets.map((budget) => ({
      api: budget.api,
      windowSeconds: budget.windowSeconds,
      capacity: budget.capacity,
      left: Math.max(0, Math.floor(levelAt(budget, now))),
      origin: budget.origin,
    })),
  };
}
