import { AppError, type Capability, type SourceId } from '@tapekeeper/core';
import type { SyncRun } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { hasRight } from '../rights.ts';

export type PlanQuestion = Pick<SyncRun, 'id' | 'dataset' | 'params' | 'cause' | 'createdAt' | 'policies'>;

/** A source of the run's order that has the data set. */
export interface UsableSource {
  readonly source: SourceId;
  /** Place in the run's order of sources: rounds count by it. */
  readonly position: number;
  readonly capability: Capability;
}

/** Those that are not known to refuse it. */
export async function usableSources(deps: AppDeps, run: PlanQuestion): Promise<readonly UsableSource[]> {
  const rights = await deps.store.rights();
  return withDataset(deps, run).filter(({ source, capability }) => hasRight(rights, source, capability.api));
}

/** Sources of the run's order that have the data set, whether or not they may give it. */
export function withDataset(deps: AppDeps, run: PlanQuestion): readonly UsableSource[] {
  return run.params.sources.flatMap((source, position) => {
    const capability = deps.sources.get(source)?.capabilities.find((one) => one.dataset === run.dataset);
    return capability ? [{ source, position, capability }] : [];
  });
}

/** Why no source can serve a run. */
export async function lackError(deps: AppDeps, run: PlanQuestion): Promise<AppError> {
  const refused = (await deps.store.rights()).filter(
    (right) => !right.allowed && run.params.sources.includes(right.source),
  );
  const detail =
    refused.length === 0
      ? ` (asked: ${run.params.sources.join(', ') || 'none'})`
      : ` (${refused.map((right) => `${right.source} refuses ${right.api}`).join('; ')})`;
  return new AppError('source_lacks_dataset', { dataset: run.dataset, detail });
}
