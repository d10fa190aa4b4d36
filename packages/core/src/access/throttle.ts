/** How failures slow down further tries. */
export interface ThrottleRule {
  /** Tries that cost no wait. */
  readonly free: number;
  /** Wait after the first try that is not free; it doubles with each further one. */
  readonly firstMs: number;
  /** No wait is longer: nobody can shut another person out for good. */
  readonly longestMs: number;
  /** Without a try for so long, all is forgotten. */
  readonly forgetMs: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * An account may be tried five times, then after 1, 2, 4 … 120 seconds: at most 41 tries in the first hour and
 * 30 in each later one. An address may be shared by an office, and the installation is shared by all.
 */
export const LOGIN_RULES = Object.freeze({
  account: { free: 5, firstMs: 1_000, longestMs: 120_000, forgetMs: DAY_MS },
  address: { free: 20, firstMs: 1_000, longestMs: 120_000, forgetMs: DAY_MS },
  installation: { free: 100, firstMs: 250, longestMs: 2_000, forgetMs: HOUR_MS },
} as const satisfies Readonly<Record<string, ThrottleRule>>);

/**
 * How long the next try has to wait after so many, all of them failures.
 * @example waitAfter(6, LOGIN_RULES.account) // 2000
 */
export function waitAfter(tries: number, { free, firstMs, longestMs }: ThrottleRule): number {
  if (tries < free) return 0;
  return Math.min(longestMs, firstMs * 2 ** Math.min(tries - free, 40));
}
