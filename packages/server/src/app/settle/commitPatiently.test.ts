import { AppError } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import type { AppDeps } from '../deps.ts';
import { commitPatiently } from './commitPatiently.ts';

const WRITTEN = { inserted: 1, updated: 0, unchanged: 0 };
const BUSY = new AppError('database_busy', { state: '57014', message: 'too slow.' });
const CLAIM = { runId: 1, shardNo: 1, fence: 1 } as never;

/** A database that fails with these errors, one after the other, and then does as told. */
function stand(errors: readonly Error[]) {
  const pauses: number[] = [];
  let calls = 0;
  const deps = {
    store: {
      commitItems: async () => {
        const error = errors[calls++];
        if (error !== undefined) throw error;
        return WRITTEN;
      },
    },
    clock: { sleep: async (ms: number) => void pauses.push(ms) },
    log: { warn: () => {} },
  } as unknown as AppDeps;
  const stopping = new AbortController();
  const commit = () => commitPatiently({ deps, claim: CLAIM, signal: stopping.signal }, []);
  return { commit, pauses, calls: () => calls, stop: () => stopping.abort() };
}

it('writes once where the database takes it', async () => {
  const { commit, calls, pauses } = stand([]);
  expect(await commit()).toBe(WRITTEN);
  expect([calls(), pauses]).toEqual([1, []]);
});

it('waits two seconds, and then four', async () => {
  const { commit, calls, pauses } = stand([
    BUSY,
    new AppError('database_unreachable', { host: 'h', message: 'gone.' }),
  ]);
  expect(await commit()).toBe(WRITTEN);
  expect([calls(), pauses]).toEqual([3, [2000, 4000]]);
});

it('gives up after the third time', async () => {
  const { commit, calls, pauses } = stand([BUSY, BUSY, BUSY, BUSY]);
  await expect(commit()).rejects.toBe(BUSY);
  expect([calls(), pauses]).toEqual([3, [2000, 4000]]);
});

it('tries nothing again that would fail again', async () => {
  const lost = new AppError('lease_lost', { run: 1, shard: 1 });
  const { commit, calls } = stand([lost]);
  await expect(commit()).rejects.toBe(lost);
  expect(calls()).toBe(1);
});

it('does not wait while it is to stop', async () => {
  const { commit, calls, pauses, stop } = stand([BUSY]);
  stop();
  await expect(commit()).rejects.toBe(BUSY);
  expect([calls(), pauses]).toEqual([1, []]);
});
