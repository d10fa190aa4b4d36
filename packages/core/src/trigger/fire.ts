import type { Instant } from '../day.ts';
import type { Moment, Schedule } from './trigger.ts';

export type FireDecision = 'ran' | 'missed' | 'skipped';

/** Why a fire was decided as it was. */
export const FIRE_REASONS = [
  /** Ran within its grace. */
  'on_time',
  /** One run for a stretch of moments that nobody was there for. */
  'caught_up',
  /** Too late by its grace, and the misfire policy is to skip. */
  'too_late',
  /** Older than the moments that `run_all` makes up for. */
  'catch_up_limit',
  /** A run of the job is still open. */
  'job_busy',
  /** The runs of the concurrency group are as many as it allows. */
  'group_busy',
  /** Runs when the open run has ended. */
  'queued',
  /** The open run was told to stop for it. */
  'replaced',
  /** A run of the job that it follows ended well. */
  'after_run',
] as const;
export type FireReason = (typeof FIRE_REASONS)[number];

/** What stands in the way of a fire. */
export interface Blocker {
  readonly runIds: readonly number[];
  /** The full group; null where the job itself is busy. */
  readonly group: string | null;
}

/** What a decision is made from: the job's row as locked, and what is open. */
export interface DueJob {
  readonly jobId: number;
  /** Salt of the jitter. */
  readonly key: string;
  readonly schedule: Schedule;
  /** The first moment that nothing has been decided about. */
  readonly next: Moment;
  /** Moments up to this one have been decided about, whatever `next` says: clocks of databases go back too. */
  readonly decidedUntil: Instant | null;
  /** Runs of the job that are not over, and how many there may be. */
  readonly openRuns: readonly number[];
  readonly mostRuns: number;
  /** The full concurrency group of the job, if it is. */
  readonly fullGroup: { readonly group: string; readonly runIds: readonly number[] } | null;
}

/** What was decided about one due moment, or a stretch of them. */
export interface Fire {
  readonly scheduledFor: Instant;
  /** Last moment of the stretch. */
  readonly until: Instant;
  readonly dueCount: number;
  readonly decision: FireDecision;
  readonly reason: FireReason;
  readonly blocker: Blocker | null;
  /** The run waits until the job and its group are free. */
  readonly waitsForTurn: boolean;
  /** Open runs that are to stop for it. */
  readonly replaces: readonly number[];
}

/** Everything decided about a job at one instant. */
export interface FirePlan {
  readonly fires: readonly Fire[];
  /** The next moment to decide about; null when there is none any more. */
  readonly next: Moment | null;
}
