import { AppError } from '@tapekeeper/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeadman } from '../../packages/server/src/app/notify/deadman.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import { quietLog } from '../support/quietLog.ts';

/** Time that moves when somebody waits, and stops for good once enough of it is gone. */
function clockFor(totalMs: number, at: (now: number) => void): { clock: Clock; over: Promise<void> } {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let now = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) => {
      now += ms;
      at(now);
      if (now < totalMs) return Promise.resolve();
      resolve();
      return new Promise((_, reject) => {
        const stop = (): void => reject(new AppError('interrupted'));
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop);
      });
    },
  };
  return { clock, over };
}

async function pingsOver(
  totalMs: number,
  world: {
    turned: (now: number) => number | undefined;
    answers?: (now: number) => boolean;
    reached?: boolean;
  },
): Promise<{ pings: number[]; warnings: number }> {
  const pings: number[] = [];
  let warnings = 0;
  const { clock, over } = clockFor(totalMs, () => {});
  const service = createDeadman({
    deps: {
      store: {
        ping: async () => {
          if (world.answers?.(clock.monotonic()) === false) throw new AppError('database_unreachable', {});
        },
      } as never,
      clock,
      log: { ...quietLog, warn: () => void (warnings += 1) },
    },
    lastTurnAt: () => world.turned(clock.monotonic()),
    ping: async () => {
      pings.push(clock.monotonic());
      if (world.reached === false) throw new AppError('channel_unreachable', { channel: 'x', message: 'no' });
    },
  });
  onTestFinished(() => service.stop());
  await service.start();
  await over;
  await service.stop();
  return { pings, warnings };
}

describe("the dead man's switch", () => {
  it('is pressed each minute while the scheduler turns', async () => {
    const { pings } = await pingsOver(300_000, { turned: (now) => now });
    expect(pings).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  });

  it('waits for the first turn, and is pressed right after it', async () => {
    const { pings } = await pingsOver(70_000, { turned: (now) => (now < 2_500 ? undefined : now) });
    expect(pings).toEqual([3_000, 63_000]);
  });

  it('is not pressed when the scheduler stands still or the database is silent', async () => {
    expect((await pingsOver(300_000, { turned: (now) => Math.min(now, 60_000) })).pings).toEqual([0, 60_000]);
    const { pings } = await pingsOver(300_000, { turned: (now) => now, answers: (now) => now !== 120_000 });
    expect(pings).toEqual([0, 60_000, 180_000, 240_000]);
  });

  it('says once that nobody takes it, and goes on', async () => {
    const { pings, warnings } = await pingsOver(300_000, { turned: (now) => now, reached: false });
    expect([pings.length, warnings]).toEqual([5, 1]);
  });
});
