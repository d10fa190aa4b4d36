import type { DatasetId, SourceId } from '@tapekeeper/core';

/** What a source allows to one kind of account, as published, and how fast it is asked by us. */
export interface Tier {
  readonly source: SourceId;
  readonly name: string;
  /** The data sets that the account has a right to; all that the source serves where it is left out. */
  readonly datasets?: readonly DatasetId[];
  /** Calls a minute that the settings suggest: a little below what is allowed. */
  readonly perMinute: number;
  readonly perDay?: number;
}

/** Tushare counts each interface by itself; BaoStock allows one connection, and what is too fast is shut out. */
export const TIERS: readonly Tier[] = [
  { source: 'baostock', name: 'BaoStock, no account', perMinute: 120 },
  { source: 'tushare', name: 'Tushare, 120 points', datasets: ['daily_bars'], perMinute: 45, perDay: 8000 },
  { source: 'tushare', name: 'Tushare, 2000 points', perMinute: 190, perDay: 100_000 },
  { source: 'tushare', name: 'Tushare, 5000 points', perMinute: 480 },
];

/** Milliseconds that plans count for one call; where the rate allows more, this is what takes the time. */
export const CALL_LATENCY_MS = 300;
