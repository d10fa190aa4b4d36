import type { AmountUnit, VolumeUnit } from '../import/importWish.ts';
import type { SourceId } from '../source/source.ts';
import type { WorkflowParams } from '../workflow/workflow.ts';

/** What a job does. Runs have the types of jobs: a run by hand needs no job. */
export const JOB_TYPES = [
  'sync',
  'repair',
  'reconcile',
  'source_check',
  'statistics',
  'retention',
  'export',
  'workflow',
  'example',
  'command',
  'backup',
  'import',
] as const;
export type JobType = (typeof JOB_TYPES)[number];

/** Types whose work is cells of a data set, planned into items. */
export const SYNC_TYPES = ['sync', 'repair'] as const;
export type SyncType = (typeof SYNC_TYPES)[number];
/** Types whose work is one piece with steps. */
export type TaskType = Exclude<JobType, SyncType | 'workflow'>;

export function isSyncType(type: JobType): type is SyncType {
  return type === 'sync' || type === 'repair';
}

/** A wish for data, as jobs keep it and people write it; days and symbols are texts that the run checks. */
export interface SyncWish {
  readonly dataset: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Calendar days up to the end, where no first day is named. */
  readonly lastDays?: number | undefined;
  readonly symbols?: readonly string[] | undefined;
  /** A symbol set whose members are wished for, beside the symbols. */
  readonly set?: string | undefined;
  readonly sources?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
}

export interface ReconcileParams {
  readonly dataset: string;
  readonly sampleSize?: number | undefined;
  readonly sources?: readonly string[] | undefined;
}

export interface SourceCheckParams {
  /** All sources where left out. */
  readonly source?: SourceId | undefined;
}

export interface ExportParams {
  readonly dataset: string;
  readonly format: 'csv' | 'ndjson' | 'parquet' | 'qlib';
  /** Calendar days up to today; everything where left out. */
  readonly lastDays?: number | undefined;
  readonly set?: string | undefined;
  /** Adjustment of prices, where the data set has them. */
  readonly adjust?: 'forward' | 'backward' | undefined;
}

/** A job to try things out with: it waits, tells its steps, and fails as often as wished. */
export interface ExampleParams {
  readonly durationSeconds: number;
  /** From 0 (always fails) to 1 (never). */
  readonly successRate: number;
  readonly steps: number;
  readonly message?: string | undefined;
}

export interface CommandParams {
  /** Name of an allowed program; never a shell line. */
  readonly program: string;
  readonly args: readonly string[];
  /** Working directory; the data directory's `work` where left out. */
  readonly directory?: string | undefined;
}

/** Rows from a file that was brought; a job names its data set, each of its runs a file. */
export interface ImportParams {
  readonly dataset: string;
  /** Name of the kept file; a run without one has nothing to do. */
  readonly file?: string | undefined;
  /** What its owner calls the file. */
  readonly name?: string | undefined;
  /** What volumes and amounts are written in, where the head of the file does not tell. */
  readonly volume?: VolumeUnit | undefined;
  readonly amount?: AmountUnit | undefined;
  /** Whose rows they are, of a file without a column of symbols. */
  readonly symbol?: string | undefined;
  /** Values of the file go before stored ones, which stay as revisions; else only what is missing is filled. */
  readonly replace?: boolean | undefined;
  /** Only tells what it would do. */
  readonly dryRun?: boolean | undefined;
}

/** The parameters of each type of job. */
export interface JobParams {
  readonly sync: SyncWish;
  readonly repair: SyncWish;
  readonly reconcile: ReconcileParams;
  readonly source_check: SourceCheckParams;
  readonly statistics: Readonly<Record<string, never>>;
  readonly retention: Readonly<Record<string, never>>;
  readonly export: ExportParams;
  readonly workflow: WorkflowParams;
  readonly example: ExampleParams;
  readonly command: CommandParams;
  readonly backup: Readonly<Record<string, never>>;
  readonly import: ImportParams;
}

/** What a job does, apart from when. */
export type JobWork = {
  [Type in JobType]: { readonly type: Type; readonly params: JobParams[Type] };
}[JobType];
