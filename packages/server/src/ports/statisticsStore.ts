import type {
  DatasetId,
  Durations,
  ErrorGroup,
  FailureKind,
  Grain,
  GrainSpan,
  Instant,
  PlainDay,
  Rollup,
  Scope,
  Sums,
} from '@tapekeeper/core';
import type { WorkerId } from './runStore.ts';

/** What subjects of a scope are put in order by, most first. */
export const RANKINGS = [
  'runs',
  'failures',
  'failure_rate',
  'running',
  'waiting',
  'rows',
  'calls',
  'bytes',
] as const;
export type Ranking = (typeof RANKINGS)[number];

/** Where a list in the order of a ranking goes on. */
export interface RankCursor {
  readonly value: number;
  readonly subject: string;
}

export interface RankQuery {
  readonly scope: Scope;
  readonly spans: readonly GrainSpan[];
  readonly by: Ranking;
  readonly after: RankCursor | null;
  readonly limit: number;
}

/** Sums of one subject over a window. */
export interface SubjectSums {
  readonly subject: string;
  readonly sums: Sums;
  readonly durations: Durations;
}

/** One of a ranking, with the figure that it is ranked by. */
export interface RankedSums extends SubjectSums {
  readonly value: number;
}

/** Sums of one stretch of time. */
export type TrendPoint = Omit<Rollup, 'scope' | 'subject' | 'grain'>;

/** What runs of a subject did in a stretch of time. */
export interface WorkPoint extends Pick<Sums, 'runs' | 'failed' | 'rowsWritten' | 'rowsUnchanged' | 'calls'> {
  readonly subject: string;
  readonly startsAt: Instant;
}

/** How far the sums are. */
export interface StatisticsState {
  /** The database's time. */
  readonly now: Instant;
  /** Runs that have ended and are in no sum yet, counted up to a limit. */
  readonly waiting: number;
}

export interface JobName {
  readonly id: number;
  readonly key: string;
  readonly name: string;
}

export interface ErrorQuery {
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly kind: FailureKind | null;
  readonly code: string | null;
  readonly source: string | null;
  readonly dataset: string | null;
  /** Only groups behind this one in the order of the list. */
  readonly after: { readonly count: number; readonly id: number } | null;
  readonly limit: number;
}

/** A group of failures, with how many there were in the days that were asked for. */
export interface StoredErrorGroup extends Omit<ErrorGroup, 'days' | 'count'> {
  readonly id: number;
  /** Of all time. */
  readonly total: number;
  readonly count: number;
  readonly days: readonly { readonly day: PlainDay; readonly count: number }[];
}

export interface WorkerLoad {
  readonly id: WorkerId;
  readonly node: string;
  readonly pid: number;
  readonly slots: number;
  /** Shards that it holds; those that wait within a dispatch are held too. */
  readonly held: number;
  readonly silentMs: number;
}

/** Connections of one process to the database. */
export interface PoolUse {
  readonly most: number;
  readonly used: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

/** How busy workers, queue and connections are. */
export interface WorkLoad {
  readonly workers: readonly WorkerLoad[];
  readonly dispatches: {
    /** Due, and taken by nobody. */
    readonly ready: number;
    /** Put back for later. */
    readonly later: number;
    readonly atWork: number;
    /** How long the one that is due longest has waited. */
    readonly oldestReadyMs: number | null;
  };
  readonly pool: PoolUse;
  readonly connections: { readonly most: number; readonly open: number; readonly active: number };
}

/** How full the disk was on a day. */
export interface DiskSample {
  readonly takenOn: PlainDay;
  readonly takenAt: Instant;
  readonly databaseBytes: number;
  /** Null where the database is on another machine. */
  readonly freeMegabytes: number | null;
}

/** How large the tables of a data set were on a day. */
export interface TableSample {
  readonly dataset: DatasetId;
  readonly takenOn: PlainDay;
  readonly bytes: number;
}

/** Sums over the history of runs: no question here reads runs, but for adding up those that have just ended. */
export interface StatisticsStore {
  /**
   * Adds runs that have ended to the sums, each exactly once whatever happens, and returns how many; 0 also while
   * another process does so. What runs say of their failures goes through `mask`.
   */
  foldEndedRuns(limit: number, mask: (text: string) => string): Promise<number>;
  statisticsState(): Promise<StatisticsState>;
  /** Sums of a subject over the stretches; zeros where there is none. */
  sumsOf(scope: Scope, subject: string, spans: readonly GrainSpan[]): Promise<SubjectSums>;
  rankSubjects(query: RankQuery): Promise<readonly RankedSums[]>;
  /** Oldest first; stretches without runs are left out. */
  trendOf(
    scope: Scope,
    subject: string,
    span: { readonly grain: Grain; readonly from: Instant; readonly to: Instant },
  ): Promise<readonly TrendPoint[]>;
  /** What the subjects of a scope did by stretches, oldest first. */
  workOf(scope: Scope, span: GrainSpan): Promise<readonly WorkPoint[]>;
  /** Keys and names of jobs, deleted ones too. */
  jobNames(ids: readonly number[]): Promise<readonly JobName[]>;
  /** Most failures first. */
  errorGroups(query: ErrorQuery): Promise<readonly StoredErrorGroup[]>;
  workLoad(): Promise<WorkLoad>;
  /** Keeps how full the disk is as the figure of the day. */
  sampleDisk(freeMegabytes: number | null): Promise<void>;
  /** Of the last so many days, oldest first. */
  diskSamples(days: number): Promise<readonly DiskSample[]>;
  tableSamples(days: number): Promise<readonly TableSample[]>;
}
