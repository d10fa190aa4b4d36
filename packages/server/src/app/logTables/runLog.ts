import type { DatasetId, Instant, RunState } from '@tapekeeper/core';
import type { LineCount, LogSpan, LogStatus } from '../../ports/logTableStore.ts';
import type { RunPage } from '../../ports/pageStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { statesOf } from './logWords.ts';
import { skipOf, type PageWish } from './pageDepth.ts';

type LogDeps = Pick<AppDeps, 'store'>;

export interface RunLogWish extends LogSpan, PageWish {
  readonly status: LogStatus | null;
}

/** Runs about a data set, newest first, with how many there are. Raises `bad_request` for a page too deep. */
export async function runLog({ store }: LogDeps, dataset: DatasetId, wish: RunLogWish): Promise<RunPage> {
  const { from, until, status, size: limit } = wish;
  const ask = { datasets: [dataset], states: statesOf(status), from, until, limit, oldestFirst: false };
  const skip = (wish.page - 1) * limit;
  if (skip > 0) {
    const { total } = await store.datasetRunPage({ ...ask, skip: 0, limit: 0 });
    if (skipOf(wish, total) === total) return { runs: [], total };
  }
  return store.datasetRunPage({ ...ask, skip });
}

/** The newest runs about a data set, with nothing counted. */
export function recentRuns(
  { store }: LogDeps,
  dataset: DatasetId,
  limit: number,
): Promise<readonly RunView[]> {
  return store.runs({ dataset, states: null, before: null, limit });
}

/** How many runs about a data set were made on which day since an instant, by state. */
export function countRuns(
  { store }: LogDeps,
  dataset: DatasetId,
  from: Instant | null,
): Promise<readonly LineCount<RunState>[]> {
  return store.datasetRunCounts(dataset, from);
}

/** How many runs about a data set were made since an instant, of all states or of those with a status. */
export async function totalRuns(
  { store }: LogDeps,
  dataset: DatasetId,
  from: Instant | null,
  status: LogStatus | null = null,
): Promise<number> {
  const none = { skip: 0, limit: 0, until: null, oldestFirst: false };
  const ask = { ...none, datasets: [dataset], states: statesOf(status), from };
  return (await store.datasetRunPage(ask)).total;
}
