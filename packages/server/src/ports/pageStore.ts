import type { DatasetId, Instant, RunState } from '@tapekeeper/core';
import type { JobId } from './jobStore.ts';
import type { RunId } from './runStore.ts';
import type { RunView } from './viewStore.ts';

/** Which runs are paged by number, and which page of them it is. */
interface PageWish {
  readonly states: readonly RunState[];
  /** Made at this instant or later. */
  readonly from: Instant | null;
  /** Made before it. */
  readonly until: Instant | null;
  readonly skip: number;
  readonly limit: number;
}

export interface JobRunPageWish extends PageWish {
  readonly jobId: JobId;
}

export interface DatasetRunPageWish extends PageWish {
  readonly datasets: readonly DatasetId[];
  readonly oldestFirst: boolean;
}

export interface RunPage {
  readonly runs: readonly RunView[];
  /** Of all pages, exactly: counted in an index alone. */
  readonly total: number;
}

/** Who made a job and who changed it last, and its newest run in one of some states. */
export interface JobPeople {
  readonly jobId: JobId;
  readonly createdBy: string | null;
  readonly updatedBy: string | null;
  readonly lastRunId: RunId | null;
}

/** Lists as clients of documented interfaces leaf through them: by number of page, with totals. */
export interface PageStore {
  /** Newest first. */
  jobRunPage(wish: JobRunPageWish): Promise<RunPage>;
  datasetRunPage(wish: DatasetRunPageWish): Promise<RunPage>;
  /** In any order. */
  runsById(ids: readonly RunId[]): Promise<readonly RunView[]>;
  /** Runs of a job that are open, or of all; counted in an index of such runs alone. */
  openRuns(jobId: JobId | null): Promise<{ readonly open: number; readonly running: number }>;
  jobPeople(ids: readonly JobId[], states: readonly RunState[]): Promise<readonly JobPeople[]>;
}
