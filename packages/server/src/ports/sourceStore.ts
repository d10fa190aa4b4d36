import type { Instant, SourceId } from '@tapekeeper/core';
import type { WorkerId } from './runStore.ts';

export interface SourceRight {
  readonly source: SourceId;
  readonly api: string;
  readonly allowed: boolean;
  readonly detail: string | null;
  readonly checkedAt: Instant;
}

/** Rules of one host's budget: at most `capacity` calls of an interface (`*` all) in a window. */
export interface BudgetRule {
  readonly host: string;
  readonly api: string;
  readonly windowSeconds: number;
  readonly capacity: number;
}

export type CallPermit =
  | { readonly kind: 'granted' }
  /** The bucket is empty: try again after the wait. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'open'; readonly until: Instant; readonly reason: string };

/** Rights, budgets, breakers and leases of the upstreams, shared by all processes. */
export interface SourceStore {
  rights(): Promise<readonly SourceRight[]>;
  saveRight(right: { source: SourceId; api: string; allowed: boolean; detail: string | null }): Promise<void>;
  setBudgets(rules: readonly BudgetRule[]): Promise<void>;
  /** Takes one call from every bucket that counts it, or tells how long to wait. */
  takeCall(host: string, api: string): Promise<CallPermit>;
  /** Empties a bucket after the source said that its window is used up, and learns its size. */
  drainBudget(rule: BudgetRule): Promise<void>;
  noteSuccess(host: string): Promise<void>;
  /** Counts a failure; opens the breaker at `threshold` in a row, for a pause that doubles with each opening. */
  noteFailure(host: string, reason: string, threshold: number, pauseMs: number): Promise<void>;
  openBreaker(host: string, reason: string, pauseMs: number): Promise<Instant>;
  /** True when the worker holds the single connection of the source (again); false while another live one does. */
  takeLease(source: SourceId, worker: WorkerId): Promise<boolean>;
  releaseLease(source: SourceId, worker: WorkerId): Promise<void>;
  leaseWanted(source: SourceId, worker: WorkerId): Promise<boolean>;
}
