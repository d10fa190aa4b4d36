import type { RunState } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import type { AppDeps } from '../deps.ts';
import { awaitRun } from './awaitRun.ts';

/** A run that has ended after so many looks. */
function stand(looks: number) {
  const pauses: number[] = [];
  let seen = 0;
  const deps = {
    store: { run: async () => ({ id: 7, state: (++seen > looks ? 'success' : 'running') as RunState }) },
    clock: { sleep: async (ms: number) => void pauses.push(ms) },
  } as unknown as AppDeps;
  return { deps, pauses, looks: () => seen };
}

it('does not wait for what is over', async () => {
  const { deps, pauses } = stand(0);
  expect((await awaitRun(deps, 7, 10_000)).state).toBe('success');
  expect(pauses).toEqual([]);
});

it('looks again until it is over', async () => {
  const { deps, pauses } = stand(3);
  expect((await awaitRun(deps, 7, 10_000)).state).toBe('success');
  expect(pauses).toEqual([250, 250, 250]);
});

it('waits no longer than it may, and looks less often with time', async () => {
  const { deps, pauses, looks } = stand(Infinity);
  expect((await awaitRun(deps, 7, 10_000)).state).toBe('running');
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(10_000);
  expect(Math.max(...pauses)).toBe(1_000);
  expect(looks()).toBeLessThan(25);
});
