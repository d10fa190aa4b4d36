import { AppError, toAppError, type SourceId } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';

/** How long one exchange with an upstream may take, in milliseconds. */
export interface Deadlines {
  /** Until the connection stands, name resolution and TLS included. */
  readonly connectMs: number;
  /** Longest silence of the other side after that. */
  readonly idleMs: number;
  /** The whole exchange, however steadily something trickles in. */
  readonly totalMs: number;
}

/** Slow answers of both upstreams take up to half a minute before the first byte. */
export const DEADLINES: Deadlines = { connectMs: 10_000, idleMs: 30_000, totalMs: 60_000 };

/** Whom an exchange is with, as errors name it. */
export interface Upstream {
  readonly source: SourceId;
  readonly host: string;
}

/** The guard of one exchange. Stopping it twice is allowed. */
export interface Watch {
  connected(): void;
  /** Something came in: the silence starts anew. */
  heard(): void;
  stop(): void;
}

type Phase = 'connect' | 'idle' | 'total';

/**
 * Watches one exchange and calls `end` once with `timeout` (phase connect, idle or total) or
 * `interrupted`, unless stopped before. Whoever starts it destroys the connection in `end`.
 */
export function startWatch(
  clock: Clock,
  upstream: Upstream,
  deadlines: Deadlines,
  signal: AbortSignal,
  end: (error: AppError) => void,
): Watch {
  const startedAt = clock.monotonic();
  let heardAt: number | undefined;
  let over = false;
  let nap = new AbortController();

  const finish = (error?: AppError): void => {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', onAbort);
    nap.abort();
    if (error) end(error);
  };
  const onAbort = () => finish(new AppError('interrupted'));

  const nextDeadline = (): { phase: Phase; allowedMs: number; at: number } => {
    const total = {
      phase: 'total' as const,
      allowedMs: deadlines.totalMs,
      at: startedAt + deadlines.totalMs,
    };
    const silence =
      heardAt === undefined
        ? { phase: 'connect' as const, allowedMs: deadlines.connectMs, at: startedAt + deadlines.connectMs }
        : { phase: 'idle' as const, allowedMs: deadlines.idleMs, at: heardAt + deadlines.idleMs };
    return silence.at < total.at ? silence : total;
  };

  const keepWatch = async (): Promise<void> => {
    while (!over) {
      const { phase, allowedMs, at } = nextDeadline();
      const leftMs = at - clock.monotonic();
      if (leftMs <= 0)
        return finish(new AppError('timeout', { ...upstream, phase, seconds: allowedMs / 1000 }));
      const current = (nap = new AbortController());
      try {
        await clock.sleep(leftMs, current.signal);
      } catch (error) {
        if (!current.signal.aborted) return finish(toAppError(error));
      }
    }
  };

  signal.addEventListener('abort', onAbort, { once: true });
  // Not within this call: the caller must have the watch in hand before `end` can come.
  queueMicrotask(() => void keepWatch());
  return {
    connected() {
      heardAt = clock.monotonic();
      // The silence may end sooner than the deadline slept for.
      nap.abort();
    },
    heard() {
      heardAt = clock.monotonic();
    },
    stop: () => finish(),
  };
}
