import { isAppError } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { loopService, type Service } from '../loop.ts';

export interface DeadmanOptions {
  readonly deps: Pick<AppDeps, 'store' | 'clock' | 'log'>;
  /** When the scheduler of this process ended its last turn, by the monotonic clock. */
  readonly lastTurnAt: () => number | undefined;
  readonly ping: (signal: AbortSignal) => Promise<void>;
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;
/** A scheduler whose last turn is older does not turn. */
const TURNS_WITHIN_MS = 30_000;
/** First pings wait for a scheduler that has only just been started. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Tells somebody outside that this installation lives, each minute as long as its scheduler turns and its database
 * answers. Who is no longer told raises the alarm that a dead program cannot raise.
 */
export function createDeadman({ deps, lastTurnAt, ping, everyMs = EVERY_MS }: DeadmanOptions): Service {
  let stopping = new AbortController();
  let failing = false;
  let pinged = false;

  const loop = loopService({
    name: 'dead man switch',
    everyMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      const at = lastTurnAt();
      if (at === undefined || deps.clock.monotonic() - at > TURNS_WITHIN_MS)
        return pinged ? false : Math.min(LOOK_AGAIN_MS, everyMs);
      await deps.store.ping();
      pinged = true;
      try {
        await ping(stopping.signal);
        failing = false;
      } catch (error) {
        if (!isAppError(error)) throw error;
        // the same trouble is said once, not every minute
        if (!failing && !stopping.signal.aborted)
          deps.log.warn({ err: error }, 'whoever watches over this installation was not reached');
        failing = true;
      }
      return false;
    },
  });

  return {
    async start() {
      if (stopping.signal.aborted) stopping = new AbortController();
      await loop.start();
    },
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
