import {
  AppError,
  COLLECTED_IDS,
  isDatasetId,
  SOURCES,
  type DatasetId,
  type SourceId,
} from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

/** The order of asking for one data set, and who says so. */
export interface Priority {
  readonly dataset: DatasetId;
  /** Only sources that are in use and have the data set. */
  readonly sources: readonly SourceId[];
  /** Set for the data set, set for all, or the order of the settings. */
  readonly from: 'dataset' | 'all' | 'settings';
}

type RouterDeps = Pick<AppDeps, 'store' | 'sources' | 'settings'>;

/**
 * The sources that a run without a wish of its own asks, in order: as set for the data set, else as set
 * for all, else as in the settings. Sources that are switched off in the settings stay so.
 */
export async function priorityOf(deps: RouterDeps, dataset: DatasetId): Promise<readonly SourceId[]> {
  const set = await deps.store.priorities();
  const chosen = set.find((one) => one.dataset === dataset) ?? set.find((one) => one.dataset === '*');
  return inUse(deps, chosen?.sources ?? deps.settings.sourcePriority);
}

export async function priorities(deps: RouterDeps): Promise<readonly Priority[]> {
  const set = await deps.store.priorities();
  const ofAll = set.find((one) => one.dataset === '*');
  return COLLECTED_IDS.map((dataset) => {
    const own = set.find((one) => one.dataset === dataset);
    const sources = inUse(deps, (own ?? ofAll)?.sources ?? deps.settings.sourcePriority);
    return {
      dataset,
      sources: sources.filter((source) => serves(deps, source, dataset)),
      from: own === undefined ? (ofAll === undefined ? 'settings' : 'all') : 'dataset',
    };
  });
}

/**
 * Sets the order of a data set, or of all (`*`). Raises `unknown_dataset`, `unknown_source`, or
 * `source_lacks_dataset` where none of the sources named has the data set.
 */
export async function setPriority(
  deps: RouterDeps,
  dataset: string,
  wished: readonly string[],
  author: string,
): Promise<void> {
  const target = readTarget(dataset);
  const sources = [...new Set(wished.map((text) => readSource(deps, text)))];
  if (target !== '*' && !sources.some((source) => serves(deps, source, target))) {
    throw new AppError('source_lacks_dataset', {
      dataset: target,
      detail: ` (asked: ${sources.join(', ')})`,
    });
  }
  await deps.store.setPriority(target, sources, author);
}

/** Back to the order of all, or of the settings. */
export async function clearPriority(deps: RouterDeps, dataset: string): Promise<boolean> {
  return deps.store.clearPriority(readTarget(dataset));
}

function readTarget(text: string): DatasetId | '*' {
  if (text === '*' || (isDatasetId(text) && COLLECTED_IDS.includes(text))) return text;
  throw new AppError('unknown_dataset', { dataset: text, known: COLLECTED_IDS.join(', ') });
}

/** Raises `unknown_source` for what is no source of this installation. */
export function readSource(deps: Pick<AppDeps, 'sources'>, text: string): SourceId {
  const source = SOURCES.find((known) => known === text && deps.sources.has(known));
  if (source === undefined)
    throw new AppError('unknown_source', { source: text, known: [...deps.sources.keys()].join(', ') });
  return source;
}

function inUse({ settings }: RouterDeps, sources: readonly SourceId[]): readonly SourceId[] {
  return sources.filter((source) => settings.sourcePriority.includes(source));
}

function serves({ sources }: RouterDeps, source: SourceId, dataset: DatasetId): boolean {
  return sources.get(source)?.capabilities.some((one) => one.dataset === dataset) ?? false;
}
