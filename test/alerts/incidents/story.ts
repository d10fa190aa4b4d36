import type { Trouble } from './world.ts';

/** An incident as it went, minute by minute, and what it truly was. */
export interface Story {
  readonly name: string;
  /** Where it is on record. */
  readonly record: string;
  readonly from: number;
  readonly until: number;
  readonly trouble: (minute: number) => Trouble;
  /** The causes that people should have been told of; empty where nobody should have been told of anything. */
  readonly causes: readonly string[];
}

export const within = (minute: number, from: number, to: number): boolean => minute >= from && minute < to;
