import type { Clock } from '../ports/clock.ts';

export interface Limits {
  readonly totalMs: number;
  /** Longest silence of the other side. */
  readonly idleMs: number;
}

/** Watches one call: whoever hears something says so, and `over` is called once when that takes too long. */
export interface Watch {
  heard(): void;
  stop(): void;
}

export function startWatch(clock: Clock, limits: Limits, over: (what: string) => void): Watch {
  const stopping = new AbortController();
  const startedAt = clock.monotonic();
  let heardAt = startedAt;

  const watch = async (): Promise<void> => {
    for (;;) {
      const now = clock.monotonic();
      const totalLeft = startedAt + limits.totalMs - now;
      const idleLeft = heardAt + limits.idleMs - now;
      if (totalLeft <= 0) return over(`it took longer than ${limits.totalMs / 1000} s.`);
      if (idleLeft <= 0) return over(`it said nothing for ${limits.idleMs / 1000} s.`);
      await clock.sleep(Math.min(totalLeft, idleLeft), stopping.signal);
    }
  };
  // only the stop interrupts the sleep
  watch().catch(() => {});
  return { heard: () => void (heardAt = clock.monotonic()), stop: () => stopping.abort() };
}
