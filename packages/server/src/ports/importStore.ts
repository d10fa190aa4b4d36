import type { PlainDay } from '@tapekeeper/core';
import type { RowWrite, ShardClaim } from './runStore.ts';

/** The rows of some symbols of a file: written as one, or not at all. */
export interface NewPortion {
  readonly no: number;
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Bitmap of the instruments. */
  readonly members: Uint8Array;
  readonly symbols: number;
}

/** How the rows of a symbol stand against the stored ones. */
export interface StandingRows {
  readonly symbol: string;
  /** Rows whose key is not stored. */
  readonly fresh: number;
  /** Stored rows that lack a value which the file has. */
  readonly gaining: number;
  /** Stored rows that have another value somewhere. */
  readonly differing: number;
}

/** What imports ask of the database besides what all tasks do. */
export interface ImportStore {
  /**
   * Makes the portions of a file items of its run, where an attempt before has not, and gives those that are
   * done. Raises `lease_lost`.
   */
  beginPortions(claim: ShardClaim, portions: readonly NewPortion[]): Promise<ReadonlySet<number>>;
  /** Whether an attempt before has done all portions of the run. */
  portionsAreDone(claim: ShardClaim): Promise<boolean>;
  /** Compares rows with what is stored; nothing is written. */
  compareRows(write: RowWrite): Promise<readonly StandingRows[]>;
  /** Files that runs still need. */
  filesOfOpenImports(): Promise<readonly string[]>;
}
