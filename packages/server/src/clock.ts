import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AppError } from '@tapekeeper/core';
import type { Clock } from './ports/clock.ts';
import type { LoopDelay } from './ports/metrics.ts';

/** The clock of the machine: the only reader of the time in the server. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new AppError('interrupted'));
      const stop = () => {
        clearTimeout(timer);
        reject(new AppError('interrupted'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

const NANOSECONDS = 1e6;
const RESOLUTION_MS = 20;

/** Watches how late timers of this process are from now on; that costs a timer, and keeps no process from ending. */
export function watchEventLoop(): LoopDelay {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return {
    // without a sample there is nothing to say
    meanMs: () => (Number.isNaN(delays.mean) ? 0 : Math.max(0, delays.mean / NANOSECONDS - RESOLUTION_MS)),
    reset: () => delays.reset(),
  };
}
