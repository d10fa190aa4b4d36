import type { WorkerVitals } from './explainStore.ts';
import type { WorkerId } from './runStore.ts';

/** Beats for a worker from a thread of its own, so that a busy event loop cannot stop it. */
export interface Heart {
  stop(): Promise<void>;
}

export interface HeartOptions {
  readonly workerId: WorkerId;
  readonly everyMs: number;
  /** Beats end when the main loop has not moved for this long: then the worker is as good as dead. */
  readonly stallMs: number;
  /** The worker has been declared silent by others and must register again. */
  readonly onLost: () => void;
}

/** What only the work itself can tell of a worker; the heart adds what it measures. */
export type WorkSample = Pick<WorkerVitals, 'slots' | 'calls'>;

export type StartHeart = (options: HeartOptions) => Heart;
