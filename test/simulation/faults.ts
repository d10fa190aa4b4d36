import { AppError } from '@tapekeeper/core';
import { below, type Random } from '../chaos/random.ts';

/** How often what goes wrong, as shares of the calls; all 0 when the weather is fair. */
export interface Faults {
  /** A call of the store that never reached it. */
  storeBefore: number;
  /** A call that did, and whose answer was lost: an ambiguous commit. */
  storeAfter: number;
  /** A call that the database refuses, with a trouble that nobody knows to pass by itself. */
  storeRefused: number;
  /** A call that takes its time. */
  slow: number;
  /** A dispatch that the queue delivers twice, late, or never. */
  dispatchTwice: number;
  dispatchLost: number;
}

export const FAIR: Readonly<Faults> = {
  storeBefore: 0,
  storeAfter: 0,
  storeRefused: 0,
  slow: 0,
  dispatchTwice: 0,
  dispatchLost: 0,
};

export type Fate = 'well' | 'before' | 'after' | 'refused';

/** What becomes of one call of the store. */
export function fateOf({ storeBefore, storeAfter, storeRefused }: Faults, random: Random): Fate {
  if (storeBefore + storeAfter + storeRefused === 0) return 'well';
  const drawn = random();
  if (drawn < storeBefore) return 'before';
  if (drawn < storeBefore + storeAfter) return 'after';
  return drawn < storeBefore + storeAfter + storeRefused ? 'refused' : 'well';
}

/** Milliseconds that a call takes besides its turn. */
export function latencyOf(faults: Faults, random: Random): number {
  return faults.slow > 0 && random() < faults.slow ? 1 + below(random, SLOWEST_MS) : 0;
}

const SLOWEST_MS = 8000;

export function unreachable(): AppError {
  return new AppError('database_unreachable', { host: 'memory', message: 'the connection is lost.' });
}

export function refused(): AppError {
  return new AppError('timeout', {
    source: 'memory',
    host: 'memory',
    message: 'the statement took too long.',
  });
}
