export * from '../budget/backoff.ts';
export * from '../budget/banLearning.ts';
export * from '../budget/breaker.ts';
export * from '../budget/bucket.ts';
export * from '../budget/callClass.ts';
export { type MinuteCalls } from '../budget/callHistory.ts';
export * from '../budget/forecast.ts';
export * from '../budget/latency.ts';

/** What limits the speed of calls to a source. */
export interface CallBudget {
  /** Calls allowed in any minute; absent where nothing is counted. */
  readonly perMinute?: number;
  /** Milliseconds that one call takes. */
  readonly latencyMs: number;
}

/**
 * How long calls one after the other will take, in milliseconds: their latency, or the wait for minutes
 * in which more calls are allowed. A minute's calls may go out at once, so the last batch counts by its
 * latency only.
 * @example estimateMs(500, { perMinute: 200, latencyMs: 100 }) // 130_000
 */
export function estimateMs(calls: number, budget: CallBudget): number {
  if (calls <= 0) return 0;
  const spoken = calls * budget.latencyMs;
  if (budget.perMinute === undefined) return spoken;
  const fullMinutes = Math.ceil(calls / budget.perMinute) - 1;
  return Math.max(spoken, fullMinutes * 60_000 + (calls - fullMinutes * budget.perMinute) * budget.latencyMs);
}
