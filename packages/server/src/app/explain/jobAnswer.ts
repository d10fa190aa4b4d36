import type { Instant, Moment, TriggerContext } from '@tapekeeper/core';
import type { FireView, JobView } from '../../ports/jobStore.ts';
import type { OtherRun } from '../../ports/explainStore.ts';
import type { AppDeps } from '../deps.ts';
import type { Blocker } from './blockers.ts';
import type { Words } from './words.ts';

export type JobVerdict =
  | 'ran'
  | 'skipped'
  | 'missed'
  /** The job was not there, paused or disabled. */
  | 'not_active'
  | 'no_moment'
  /** Due, and nothing has been decided about it. */
  | 'undecided'
  | 'running'
  | 'will_run'
  | 'will_not_run';

/** What is said of a job and a time. */
export interface JobAnswer {
  readonly verdict: JobVerdict;
  /** The reason in a word, for programs. */
  readonly code: string;
  readonly text: Words;
  /** The moment that is spoken of. */
  readonly moment: Moment | null;
  readonly fire: FireView | null;
  /** The run that the moment became, or that is under way. */
  readonly run: OtherRun | null;
  /** Runs that stood in the way, as they are now. */
  readonly blockedBy: readonly OtherRun[];
  readonly blocking: readonly Blocker[];
  /** Things worth knowing beside the reason. */
  readonly notes: readonly { readonly code: string; readonly text: Words }[];
}

/** What an answer is made upon. */
export const NOTHING: Omit<JobAnswer, 'verdict' | 'code' | 'text'> = {
  moment: null,
  fire: null,
  run: null,
  blockedBy: [],
  blocking: [],
  notes: [],
};

/** What every part of the explanation of a job is given. */
export interface JobCase {
  readonly deps: AppDeps;
  readonly job: JobView;
  readonly now: Instant;
  readonly context: TriggerContext;
}
