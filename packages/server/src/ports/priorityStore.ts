import type { DatasetId, Instant, SourceId } from '@tapekeeper/core';

/** The order of asking that a person has set for a data set, or for all (`*`). */
export interface StoredPriority {
  readonly dataset: DatasetId | '*';
  readonly sources: readonly SourceId[];
  readonly changedBy: string;
  readonly changedAt: Instant;
}

export interface PriorityStore {
  priorities(): Promise<readonly StoredPriority[]>;
  setPriority(dataset: DatasetId | '*', sources: readonly SourceId[], author: string): Promise<void>;
  /** Back to the order of `*`, or of the settings; false where none was set. */
  clearPriority(dataset: DatasetId | '*'): Promise<boolean>;
}
