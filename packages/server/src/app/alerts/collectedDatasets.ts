import {
  cellsOf,
  DEFAULT_TARGETS,
  isDatasetId,
  type DatasetId,
  type FreshnessTarget,
  type Instant,
} from '@tapekeeper/core';
import type { AlertJobRow, StoredTarget } from '../../ports/alertStore.ts';

/** A target with since when its days are judged. */
export interface ActiveTarget extends FreshnessTarget {
  readonly since: Instant;
  /** Whether the program brought it along. */
  readonly isDefault: boolean;
  /** 0 where it is the program's own. */
  readonly version: number;
}

/**
 * Jobs that run by themselves: by a trigger of their own, or called for by one that does. Those that wait for
 * people write nothing that anybody expects.
 */
export function regularJobs(jobs: readonly AlertJobRow[]): readonly AlertJobRow[] {
  const regular = new Set(jobs.filter(({ triggerKind }) => triggerKind !== 'manual').map(({ id }) => id));
  for (;;) {
    const called = jobs
      .filter(({ id, callsFor }) => regular.has(id) && callsFor.length > 0)
      .flatMap(({ callsFor }) => callsFor.filter((id) => !regular.has(id)));
    if (called.length === 0) return jobs.filter(({ id }) => regular.has(id));
    for (const id of called) regular.add(id);
  }
}

/** Data sets of cells by trading days that regular jobs write, with these jobs. */
export function collectedDatasets(jobs: readonly AlertJobRow[]): ReadonlyMap<DatasetId, readonly number[]> {
  const writers = regularJobs(jobs).flatMap(({ id, type, dataset }) =>
    (type === 'sync' || type === 'repair') && dataset !== null && isDatasetId(dataset)
      ? [{ id, dataset }]
      : [],
  );
  const byDataset = Map.groupBy(writers, ({ dataset }) => dataset);
  return new Map(
    [...byDataset]
      .filter(([dataset]) => cellsOf(dataset)?.scale === 'trading_days')
      .map(([dataset, found]) => [dataset, found.map(({ id }) => id)]),
  );
}

/** What people have set, and the program's own for what is collected without a target. */
export function activeTargets(
  stored: readonly StoredTarget[],
  collected: ReadonlyMap<DatasetId, unknown>,
  installedAt: Instant,
): readonly ActiveTarget[] {
  const own = DEFAULT_TARGETS.filter(
    ({ dataset }) => collected.has(dataset) && !stored.some((one) => one.dataset === dataset),
  );
  return [
    ...stored.map((one) => ({ ...one, isDefault: false })),
    ...own.map((one) => ({ ...one, since: installedAt, isDefault: true, version: 0 })),
  ];
}
