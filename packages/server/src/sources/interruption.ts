import { AppError } from '@tapekeeper/core';

/** Throws `interrupted` when the signal has been aborted. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('interrupted');
}

/**
 * The promise, or `interrupted` as soon as the signal aborts. The promise itself goes on unheard: only
 * for waits that hold nothing (a budget, a turn), never for a socket.
 */
export async function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfInterrupted(signal);
  const { promise: interruption, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new AppError('interrupted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, interruption]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
