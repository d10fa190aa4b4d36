import type { Schedule } from '../trigger/trigger.ts';
import type { JobParams, JobType } from './jobType.ts';

/** Who goes first when workers are few: the present, then what people asked for, then the past. */
export type Priority = 'live' | 'normal' | 'backfill';
export const PRIORITIES: readonly Priority[] = ['live', 'normal', 'backfill'];

/** How the runs of a job behave. */
export interface RunPolicies {
  /** A run longer than this is stopped and fails; null is no limit. */
  readonly timeoutSeconds: number | null;
  /** Tries of a run after failures outside its items, the first one counted. */
  readonly maxAttempts: number;
  readonly retrySeconds: number;
  /** Whether a task that failed by itself, such as a command, is tried again as well; left out, it is not. */
  readonly retryFailures?: boolean | undefined;
  /** Runs of the job at a time. */
  readonly mostRuns: number;
  /** Jobs of one group run one at a time, or as many as the group allows. */
  readonly group: string | null;
  readonly priority: Priority;
}

export const DEFAULT_POLICIES: RunPolicies = {
  timeoutSeconds: null,
  maxAttempts: 3,
  retrySeconds: 60,
  mostRuns: 1,
  group: null,
  priority: 'normal',
};

/** How the client of a documented interface has worded a job. */
export interface JobWording {
  /** What kind of task it called it. */
  readonly taskType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

type DefinitionOf<Type extends JobType> = {
  readonly type: Type;
  readonly params: JobParams[Type];
  /** Display name. */
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schedule: Schedule;
  readonly policies: RunPolicies;
  /** Told back to such clients for as long as the job does what it says; left out where none has worded it. */
  readonly wording?: JobWording | undefined;
};

/** What a job is in one of its versions; a version never changes. */
export type JobDefinition = { [Type in JobType]: DefinitionOf<Type> }[JobType];
