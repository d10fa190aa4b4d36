import { AppError } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { loopService, type Service } from './loop.ts';

/** A clock whose sleeps end when the test says so, or are interrupted. */
class HandClock implements Clock {
  readonly sleepers: { readonly ms: number; readonly wake: () => void }[] = [];
  now = () => 0;
  monotonic = () => 0;
  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new AppError('interrupted'));
      const interrupt = () => reject(new AppError('interrupted'));
      signal?.addEventListener('abort', interrupt, { once: true });
      this.sleepers.push({ ms, wake: resolve });
    });
  wakeAll(): void {
    for (const { wake } of this.sleepers.splice(0)) wake();
  }
}

/** Lets everything that can go on without a waking go on. */
async function settle(): Promise<void> {
  for (let step = 0; step < 20; step++) await Promise.resolve();
}

function stand(turn: () => Promise<boolean | number>): {
  clock: HandClock;
  service: Service;
  errors: unknown[];
} {
  const clock = new HandClock();
  const errors: unknown[] = [];
  const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => void errors.push(fields) };
  const service = loopService({ name: 'test', everyMs: 250, clock, log, turn });
  onTestFinished(() => service.stop());
  return { clock, service, errors };
}

describe('a loop', () => {
  it('takes a turn at once, and another after each pause', async () => {
    let turns = 0;
    const { clock, service } = stand(async () => (turns++, false));
    await service.start();
    await settle();
    expect([turns, clock.sleepers.map(({ ms }) => ms)]).toEqual([1, [250]]);
    clock.wakeAll();
    await settle();
    expect(turns).toBe(2);
  });

  it('takes the next turn without a pause while there is more to do', async () => {
    const more = [true, true, false];
    let turns = 0;
    const { clock, service } = stand(async () => more[turns++] ?? false);
    await service.start();
    await settle();
    expect([turns, clock.sleepers.length]).toEqual([3, 1]);
  });

  it('takes the next turn when the last one asked for it, but not later than it would have', async () => {
    const pauses = [40, 9000];
    let turns = 0;
    const { clock, service } = stand(async () => pauses[turns++] ?? false);
    await service.start();
    for (let turn = 0; turn < 2; turn++) {
      await settle();
      clock.wakeAll();
    }
    await settle();
    expect([turns, clock.sleepers.map(({ ms }) => ms)]).toEqual([3, [250]]);
  });

  it('goes on after a turn that failed, and says so', async () => {
    let turns = 0;
    const { clock, service, errors } = stand(async () => {
      turns++;
      throw new Error('no luck');
    });
    await service.start();
    await settle();
    clock.wakeAll();
    await settle();
    expect(turns).toBe(2);
    expect(errors).toMatchObject([{ loop: 'test' }, { loop: 'test' }]);
  });

  it('stops at once while it sleeps, and only after the turn while it works', async () => {
    let finish = (): void => {};
    let stopped = false;
    const { clock, service } = stand(() => new Promise((resolve) => (finish = () => resolve(false))));
    await service.start();
    await settle();
    const stopping = service.stop().then(() => (stopped = true));
    await settle();
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(clock.sleepers).toEqual([]);
  });

  it('may be stopped before it was started, and twice', async () => {
    let turns = 0;
    const { service } = stand(async () => (turns++, false));
    await service.stop();
    await service.start();
    await settle();
    await Promise.all([service.stop(), service.stop()]);
    await service.stop();
    expect(turns).toBe(1);
  });

  it('started twice takes turns once', async () => {
    let turns = 0;
    const { service } = stand(async () => (turns++, false));
    await Promise.all([service.start(), service.start()]);
    await settle();
    expect(turns).toBe(1);
  });

  it('never takes two turns at a time, in whatever order it is started and stopped', async () => {
    const step = fc.constantFrom(
      'start' as const,
      'stop' as const,
      'wake' as const,
      'finish' as const,
      'settle' as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let inTurn = 0;
        let most = 0;
        const waiting: (() => void)[] = [];
        const { clock, service } = stand(async () => {
          most = Math.max(most, ++inTurn);
          await new Promise<void>((resolve) => waiting.push(resolve));
          inTurn--;
          return false;
        });
        const calls: Promise<void>[] = [];
        for (const each of steps) {
          if (each === 'start') calls.push(service.start());
          if (each === 'stop') calls.push(service.stop());
          if (each === 'wake') clock.wakeAll();
          if (each === 'finish') waiting.shift()?.();
          if (each === 'settle') await settle();
        }
        calls.push(service.stop());
        let stopped = false;
        const all = Promise.all(calls).then(() => (stopped = true));
        for (let round = 0; round < 40 && !stopped; round++) {
          for (const finish of waiting.splice(0)) finish();
          await settle();
        }
        await all;
        const turnsLeft = waiting.length;
        clock.wakeAll();
        await settle();
        expect([most <= 1, inTurn, turnsLeft, waiting.length]).toEqual([true, 0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
