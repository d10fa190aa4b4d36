import type {
  AutomaticAction,
  Blocker,
  DueJob,
  FireDecision,
  FirePlan,
  FireReason,
  Instant,
  JobDefinition,
  JobState,
  JobType,
  Moment,
  RunState,
  TriggerKind,
} from '@tapekeeper/core';
import type { RunId } from './runStore.ts';

export type JobId = number;
export type FireId = number;

/** A job as it stands. */
export interface Job {
  readonly id: JobId;
  /** Name for machines, unique among the jobs that are there. */
  readonly key: string;
  readonly definition: JobDefinition;
  readonly state: JobState;
  /** Grows with each change of the definition. */
  readonly version: number;
  readonly next: Moment | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A job with what lists show beside it. */
export interface JobView extends Job {
  readonly openRuns: number;
  readonly lastRun: {
    readonly id: RunId;
    readonly state: RunState;
    readonly createdAt: Instant;
    readonly startedAt: Instant | null;
    readonly finishedAt: Instant | null;
  } | null;
}

export interface NewJob {
  readonly key: string;
  readonly definition: JobDefinition;
  readonly state: JobState;
  readonly author: string;
  /** Where nobody has asked for the job: the line of the audit log that it leaves. */
  readonly decision?: AutomaticAction;
}

export interface JobFilter {
  readonly states: readonly JobState[] | null;
  readonly types: readonly JobType[] | null;
  readonly triggers: readonly TriggerKind[] | null;
  readonly tag: string | null;
  /** Part of the key or the name, whatever the case. */
  readonly text: string | null;
  /** By number where left out; by the next moment, those without one last. */
  readonly sort?: 'number' | 'key' | 'next';
  /** Only jobs behind this one in the order; the keyset of the page. */
  readonly after: JobId | null;
  readonly limit: number;
}

export type JobAction =
  | 'created'
  | 'updated'
  | 'enabled'
  | 'disabled'
  | 'paused'
  | 'resumed'
  | 'triggered'
  | 'deleted';

/** What somebody did to a job. */
export interface JobChange {
  readonly id: number;
  readonly at: Instant;
  readonly action: JobAction;
  /** State after it. */
  readonly state: JobState;
  readonly version: number;
  readonly author: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export interface JobVersion {
  readonly version: number;
  readonly definition: JobDefinition;
  readonly author: string;
  readonly createdAt: Instant;
}

/** A decision as it was kept. */
export interface FireView {
  readonly id: FireId;
  readonly jobId: JobId;
  readonly jobVersion: number;
  readonly scheduledFor: Instant;
  readonly until: Instant;
  readonly dueCount: number;
  readonly decision: FireDecision;
  readonly reason: FireReason;
  readonly blocker: Blocker | null;
  readonly upstreamRunId: RunId | null;
  readonly decidedAt: Instant;
  readonly runId: RunId | null;
  readonly runState: RunState | null;
}

export interface FireFilter {
  readonly jobId: JobId | null;
  readonly decision: FireDecision | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Only fires older than this one; the keyset of the page. */
  readonly before: FireId | null;
  readonly limit: number;
}

/** What one turn of a scheduler did. */
export interface FireReport {
  /** Jobs that were decided about. */
  readonly jobs: number;
  readonly fires: number;
  /** More may be due at once. */
  readonly more: boolean;
  /** Until the next moment is due, by the database's clock; null where none is waited for. */
  readonly nextInMs: number | null;
}

/** The first moment after an instant; decided while the job is locked. */
export type NextMoment = (
  job: { readonly key: string; readonly definition: JobDefinition },
  after: Instant,
) => Moment | null;

/** A run by hand. */
export interface ManualTrigger {
  readonly by: string;
  /** Parameters of this run alone, laid over those of the job. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether it is refused while any run of the job is open, whatever the policies of the job say. */
  readonly refusedWhileOpen?: boolean | undefined;
}

/** Jobs, their versions and changes, and the fires that were decided about them. */
export interface JobStore {
  /**
   * Raises `job_exists` where the key is taken, `unknown_job` for a reference to none, and `job_loop`
   * where its runs and those of other jobs would call for each other without end.
   */
  createJob(job: NewJob, next: NextMoment): Promise<Job>;
  /**
   * A new version; the same definition makes none. Raises `unknown_job`, `job_changed` where the version
   * is not the expected one, and `job_loop`.
   */
  updateJob(
    id: JobId,
    change: { definition: JobDefinition; expected: number; author: string },
    next: NextMoment,
  ): Promise<Job>;
  /**
   * Steps of the state machine; a job that is in the state already stays as it is. Never fires for the
   * past. Raises `unknown_job` and `bad_job_step`.
   */
  setJobState(id: JobId, state: JobState, author: string, next: NextMoment): Promise<Job>;
  /**
   * The job is gone from lists and never fires again; its runs and fires stay, and its key is free. Raises
   * `unknown_job`, `job_busy` while a run is open, and `job_in_use` while another job needs it.
   */
  deleteJob(id: JobId, author: string): Promise<void>;
  job(id: JobId): Promise<JobView | undefined>;
  jobByKey(key: string): Promise<JobView | undefined>;
  jobs(filter: JobFilter): Promise<readonly JobView[]>;
  /** Counts by state, for lists and pages. */
  jobCounts(): Promise<Readonly<Record<JobState, number>>>;
  /** Newest first; older than a version where one is given, 100 of them where no limit is. */
  jobVersions(
    id: JobId,
    page?: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly JobVersion[]>;
  /** Those of the keys that a job has, or has had before it was deleted. */
  everUsedKeys(keys: readonly string[]): Promise<readonly string[]>;
  /** Newest first. */
  jobChanges(id: JobId, before: number | null, limit: number): Promise<readonly JobChange[]>;
  /** The last change at or before an instant. */
  jobChangeAt(id: JobId, at: Instant): Promise<JobChange | undefined>;

  /**
   * Claims up to `limit` due jobs and decides about them in one transaction: fires, runs, dispatches and
   * the next moments. Jobs that another scheduler has locked are left to it.
   */
  fireDue(limit: number, decide: (job: DueJob, now: Instant) => FirePlan): Promise<FireReport>;
  /** Until the next moment is due, by the database's clock: 0 when one is, null where none is waited for. */
  msUntilDue(): Promise<number | null>;
  /** Fires jobs that follow runs which ended well; returns how many. */
  fireAfter(limit: number): Promise<number>;
  /**
   * A run of the job by hand; nothing of the job changes. Raises `job_busy` under the policy `reject`, and where it
   * is refused while a run is open.
   */
  triggerJob(id: JobId, trigger: ManualTrigger): Promise<RunId>;
  /** Newest first. */
  fires(filter: FireFilter): Promise<readonly FireView[]>;
  /** The fire in whose stretch the instant lies; else undefined. */
  fireAt(jobId: JobId, at: Instant): Promise<FireView | undefined>;

  setGroup(name: string, most: number): Promise<void>;
  groups(): Promise<readonly { name: string; most: number; openRuns: number }[]>;

  /** Says that a scheduler lives; the first time it is made known. */
  schedulerTurned(scheduler: { boot: string; node: string; pid: number }): Promise<void>;
  schedulerStopped(boot: string): Promise<void>;
  /** Schedulers with the time since their last turn. */
  schedulers(): Promise<
    readonly { boot: string; node: string; pid: number; startedAt: Instant; silentMs: number }[]
  >;
  /** The database's clock. */
  now(): Promise<Instant>;
}
