import { AppError } from '@tapekeeper/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppDeps } from '../app/deps.ts';
import type { FireReport } from '../ports/jobStore.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/** A scheduler over a store that only notes what is asked of it, and a clock that the test moves. */
class Stand {
  readonly alive = new Map<string, number>();
  readonly pauses: number[] = [];
  readonly errors: unknown[] = [];
  /** What the store says, turn by turn; nothing is due after the last. */
  reports: (FireReport | Error)[] = [];
  followers: number[] = [];
  boots = 0;
  decided = 0;
  now = 0;
  readonly scheduler: Scheduler;
  #wake: (() => void)[] = [];

  constructor() {
    this.scheduler = createScheduler({
      deps: this.#deps(),
      node: 'here',
      pid: 1,
      newBoot: () => `boot ${++this.boots}`,
    });
    onTestFinished(() => this.scheduler.stop());
  }

  /** Lets it turn until it sleeps, then wakes it that much later. */
  async turn(laterMs: number): Promise<void> {
    await this.settle();
    this.now += laterMs;
    for (const wake of this.#wake.splice(0)) wake();
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let step = 0; step < 40; step++) await Promise.resolve();
  }

  #deps(): Pick<AppDeps, 'store' | 'clock' | 'readCron' | 'log'> {
    const store = {
      msUntilDue: async () => {
        const report = this.reports[0];
        if (report === undefined) return null;
        if (report instanceof Error) {
          this.reports.shift();
          throw report;
        }
        if (report.jobs > 0 || report.more) return 0;
        this.reports.shift();
        return report.nextInMs;
      },
      fireDue: async () => {
        this.decided += 1;
        return this.reports.shift();
      },
      fireAfter: async () => this.followers.shift() ?? 0,
      calendarVersion: async () => '0',
      calendarDays: async () => [],
      schedulerTurned: async ({ boot }: { boot: string }) =>
        void this.alive.set(boot, (this.alive.get(boot) ?? 0) + 1),
      schedulerStopped: async (boot: string) => void this.alive.delete(boot),
    } as unknown as AppDeps['store'];
    const log = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: unknown) => void this.errors.push(fields),
    };
    const clock = {
      now: () => 0,
      monotonic: () => this.now,
      sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(new AppError('interrupted'));
          signal?.addEventListener('abort', () => reject(new AppError('interrupted')), { once: true });
          this.pauses.push(ms);
          this.#wake.push(resolve);
        }),
    };
    return { store, clock, readCron: () => ({ next: () => undefined }), log };
  }
}

const IDLE: FireReport = { jobs: 0, fires: 0, more: false, nextInMs: null };

describe('a scheduler', () => {
  it('sleeps until the next moment is due, but never longer than a second', async () => {
    const stand = new Stand();
    stand.reports = [
      { ...IDLE, nextInMs: 300 },
      { ...IDLE, nextInMs: 86_400_000 },
    ];
    await stand.scheduler.start();
    await stand.turn(300);
    await stand.turn(1000);
    expect(stand.pauses).toEqual([300, 1000, 1000]);
    expect(stand.decided).toBe(0);
  });

  it('goes on at once while more is due, or followed', async () => {
    const stand = new Stand();
    stand.reports = [
      { jobs: 100, fires: 100, more: true, nextInMs: 0 },
      { jobs: 3, fires: 3, more: false, nextInMs: 700 },
    ];
    stand.followers = [0, 100];
    await stand.scheduler.start();
    await stand.settle();
    expect([stand.decided, stand.pauses]).toEqual([2, [1000]]);
  });

  it('waits a little for what another one is deciding about', async () => {
    const stand = new Stand();
    stand.reports = [{ jobs: 0, fires: 0, more: true, nextInMs: 0 }];
    await stand.scheduler.start();
    await stand.settle();
    expect(stand.pauses).toEqual([50]);
  });

  it('logs a turn that fails, takes the next one, and shows since when none was whole', async () => {
    const stand = new Stand();
    stand.reports = [new Error('no database'), { ...IDLE }];
    await stand.scheduler.start();
    await stand.settle();
    expect([stand.errors.length, stand.scheduler.lastTurnAt]).toEqual([1, undefined]);
    await stand.turn(1000);
    expect(stand.scheduler.lastTurnAt).toBe(1000);
  });

  it('says at most once a second that it lives, and that it has stopped', async () => {
    const stand = new Stand();
    await stand.scheduler.start();
    for (let turn = 0; turn < 20; turn++) await stand.turn(100);
    expect([...stand.alive]).toEqual([['boot 1', 3]]);
    await stand.scheduler.stop();
    expect([...stand.alive]).toEqual([]);
    await stand.scheduler.start();
    await stand.settle();
    expect([...stand.alive]).toEqual([['boot 2', 1]]);
  });

  it('may be started and stopped in any order, and runs once', async () => {
    const stand = new Stand();
    await stand.scheduler.stop();
    await Promise.all([stand.scheduler.start(), stand.scheduler.start()]);
    await stand.settle();
    await Promise.all([stand.scheduler.stop(), stand.scheduler.start(), stand.scheduler.stop()]);
    await stand.scheduler.stop();
    expect([stand.alive.size, stand.boots]).toEqual([0, 2]);
  });
});
