import { isAppError } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** A long-lived part of the program: stop is idempotent, and start after stop is allowed. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A service that does one thing again and again; a failing turn is logged and the next one comes. */
export function loopService(options: {
  readonly name: string;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Returns true to be called again at once, or after how many milliseconds where that is sooner. */
  readonly turn: () => Promise<boolean | number>;
}): Service {
  let stopping: AbortController | undefined;
  let loop: Promise<void> = Promise.resolve();

  const go = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      let again: boolean | number = false;
      try {
        again = await options.turn();
      } catch (error) {
        options.log.error({ loop: options.name, err: error }, 'a turn of the loop failed');
      }
      if (again === true) continue;
      const pauseMs = again === false ? options.everyMs : Math.min(again, options.everyMs);
      try {
        await options.clock.sleep(pauseMs, signal);
      } catch (error) {
        if (!isAppError(error, 'interrupted')) throw error;
      }
    }
  };

  return {
    async start() {
      if (stopping) return;
      const { signal } = (stopping = new AbortController());
      // The last turn from before a stop may still be under way.
      loop = loop.then(() => go(signal));
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await loop;
    },
  };
}
