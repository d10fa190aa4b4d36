import { AppError } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { createLiveSecret } from './liveSecret.ts';

const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };

it('is what the box said last, also while the box does not answer, which is said once', async () => {
  let answer: () => string | undefined = () => undefined;
  const warnings: object[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) };
  const live = createLiveSecret({
    secrets: { read: async () => answer() },
    name: 'source:tushare',
    clock,
    log,
  });
  expect(live.read()).toBeUndefined();
  answer = () => 'first';
  await live.refresh();
  expect(live.read()).toBe('first');
  answer = () => {
    throw new AppError('database_unreachable', {});
  };
  await live.refresh();
  await live.refresh();
  expect([live.read(), warnings.length]).toEqual(['first', 1]);
  answer = () => 'second';
  await live.refresh();
  expect(live.read()).toBe('second');
});
