import { AppError } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppDeps } from '../app/deps.ts';
import type { DispatchHandler, Engine } from '../ports/engine.ts';
import type { HeartOptions } from '../ports/heart.ts';
import { createWorker } from './worker.ts';
import type { Service } from '../app/loop.ts';

/** A worker over a store, an engine and hearts that only note what is asked of them. */
class Stand {
  /** Workers that the database believes to be alive. */
  readonly alive = new Set<number>();
  readonly hearts = new Set<HeartOptions>();
  readonly claims: number[] = [];
  registrations = 0;
  engines = 0;
  mostEngines = 0;
  failing = false;
  handler: DispatchHandler | undefined;
  readonly service: Service;

  constructor() {
    this.service = createWorker({
      deps: this.#deps(),
      engine: this.#engine(),
      startHeart: (options) => this.#heart(options),
      node: 'here',
      pid: 1,
      newBoot: () => 'boot',
      heartbeatMs: 1,
      silentMs: 1,
      stallMs: 1,
      rescueEveryMs: 1,
    });
  }

  #deps(): AppDeps {
    const step = async (): Promise<void> => {
      await Promise.resolve();
      if (this.failing) throw new Error('no database');
    };
    const store = {
      settlePredecessors: step,
      registerWorker: async () => {
        await step();
        const id = ++this.registrations;
        this.alive.add(id);
        return id;
      },
      stopWorker: async (id: number) => {
        await step();
        this.alive.delete(id);
      },
      rescue: async () => (await step(), []),
      strayShards: async () => [],
      enforceStops: async () => (await step(), []),
      giveTurns: async () => (await step(), []),
      signalsFor: async () => (await step(), []),
      claimShard: async ({ workerId }: { workerId: number }) => void this.claims.push(workerId),
    };
    // pauses end in the next round of the event loop
    const sleep = (_: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        setImmediate(() => (signal?.aborted ? reject(new AppError('interrupted')) : resolve()));
      });
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    return {
      store,
      sources: new Map(),
      clock: { now: () => 0, monotonic: () => 0, sleep },
      log,
    } as unknown as AppDeps;
  }

  #engine(): Engine {
    return {
      start: async (handler) => {
        this.engines++;
        this.mostEngines = Math.max(this.mostEngines, this.engines);
        this.handler = handler;
      },
      stop: async () => void (this.engines = 0),
    };
  }

  #heart(options: HeartOptions): { stop: () => Promise<void> } {
    this.hearts.add(options);
    return { stop: async () => void this.hearts.delete(options) };
  }

  /** The heart finds that its worker has been given up, and ends. */
  lose(): void {
    const [options] = this.hearts;
    if (options === undefined) return;
    this.hearts.delete(options);
    this.alive.delete(options.workerId);
    options.onLost();
  }

  async dispatch(): Promise<number | undefined> {
    await this.handler?.({ runId: 1, shardNo: 0, dispatch: 1 }, new AbortController().signal);
    return this.claims.at(-1);
  }
}

/** Lets a few rounds of the event loop go by. */
async function rounds(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a worker', () => {
  it('settles its predecessors, registers, beats and takes dispatches; stopped, it is none of that', async () => {
    const stand = new Stand();
    await stand.service.start();
    expect([stand.alive.size, stand.hearts.size, stand.engines]).toEqual([1, 1, 1]);
    expect(await stand.dispatch()).toBe(1);
    await stand.service.stop();
    expect([stand.alive.size, stand.hearts.size, stand.engines]).toEqual([0, 0, 0]);
  });

  it('is another one when it is started again', async () => {
    const stand = new Stand();
    for (const id of [1, 2]) {
      await stand.service.start();
      expect([...stand.alive]).toEqual([id]);
      await stand.service.stop();
    }
  });

  it('declared silent registers anew, and works on under its new name', async () => {
    const stand = new Stand();
    await stand.service.start();
    stand.lose();
    await rounds();
    expect([[...stand.alive], stand.hearts.size]).toEqual([[2], 1]);
    expect(await stand.dispatch()).toBe(2);
    await stand.service.stop();
    expect([stand.alive.size, stand.hearts.size]).toEqual([0, 0]);
  });

  it('declared silent while the database is away registers anew when it is back', async () => {
    const stand = new Stand();
    await stand.service.start();
    stand.failing = true;
    stand.lose();
    await rounds();
    expect(stand.alive.size).toBe(0);
    stand.failing = false;
    await rounds();
    expect([stand.alive.size, stand.hearts.size]).toEqual([1, 1]);
    await stand.service.stop();
  });

  it('declared silent while it stops does not come back', async () => {
    const stand = new Stand();
    await stand.service.start();
    stand.lose();
    await stand.service.stop();
    await rounds();
    expect([stand.alive.size, stand.hearts.size, stand.engines]).toEqual([0, 0, 0]);
  });

  it('that could not be started can be stopped, and started again', async () => {
    const stand = new Stand();
    stand.failing = true;
    await expect(stand.service.start()).rejects.toThrow('no database');
    stand.failing = false;
    await stand.service.stop();
    await stand.service.start();
    expect([stand.alive.size, stand.engines]).toEqual([1, 1]);
    await stand.service.stop();
  });

  it('leaves nothing behind, in whatever order it is started, stopped and lost', async () => {
    const step = fc.constantFrom('start' as const, 'stop' as const, 'lose' as const, 'rounds' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const stand = new Stand();
        const calls: Promise<void>[] = [];
        for (const each of steps) {
          if (each === 'start') calls.push(stand.service.start());
          if (each === 'stop') calls.push(stand.service.stop());
          if (each === 'lose') stand.lose();
          if (each === 'rounds') await rounds();
        }
        await Promise.all([...calls, stand.service.stop()]);
        await rounds();
        expect([stand.mostEngines <= 1, stand.alive.size, stand.hearts.size, stand.engines]).toEqual([
          true,
          0,
          0,
          0,
        ]);
      }),
      { numRuns: 150 },
    );
  });
});
