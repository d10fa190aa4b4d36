import type { PlainDay } from '@tapekeeper/core';
import type { RunId } from './runStore.ts';
import type { RunView } from './viewStore.ts';

/** A question to a source that failed, and that no later source of the same run has made good. */
export interface LostQuestion {
  /** Null for a whole market. */
  readonly symbol: string | null;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly code: string | null;
  /** Of the last try. */
  readonly message: string | null;
}

/** What runs have failed to get. */
export interface RunLosses {
  readonly runId: RunId;
  /** Symbols that were asked for by themselves. */
  readonly symbols: number;
  /** Symbol outcomes of whole markets: as many as each market had symbols. */
  readonly marketOutcomes: number;
  /** The first of the questions. */
  readonly first: readonly LostQuestion[];
}

/** Reading of runs as tasks that are listed by the kind of their job. */
export interface CollectionStore {
  /** The newest runs of jobs with these keys, those of deleted jobs among them; newest first. */
  runsOfJobs(keys: readonly string[], limit: number): Promise<readonly RunView[]>;
  /** What runs have lost, with up to `most` questions each; runs without a failed question are left out. */
  lossesOf(runs: readonly RunId[], most: number): Promise<readonly RunLosses[]>;
}
