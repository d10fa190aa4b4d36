import { describe, expect, it } from 'vitest';
import type { AppDeps } from './deps.ts';
import { createSingleConnections, type SingleConnections } from './singleConnections.ts';

/** A lease as the database keeps it, and a connection; what happens to them is written down in order. */
function stand(options: { wanted?: boolean; takes?: boolean } = {}) {
  const happened: string[] = [];
  const lease = { holder: undefined as number | undefined, wanted: options.wanted ?? false };
  let closing: Promise<void> = Promise.resolve();
  const deps = {
    sources: new Map([['baostock', { close: () => (happened.push('close'), closing) }]]),
    store: {
      takeLease: async (_: string, worker: number) => {
        if (options.takes === false) return false;
        lease.holder = worker;
        happened.push('take');
        return true;
      },
      leaseWanted: async (_: string, worker: number) => lease.holder === worker && lease.wanted,
      releaseLease: async () => {
        lease.holder = undefined;
        happened.push('release');
      },
    },
  } as unknown as AppDeps;
  const connections: SingleConnections = createSingleConnections(deps, () => 7);
  const slowClose = (): (() => void) => {
    let end = (): void => {};
    closing = new Promise((resolve) => (end = resolve));
    return end;
  };
  return { connections, lease, happened, slowClose, deps };
}

describe('a single connection', () => {
  it('is kept between dispatches while nobody else wants it', async () => {
    const { connections, happened, lease } = stand();
    await connections.enter('baostock');
    await connections.leave('baostock');
    await connections.giveUpWanted();
    expect([happened, lease.holder]).toEqual([['take'], 7]);
  });

  it('is closed before its lease goes, when another wants it and nobody here uses it', async () => {
    const { connections, happened, lease } = stand();
    await connections.enter('baostock');
    await connections.enter('baostock');
    lease.wanted = true;
    expect(await connections.enter('baostock')).toBe(false);
    await connections.leave('baostock');
    await connections.giveUpWanted();
    expect(happened).toEqual(['take', 'take']);
    await connections.leave('baostock');
    expect([happened, lease.holder]).toEqual([['take', 'take', 'close', 'release'], undefined]);
    await connections.giveUpWanted();
    expect(happened).toHaveLength(4);
  });

  it('is entered by nobody while it is being closed', async () => {
    const { connections, happened, lease, slowClose } = stand({ wanted: true });
    await connections.enter('baostock');
    const closed = slowClose();
    const left = connections.leave('baostock');
    const entered = connections.enter('baostock');
    const swept = connections.giveUpWanted();
    await Promise.resolve();
    closed();
    await Promise.all([left, swept]);
    expect(await entered).toBe(true);
    expect([happened, lease.holder]).toEqual([['take', 'close', 'release', 'take'], 7]);
  });

  it('that is held elsewhere is not entered, and not closed', async () => {
    const { connections, happened } = stand({ takes: false, wanted: true });
    expect(await connections.enter('baostock')).toBe(false);
    await connections.giveUpWanted();
    expect(happened).toEqual([]);
  });

  it('whose lease was taken though the answer was lost is given up like any other', async () => {
    const { connections, happened, lease, deps } = stand({ wanted: true });
    const { takeLease } = deps.store;
    deps.store.takeLease = async (source, worker) => {
      await takeLease(source, worker);
      throw new Error('lost on the way');
    };
    await expect(connections.enter('baostock')).rejects.toThrow('lost');
    expect(lease.holder).toBe(7);
    await connections.giveUpWanted();
    expect([happened, lease.holder]).toEqual([['take', 'close', 'release'], undefined]);
  });

  it('that could not be given up is tried again', async () => {
    const { connections, happened, deps } = stand({ wanted: true });
    const { releaseLease } = deps.store;
    await connections.enter('baostock');
    deps.store.releaseLease = () => Promise.reject(new Error('no database'));
    await expect(connections.leave('baostock')).rejects.toThrow('no database');
    deps.store.releaseLease = releaseLease;
    await connections.giveUpWanted();
    expect(happened).toEqual(['take', 'close', 'close', 'release']);
  });
});
