import { AppError, type Instant } from '@tapekeeper/core';
import type { Upstream } from './watch.ts';

/** `banned`, with the time until which the source is to be left alone, and `pauseMs` for the breaker. */
export function bannedError(upstream: Upstream, message: string, now: Instant, pauseMs: number): AppError {
  return new AppError('banned', {
    ...upstream,
    message,
    until: new Date(now + pauseMs).toISOString(),
    pauseMs,
  });
}
