import type { DatasetId } from '@tapekeeper/core';
import type { RunId } from './runStore.ts';

/** What single runs have done to what is stored. */
export interface SyncStore {
  /** How many rows a run has corrected: those that it wrote and that were there before. */
  correctedRows(dataset: DatasetId, id: RunId): Promise<number>;
}
