import type { DatasetId } from '../dataset/dataset.ts';
import type { Symbol } from '../symbol/symbol.ts';

/** Data sets whose rows people may bring in files. */
export const IMPORTED_IDS = ['daily_bars', 'daily_basics'] as const satisfies readonly DatasetId[];
export type ImportedId = (typeof IMPORTED_IDS)[number];

/** What volumes of a file count: single shares, or lots of 100. */
export const VOLUME_UNITS = ['shares', 'lots'] as const;
export type VolumeUnit = (typeof VOLUME_UNITS)[number];

/** What amounts of a file are written in: yuan, or thousands of yuan. */
export const AMOUNT_UNITS = ['cny', 'thousand'] as const;
export type AmountUnit = (typeof AMOUNT_UNITS)[number];

/** What the head of a file cannot say by itself. */
export interface ImportHints {
  readonly dataset: ImportedId;
  readonly volume?: VolumeUnit | undefined;
  readonly amount?: AmountUnit | undefined;
  /** Whose rows they are, of a file without a column of symbols. */
  readonly symbol?: Symbol | undefined;
}

export function isImported(dataset: string): dataset is ImportedId {
  return IMPORTED_IDS.some((id) => id === dataset);
}
