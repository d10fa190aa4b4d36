import { AppError } from '@tapekeeper/core';
import { below, type Random } from '../chaos/random.ts';

/** How often what goes wrong, as shares of the calls; all 0 when the weather is fair. */
export interface Faults {
  /** A call of the store that never reached it. */
  storeBefore: number;
  /** A call that did, and whose answer was lost: an ambiguous commit. */
  storeAfter: number;
  /** A call that takes its time. */
  slow: number;
  /** A dispatch that the queue delivers twice, late, or never. */
  dispatchTwice: number;
  dispatchLost: number;
}

export const FAIR: Readonly<Faults> = {
  storeBefore: 0,
  storeAfter: 0,
  slow: 0,
  dispatchTwice: 0,
  dispatchLost: 0,
};

export type Fate = 'well' | 'before' | 'after';

/** What becomes of one call of the store. */
export function fateOf(faults: Faults, random: Random): Fate {
  if (faults.storeBefore === 0 && faults.storeAfter === 0) return 'well';
  const drawn = random();
  if (drawn < faults.storeBefore) return 'before';
  return drawn < faults.storeBefore + faults.storeAfter ? 'after' : 'well';
}

/** Milliseconds that a call takes besides its turn. */
export function latencyOf(faults: Faults, random: Random): number {
  return faults.slow > 0 && random() < faults.slow ? 1 + below(random, SLOWEST_MS) : 0;
}

const SLOWEST_MS = 8000;

export function unreachable(): AppError {
  return new AppError('database_unreachable', { host: 'memory', message: 'the connection is lost.' });
}
