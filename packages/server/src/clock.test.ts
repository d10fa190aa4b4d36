import { isAppError } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('wakes after the time, as the monotonic clock counts it', async () => {
  const start = systemClock.monotonic();
  await systemClock.sleep(20);
  expect(systemClock.monotonic() - start).toBeGreaterThanOrEqual(19);
});

test('wakes with "interrupted" when the signal aborts, and at once when it has aborted before', async () => {
  const abort = new AbortController();
  const slept = systemClock.sleep(3_600_000, abort.signal).catch((error: unknown) => error);
  abort.abort();
  expect(isAppError(await slept, 'interrupted')).toBe(true);
  await expect(systemClock.sleep(3_600_000, abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
});

test('leaves no listener behind on the signal of a sleep that ended', async () => {
  const abort = new AbortController();
  let listeners = 0;
  const { signal } = abort;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...rest: Parameters<typeof add>) => {
    listeners += 1;
    add(...rest);
  };
  signal.removeEventListener = (...rest: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...rest);
  };
  await systemClock.sleep(1, signal);
  expect(listeners).toBe(0);
});
