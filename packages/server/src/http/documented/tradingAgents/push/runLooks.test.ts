import { describe, expect, it } from 'vitest';
import type { RunView } from '../../../../ports/viewStore.ts';
import { RunLooks } from './runLooks.ts';

/** A store that counts how often each run was read, and fails where it is told to. */
function countingStore() {
  const reads: number[] = [];
  return {
    reads,
    isBroken: false,
    async run(id: number): Promise<RunView | undefined> {
      reads.push(id);
      if (this.isBroken) throw new Error('broken');
      return undefined;
    },
  };
}

describe('looks at runs', () => {
  it('are shared by all who have heard of the same event, or of an earlier one', async () => {
    const store = countingStore();
    const looks = new RunLooks(store);
    await Promise.all([looks.at(1, 7), looks.at(1, 7), looks.at(1, 5), looks.at(2, 7)]);
    expect(store.reads).toEqual([1, 2]);
  });

  it('are made anew for a later event, and for whoever has just come', async () => {
    const store = countingStore();
    const looks = new RunLooks(store);
    await looks.at(1, 7);
    await looks.at(1, 8);
    await looks.now(1);
    expect(store.reads).toEqual([1, 1, 1]);
  });

  it('that failed are forgotten', async () => {
    const store = countingStore();
    const looks = new RunLooks(store);
    store.isBroken = true;
    await expect(looks.at(1, 7)).rejects.toThrow('broken');
    store.isBroken = false;
    await looks.at(1, 7);
    expect(store.reads).toEqual([1, 1]);
  });

  it('are kept of the runs looked at last', async () => {
    const store = countingStore();
    const looks = new RunLooks(store);
    for (let id = 1; id <= 201; id++) await looks.at(id, 1);
    store.reads.length = 0;
    await looks.at(201, 1);
    await looks.at(1, 1);
    expect(store.reads).toEqual([1]);
  });
});
