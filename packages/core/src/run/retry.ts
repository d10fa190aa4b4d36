import { backoffMs } from '../budget/backoff.ts';
import { ERRORS, type ErrorCode } from '../error/codes.ts';

/** How often something is tried, and with what pauses in between. */
export interface RetryRule {
  /** Tries in all, the first one counted. */
  readonly attempts: number;
  /** The first pause; each further one is twice as long, with up to a half on top. */
  readonly firstMs: number;
  /** No pause is longer. */
  readonly longestMs: number;
}

/** Errors that say something of the question or of a right: no later try of the same can do better. */
export function isPermanent(code: ErrorCode): boolean {
  const { retry, status } = ERRORS[code];
  return retry === 'never' && status < 500;
}

/**
 * The pause before another try after so many failures; null where there is to be none. The key names what
 * is tried: the same failure of the same thing always waits as long.
 * @example retryPauseMs({ attempts: 3, firstMs: 1000, longestMs: 60_000 }, 2, 'timeout', 'run 7, item 3') // 2000 to 3000
 */
export function retryPauseMs(rule: RetryRule, failures: number, code: ErrorCode, key: string): number | null {
  if (isPermanent(code) || failures >= rule.attempts) return null;
  return Math.min(rule.longestMs, backoffMs(rule.firstMs, failures, key));
}
