import type { Breaker, Bucket, CallClass, Instant, Latency, SourceId } from '@tapekeeper/core';
import type { WorkerId } from './runStore.ts';

export interface SourceRight {
  readonly source: SourceId;
  readonly api: string;
  readonly allowed: boolean;
  readonly detail: string | null;
  readonly checkedAt: Instant;
}

/**
 * Rules of one host's budget: at most `capacity` calls of an interface (`*` all) in a window. The window
 * of 86,400 seconds is the calendar day of Shanghai, since quotas end at its midnight; others slide.
 */
export interface BudgetRule {
  readonly host: string;
  readonly api: string;
  readonly windowSeconds: number;
  readonly capacity: number;
}

/** A budget with what is left of it. */
export interface Budget extends Bucket {
  readonly api: string;
  /** By the settings, or by what the host has said or by its bans. */
  readonly origin: 'configured' | 'learned';
}

export type CallPermit =
  | { readonly kind: 'granted' }
  /** A bucket is empty, or another caller tries the host: try again after the wait. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'open'; readonly until: Instant; readonly reason: string };

/** How long one answered call of an interface took. */
export interface CallTime {
  readonly api: string;
  readonly ms: number;
}

/** Everything that decides when a call to a host may go out, and how long it will take. */
export interface HostFacts {
  readonly host: string;
  /** The database's time of these facts. */
  readonly now: Instant;
  readonly breaker: Breaker;
  readonly budgets: readonly Budget[];
  readonly latencies: readonly (Latency & { readonly api: string })[];
}

/** Rights, budgets, breakers and leases of the upstreams, shared by all processes. */
export interface SourceStore {
  /** What is known of rights; a refusal is forgotten after a day. */
  rights(): Promise<readonly SourceRight[]>;
  saveRight(right: { source: SourceId; api: string; allowed: boolean; detail: string | null }): Promise<void>;
  /** Sets what is configured. What a rule has spent stays spent, and what was learned stays beside it. */
  setBudgets(rules: readonly BudgetRule[]): Promise<void>;
  /**
   * Takes one call from every bucket that counts it, or tells how long to wait; `live` if no class is
   * given. After the pause of a breaker the first call granted is the probe.
   */
  takeCall(host: string, api: string, callClass?: CallClass): Promise<CallPermit>;
  /** Learns the size of a window from the words of the source, which say that it is used up now. */
  drainBudget(rule: BudgetRule): Promise<void>;
  /** Closes the breaker of a host that has answered, and keeps how long its calls took. */
  noteSuccess(host: string, calls?: readonly CallTime[]): Promise<void>;
  /** Counts a failure; opens the breaker at `threshold` in a row, for a pause that doubles with each opening. */
  noteFailure(host: string, reason: string, threshold: number, pauseMs: number): Promise<void>;
  /**
   * Opens the breaker for a ban, and gives the time until when. Where `teaches` (the default), a ban that
   * comes while it is closed sets a ceiling below the calls that brought it.
   */
  openBreaker(host: string, reason: string, pauseMs: number, teaches?: boolean): Promise<Instant>;
  /** True when the worker holds the single connection of the source (again); false while another live one does. */
  takeLease(source: SourceId, worker: WorkerId): Promise<boolean>;
  releaseLease(source: SourceId, worker: WorkerId): Promise<void>;
  leaseWanted(source: SourceId, worker: WorkerId): Promise<boolean>;
}

/** How often a host may be asked: by the settings, and by people, whose word stands in for that of the settings. */
export interface HostBudgets {
  readonly host: string;
  readonly configured: readonly Omit<BudgetRule, 'host'>[];
  readonly chosen: readonly Omit<BudgetRule, 'host'>[];
  /** Grows when people choose; 0 where they never have. */
  readonly version: number;
  readonly author: string | null;
  readonly setAt: Instant | null;
}

/** What people choose for a host, having seen a version. */
export interface BudgetChoice {
  readonly rules: readonly Omit<BudgetRule, 'host'>[];
  readonly version: number;
  readonly author: string;
}

/** Whether and how often people let hosts be asked. */
export interface HostBudgetStore {
  /** Of every host that has rules, by name. */
  hostBudgets(): Promise<readonly HostBudgets[]>;
  /** Puts the choice in the place of the former one, and in force. Raises `budgets_changed` for another version. */
  chooseBudgets(host: string, choice: BudgetChoice): Promise<void>;
  /** Closes the breaker of a host, whatever it was opened for. */
  closeBreaker(host: string): Promise<void>;
}

/** What is known of the limits of hosts. */
export interface HostStore {
  /** A host that was never called has a closed breaker and nothing else. */
  hostFacts(host: string): Promise<HostFacts>;
  /** Forgets the learned ceilings of a host and the bans behind them; returns how many ceilings. */
  forgetLearned(host: string): Promise<number>;
}
