import { Worker } from 'node:worker_threads';
import type { Clock } from '../ports/clock.ts';
import type { Heart, HeartOptions, StartHeart } from '../ports/heart.ts';

/** What the thread is given; the shared counter moves while the main loop does. */
export interface HeartThreadData {
  readonly url: string;
  readonly workerId: number;
  readonly everyMs: number;
  readonly stallMs: number;
  readonly pulse: Int32Array;
}

const PULSE_MS = 500;

/** Hearts whose thread has a database connection of its own. */
export function heartsOver(url: string, clock: Clock): StartHeart {
  return (options: HeartOptions): Heart => {
    const pulse = new Int32Array(new SharedArrayBuffer(4));
    const data: HeartThreadData = {
      url,
      workerId: options.workerId,
      everyMs: options.everyMs,
      stallMs: options.stallMs,
      pulse,
    };
    const thread = new Worker(new URL('./heartThread.ts', import.meta.url), { workerData: data });
    const stopping = new AbortController();
    void movePulse(pulse, clock, stopping.signal);
    thread.on('message', (message) => {
      if (message === 'lost') options.onLost();
    });
    // A broken thread stops beating, and the rescue of others follows from that alone.
    thread.on('error', () => {});
    return {
      async stop() {
        stopping.abort();
        thread.postMessage('stop');
        await new Promise<void>((resolve) => {
          if (thread.threadId === -1) resolve();
          else thread.once('exit', () => resolve());
        });
      },
    };
  };
}

async function movePulse(pulse: Int32Array, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    Atomics.add(pulse, 0, 1);
    await clock.sleep(PULSE_MS, signal).catch(() => {});
  }
}
