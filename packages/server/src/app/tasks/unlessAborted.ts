import { AppError } from '@tapekeeper/core';

/**
 * What the work gives, or `interrupted` as soon as the signal aborts: for short work that cannot be told
 * to stop and may end by itself unheard.
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(new AppError('interrupted'));
  work.catch(() => {});
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
