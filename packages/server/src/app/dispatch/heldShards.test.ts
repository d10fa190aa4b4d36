import { isAppError } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import type { ShardClaim } from '../../ports/runStore.ts';
import { createHeldShards } from './heldShards.ts';

const claim = (runId: number, shardNo = 0): ShardClaim => ({
  runId,
  shardNo,
  kind: 'fetch',
  round: 0,
  source: 'tushare',
  troubles: 0,
  fence: 1,
  workerId: 1,
});

it('ends the work on the shards that are told, and on no others', () => {
  const held = createHeldShards();
  const never = new AbortController().signal;
  const [one, other] = [held.hold(claim(1), never), held.hold(claim(2), never)];
  held.tell([
    { runId: 1, shardNo: 0, fence: 1, what: 'stop' },
    { runId: 2, shardNo: 1, fence: 1, what: 'pause' },
  ]);
  expect([one.told(), one.signal.aborted]).toEqual(['stop', true]);
  expect(isAppError(one.signal.reason, 'interrupted')).toBe(true);
  expect([other.told(), other.signal.aborted]).toEqual([undefined, false]);
});

it('takes what is told of a former claim for nothing', () => {
  const held = createHeldShards();
  const one = held.hold({ ...claim(1), fence: 2 }, new AbortController().signal);
  held.tell([{ runId: 1, shardNo: 0, fence: 1, what: 'lost' }]);
  expect([one.told(), one.signal.aborted]).toEqual([undefined, false]);
});

it('keeps to what was told first', () => {
  const held = createHeldShards();
  const one = held.hold(claim(1), new AbortController().signal);
  held.tell([{ runId: 1, shardNo: 0, fence: 1, what: 'pause' }]);
  held.tell([{ runId: 1, shardNo: 0, fence: 1, what: 'lost' }]);
  expect(one.told()).toBe('pause');
});

it('ends all work when the worker stops, which is told of no run', () => {
  const held = createHeldShards();
  const stopping = new AbortController();
  const one = held.hold(claim(1), stopping.signal);
  stopping.abort();
  expect([one.signal.aborted, one.told()]).toEqual([true, undefined]);
});

it('knows a shard only while it is held', () => {
  const held = createHeldShards();
  const one = held.hold(claim(1), new AbortController().signal);
  expect(held.claims()).toEqual([claim(1)]);
  one.letGo();
  held.tell([{ runId: 1, shardNo: 0, fence: 1, what: 'stop' }]);
  expect([held.claims(), one.signal.aborted]).toEqual([[], false]);
});
