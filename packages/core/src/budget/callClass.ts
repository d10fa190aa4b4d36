import { dayNumber, type PlainDay } from '../day.ts';
import type { Priority } from '../job/definition.ts';

/** Live work keeps the present up to date and goes first; a backfill fills the past with what is left. */
export type CallClass = 'live' | 'backfill';

/** A range longer than this, asked for by a person, is a backfill. */
const LIVE_DAYS = 30;

/** What of a run decides the class of its calls. Days are inclusive. */
export interface CallReason {
  readonly cause: string;
  /** Of the run; where it is a backfill by its job's word, so are its calls. */
  readonly priority?: Priority | undefined;
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/**
 * The class of a run's calls. What fires by itself, and what another run waits for, is live.
 * @example callClassOf({ cause: 'person', from: plainDay('2020-01-01'), to: plainDay('2024-12-31') }) // 'backfill'
 */
export function callClassOf({ cause, priority, from, to }: CallReason): CallClass {
  if (priority === 'backfill') return 'backfill';
  return cause === 'person' && dayNumber(to) - dayNumber(from) + 1 > LIVE_DAYS ? 'backfill' : 'live';
}
