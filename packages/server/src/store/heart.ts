import { Worker } from 'node:worker_threads';
import type { Clock } from '../ports/clock.ts';
import type { WorkerVitals } from '../ports/explainStore.ts';
import type { Heart, HeartOptions, StartHeart, WorkSample } from '../ports/heart.ts';

/** What the thread is given; the shared counter moves while the main loop does. */
export interface HeartThreadData {
  readonly url: string;
  readonly workerId: number;
  readonly everyMs: number;
  readonly stallMs: number;
  readonly pulse: Int32Array;
}

/** What the main loop tells the thread; for how long the loop is stuck only the thread can see. */
export type HeartMessage = 'stop' | { readonly vitals: Omit<WorkerVitals, 'stuckMs'> };

const PULSE_MS = 100;
/** Vitals are told once a second. */
const PULSES_A_SAMPLE = 10;
/** The lag is that of the last so many pulses. */
const PULSES_A_WINDOW = 150;
/** Calls that are told of: more at a time than any worker has. */
const MOST_CALLS = 50;

const NO_WORK: WorkSample = { slots: 0, calls: [] };

/** Hearts whose thread has a database connection of its own; `work` tells what the process is at. */
export function heartsOver(url: string, clock: Clock, work: () => WorkSample = () => NO_WORK): StartHeart {
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
    const tell = (message: HeartMessage): void => thread.postMessage(message);
    const stopping = new AbortController();
    void movePulse({ pulse, clock, work, tell }, stopping.signal);
    thread.on('message', (message) => {
      if (message === 'lost') options.onLost();
    });
    // A broken thread stops beating, and the rescue of others follows from that alone.
    thread.on('error', () => {});
    thread.once('exit', () => stopping.abort());
    return {
      async stop() {
        stopping.abort();
        tell('stop');
        await new Promise<void>((resolve) => {
          if (thread.threadId === -1) resolve();
          else thread.once('exit', () => resolve());
        });
      },
    };
  };
}

interface Pulse {
  readonly pulse: Int32Array;
  readonly clock: Clock;
  readonly work: () => WorkSample;
  readonly tell: (message: HeartMessage) => void;
}

/** Each pulse is a short sleep; what it took beyond that is the delay of the event loop. */
async function movePulse({ pulse, clock, work, tell }: Pulse, signal: AbortSignal): Promise<void> {
  let lags: readonly number[] = [];
  for (let beat = 0; !signal.aborted; beat++) {
    Atomics.add(pulse, 0, 1);
    if (beat % PULSES_A_SAMPLE === 0) tell({ vitals: vitalsOf(work(), lags) });
    const before = clock.monotonic();
    await clock.sleep(PULSE_MS, signal).catch(() => {});
    lags = [...lags, Math.max(0, clock.monotonic() - before - PULSE_MS)].slice(-PULSES_A_WINDOW);
  }
}

function vitalsOf({ slots, calls }: WorkSample, lags: readonly number[]): Omit<WorkerVitals, 'stuckMs'> {
  const { rss, heapUsed } = process.memoryUsage();
  const sorted = lags.toSorted((one, other) => one - other);
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    lagP99Ms: Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0),
    lagMaxMs: Math.round(sorted.at(-1) ?? 0),
    slots,
    calls: calls.slice(0, MOST_CALLS),
  };
}
