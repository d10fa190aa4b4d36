import { AppError, type Instant } from '@tapekeeper/core';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { Actor, Interleaving } from './interleaving.ts';

/** The clock of one process: it may be wrong by any time, and jump; what has gone by it knows exactly. */
export function createVirtualClock(
  interleaving: Interleaving,
  actor: Actor,
  start: Instant,
  skewMs: () => number,
): Clock {
  return {
    now: () => start + Math.floor(interleaving.elapsed()) + skewMs(),
    monotonic: () => interleaving.elapsed(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(new AppError('interrupted'));
          return;
        }
        const stop = (): void => {
          takeBack();
          reject(new AppError('interrupted'));
        };
        const takeBack = interleaving.after(actor, 'sleep', ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}
