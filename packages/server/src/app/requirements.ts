import { AppError, DATASETS, type DatasetId } from '@tapekeeper/core';
import type { NewSyncRun, SyncRun, StoredError } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { resolveSync } from './requestSync.ts';

/**
 * What must be refreshed before a run can be planned: child runs for the lists that are missing or too
 * old and have not been tried for this run yet. A list that could not be refreshed stops the run only
 * where there is none at all.
 */
export async function missingRequirements(deps: AppDeps, run: SyncRun): Promise<readonly NewSyncRun[]> {
  const tried = await deps.store.requirementsOf(run.id);
  const children: NewSyncRun[] = [];
  for (const requirement of DATASETS[run.dataset].requires) {
    const known = await deps.store.freshness(requirement.dataset);
    const oldest = deps.clock.now() - requirement.maxAgeDays * 86_400_000;
    if (known.length > 0 && known.every((entry) => entry.asOf >= oldest)) continue;
    const attempt = tried.find((child) => child.dataset === requirement.dataset);
    if (attempt === undefined) {
      children.push(await childRun(deps, run, requirement.dataset));
    } else if (known.length === 0) {
      throw requirementError(attempt.error, run.dataset, requirement.dataset);
    }
  }
  return children;
}

async function childRun(deps: AppDeps, run: SyncRun, dataset: DatasetId): Promise<NewSyncRun> {
  const child = await resolveSync(deps, { dataset, sources: run.params.sources }, 'sync');
  return {
    ...child,
    cause: 'requirement',
    requestedBy: run.requestedBy,
    parentRunId: run.id,
    ...(run.policies && { policies: { ...run.policies, group: null, timeoutSeconds: null } }),
  };
}

/** The child's own error is the one that helps; it is passed on as it was. */
function requirementError(error: StoredError | null, dataset: DatasetId, required: DatasetId): AppError {
  if (error !== null) return new AppError(error.code, error.details);
  return new AppError('source_lacks_dataset', { dataset, detail: ` (it needs ${required} first)` });
}
