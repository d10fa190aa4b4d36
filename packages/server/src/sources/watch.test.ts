import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { startWatch, type Deadlines } from './watch.ts';

const UPSTREAM = { source: 'tushare', host: 'localhost' } as const;

/** A clock that moves only when told to. */
function handClock() {
  let now = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new AppError('interrupted')));
        sleepers.push({ at: now + ms, wake: resolve });
      }),
  };
  const advance = async (ms: number) => {
    await settled();
    now += ms;
    const due = sleepers.filter(({ at }) => at <= now);
    sleepers = sleepers.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
    await settled();
  };
  return { clock, advance };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function watching(deadlines: Partial<Deadlines>) {
  const { clock, advance } = handClock();
  const ends: AppError[] = [];
  const aborter = new AbortController();
  const all = { connectMs: 1000, idleMs: 1000, totalMs: 10_000, ...deadlines };
  const watch = startWatch(clock, UPSTREAM, all, aborter.signal, (error) => ends.push(error));
  return { watch, advance, ends, aborter };
}

describe('the watch over an exchange', () => {
  it('ends a connection that does not come about', async () => {
    const { advance, ends } = watching({ connectMs: 500 });
    await advance(499);
    expect(ends).toEqual([]);
    await advance(1);
    expect(ends.map(({ code, details }) => [code, details.phase, details.seconds])).toEqual([
      ['timeout', 'connect', 0.5],
    ]);
  });

  it('ends a silence that is shorter than the time to connect', async () => {
    const { watch, advance, ends } = watching({ connectMs: 5000, idleMs: 100 });
    await advance(10);
    watch.connected();
    await advance(99);
    expect(ends).toEqual([]);
    await advance(1);
    expect(ends[0]?.details.phase).toBe('idle');
  });

  it('lets an exchange go on while something comes, but not past the total', async () => {
    const { watch, advance, ends } = watching({ idleMs: 100, totalMs: 1000 });
    watch.connected();
    for (let i = 0; i < 12 && ends.length === 0; i += 1) {
      await advance(90);
      watch.heard();
    }
    expect(ends.map(({ details }) => details.phase)).toEqual(['total']);
  });

  it('ends at once when interrupted, and only once', async () => {
    const { advance, ends, aborter } = watching({});
    aborter.abort();
    await advance(60_000);
    expect(ends.map(({ code }) => code)).toEqual(['interrupted']);
  });

  it('is silent after it was stopped', async () => {
    const { watch, advance, ends, aborter } = watching({});
    watch.stop();
    watch.stop();
    await advance(60_000);
    aborter.abort();
    expect(ends).toEqual([]);
  });

  it('ends with the fault of a clock that cannot sleep', async () => {
    const clock: Clock = {
      now: () => 0,
      monotonic: () => 0,
      sleep: () => Promise.reject(new Error('no timer')),
    };
    const end = Promise.withResolvers<AppError>();
    const deadlines = { connectMs: 1, idleMs: 1, totalMs: 1 };
    startWatch(clock, UPSTREAM, deadlines, new AbortController().signal, end.resolve);
    expect((await end.promise).code).toBe('internal');
  });
});
