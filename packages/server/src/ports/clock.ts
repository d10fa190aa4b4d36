import type { Instant } from '@tapekeeper/core';

/** The only giver of time to the program; the database's clock decides leases and due times. */
export interface Clock {
  /** Wall time. */
  now(): Instant;
  /** Milliseconds that only grow, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after the time, or rejects with `interrupted` when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
