import { AppError } from '@tapekeeper/core';
import type { Clock } from './ports/clock.ts';

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
