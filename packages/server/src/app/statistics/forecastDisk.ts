import {
  DAY_MS,
  dayNumber,
  daysLeft,
  growthOf,
  type DatasetId,
  type DaysLeft,
  type Growth,
} from '@tapekeeper/core';
import type { DiskSample, TableSample } from '../../ports/statisticsStore.ts';
import type { AppDeps } from '../deps.ts';

/** Growth is judged by so many days: long enough for quiet weeks, short enough for a new data set to be seen. */
const JUDGED_DAYS = 60;
const BYTES_A_MEGABYTE = 1024 * 1024;

/** How full the disk is, how fast it fills, and when it will be full. */
export interface DiskForecast {
  /** Missing where nothing has been sampled yet. */
  readonly newest: DiskSample | undefined;
  readonly samples: readonly DiskSample[];
  /** Bytes a day; missing with fewer than three days. */
  readonly growth: Growth | undefined;
  /** Missing where growth or free space is not known. */
  readonly left: DaysLeft | undefined;
  readonly tables: readonly TableGrowth[];
}

export interface TableGrowth {
  readonly dataset: DatasetId;
  readonly bytes: number;
  readonly growth: Growth | undefined;
}

/** The forecast by the last sixty days. Free space is asked for anew where the database is on this machine. */
export async function forecastDisk({
  store,
  freeMegabytes,
}: Pick<AppDeps, 'store' | 'freeMegabytes'>): Promise<DiskForecast> {
  const [samples, tables, free] = await Promise.all([
    store.diskSamples(JUDGED_DAYS),
    store.tableSamples(JUDGED_DAYS),
    freeMegabytes(),
  ]);
  const newest = samples.at(-1);
  const growth = growthOf(
    samples.map(({ takenAt, databaseBytes }) => ({ day: takenAt / DAY_MS, value: databaseBytes })),
  );
  const left = free ?? newest?.freeMegabytes ?? null;
  return {
    newest: newest && { ...newest, freeMegabytes: left === null ? null : Math.floor(left) },
    samples,
    growth,
    left: growth === undefined || left === null ? undefined : daysLeft(left * BYTES_A_MEGABYTE, growth),
    tables: growthsOf(tables),
  };
}

function growthsOf(samples: readonly TableSample[]): readonly TableGrowth[] {
  return [...Map.groupBy(samples, ({ dataset }) => dataset)].map(([dataset, taken]) => ({
    dataset,
    bytes: taken.at(-1)?.bytes ?? 0,
    growth: growthOf(taken.map(({ takenOn, bytes }) => ({ day: dayNumber(takenOn), value: bytes }))),
  }));
}
