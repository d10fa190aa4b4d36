import { expect, it } from 'vitest';
import { slotsOf } from './slots.ts';

it('keeps one slot for live work, which all others take as well', () => {
  expect(slotsOf(4)).toEqual([
    { tasks: ['live_shard', 'shard'], slots: 3 },
    { tasks: ['live_shard'], slots: 1 },
  ]);
});

it('keeps none where there is only one', () => {
  expect(slotsOf(1)).toEqual([{ tasks: ['live_shard', 'shard'], slots: 1 }]);
});

it('has as many slots as it may work on dispatches', () => {
  for (let concurrency = 1; concurrency <= 32; concurrency++) {
    expect(slotsOf(concurrency).reduce((sum, { slots }) => sum + slots, 0)).toBe(concurrency);
  }
});
