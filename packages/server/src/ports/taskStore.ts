import type { DatasetId, Instant, PlainDay, RunState } from '@tapekeeper/core';
import type { RunId, ShardClaim } from './runStore.ts';

/** How large a table is. */
export interface TableSize {
  readonly rows: number;
  /** False where so many rows are not counted one by one. */
  readonly rowsExact: boolean;
  /** Indices included. */
  readonly bytes: number;
  /** Null where the key does not begin with one, and where counting them takes too long. */
  readonly symbols: number | null;
  /** Null without rows or days, and where the rows are only estimated. */
  readonly firstDay: PlainDay | null;
  readonly lastDay: PlainDay | null;
}

/** The figures of a data set at a time. */
export interface TableStatistics extends TableSize {
  readonly dataset: DatasetId;
  /** Cells that should be there, of data sets that are judged by cells. */
  readonly expectedCells: number | null;
  readonly gapCells: number | null;
  /** Of lists and streams: as old as their oldest part. */
  readonly freshAsOf: Instant | null;
  readonly lastRunId: RunId | null;
  readonly lastRunState: RunState | null;
}

export interface TakenStatistics extends TableStatistics {
  /** The day in Shanghai. */
  readonly takenOn: PlainDay;
  readonly takenAt: Instant;
  /** The run that took them. */
  readonly runId: RunId;
}

/** Days that things are kept. */
export interface RetentionDays {
  /** Runs and fires; notices, resolved incidents and days of freshness as long. */
  readonly runs: number;
  /** Items, outcomes of symbols, tries, steps and logs of runs. */
  readonly details: number;
  readonly events: number;
  /** Quarantined rows after they have been settled. */
  readonly quarantine: number;
}

/** Partitions of details that hold 10,000 runs each. */
export interface DetailSlice {
  readonly slice: number;
  readonly bytes: number;
}

/** What is too old. Counts end at a limit. */
export interface RetentionFacts {
  /** Details of runs before this one are too old. */
  readonly firstDetailedRun: RunId;
  /** Runs before this one are too old. */
  readonly firstKeptRun: RunId;
  /** Slices that go as a whole. */
  readonly slices: readonly DetailSlice[];
  readonly runs: number;
  readonly events: number;
  readonly quarantined: number;
}

/** Where a sweep over old rows goes on. */
export interface Swept {
  readonly removed: number;
  /** Null when nothing too old is left. */
  readonly next: number | null;
}

/** A program that a worker has begun. */
export interface CommandProcess {
  readonly host: string;
  readonly pid: number;
  /** Tells it from another process of the same number. */
  readonly birth: string;
  /** In its environment, and in that of what it begins. */
  readonly token: string;
}

export interface LeftoverProcess extends CommandProcess {
  readonly runId: RunId;
  readonly shardNo: number;
  readonly fence: number;
}

/** A backup that was read back and found whole. */
export interface BackupNote {
  /** Null for one that was made by hand. */
  readonly runId: RunId | null;
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What tasks ask of the database besides the life of their runs. */
export interface TaskStore {
  noteBackup(backup: BackupNote): Promise<void>;
  /** Counts a data set that is collected; estimates rows where the table is large. */
  tableSize(dataset: DatasetId): Promise<TableSize>;
  /** Keeps figures as those of the day. */
  saveStatistics(run: RunId, statistics: TableStatistics): Promise<void>;
  /** The newest figures of each data set that has any. */
  latestStatistics(): Promise<readonly TakenStatistics[]>;

  /** What is too old now; runs, events and rows are counted up to the limit. */
  retentionFacts(days: RetentionDays, countLimit: number): Promise<RetentionFacts>;
  /** Drops a slice; false where it is no longer old as a whole, or somebody reads it. */
  dropDetailSlice(slice: number, keepDays: number): Promise<boolean>;
  /** Removes details of some runs before one, in slices that hold younger runs too. */
  sweepDetails(before: RunId, runs: number): Promise<Swept>;
  /** Runs before one that are over and that no kept run names. */
  sweepRuns(before: RunId, limit: number): Promise<Swept>;
  /** Fires whose run is gone or never was; begin with 0. */
  sweepFires(days: number, after: number, limit: number): Promise<Swept>;
  sweepEvents(days: number, limit: number): Promise<Swept>;
  sweepQuarantine(days: number, limit: number): Promise<Swept>;
  /** Notices that were sent or given up; begin with 0. */
  sweepNotices(days: number, after: number, limit: number): Promise<Swept>;
  /** Resolved incidents with their events, where no later one was merged into them; begin with 0. */
  sweepIncidents(days: number, after: number, limit: number): Promise<Swept>;
  /** Days whose freshness has been judged. */
  sweepFreshness(days: number): Promise<Swept>;

  /** Notes a program down under the fence, before it may do anything. */
  beginProcess(claim: ShardClaim, process: CommandProcess): Promise<void>;
  /** The program has ended. */
  forgetProcess(process: { runId: RunId; shardNo: number; fence: number }): Promise<void>;
  /** Programs of a machine whose claim is no longer held. */
  leftoverProcesses(host: string): Promise<readonly LeftoverProcess[]>;
}
