import { isAppError, toAppError, type AppError, type ErrorCode } from '@tapekeeper/core';

/** One way to an answer. */
export type Route<T> = () => Promise<T>;

/**
 * Failures that are those of a host or of an interface, so that another one may well answer. What cannot
 * be read is not among them: it is asked for again, and the breaker leaves the host alone if it goes on.
 * By how much they say: the higher, the more.
 */
const WEIGHT: Partial<Record<ErrorCode, number>> = {
  transport: 1,
  timeout: 1,
  empty: 1,
  upstream_refused: 2,
  rate_limited: 3,
  quota_exhausted: 3,
  breaker_open: 4,
  banned: 5,
};

/**
 * The first answer of several routes in their order. The failure of a host is told to `routeFailed` before
 * the next one is asked, so that nobody else calls a host that has just shut its door; where all fail, the
 * one that says most is thrown, and among equals the last.
 */
export async function firstAnswer<T>(
  routes: readonly Route<T>[],
  routeFailed: (error: AppError) => Promise<void>,
): Promise<T> {
  const failures: AppError[] = [];
  for (const route of routes) {
    try {
      return await route();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (WEIGHT[error.code] === undefined) throw error;
      failures.push(error);
      // an open breaker is no news to whoever keeps it
      if (!isAppError(error, 'breaker_open')) await routeFailed(error);
    }
  }
  if (failures.length === 0) throw new RangeError('a question without a route');
  throw failures.reduce(heavier);
}

function heavier(one: AppError, other: AppError): AppError {
  return (WEIGHT[one.code] ?? 0) > (WEIGHT[other.code] ?? 0) ? one : other;
}
