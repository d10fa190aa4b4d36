import { AppError, isSyncType, type SyncWish } from '@tapekeeper/core';
import type { Run, ShardClaim, SyncRun } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { resolveSync } from '../requestSync.ts';

/** A run as a sync, its wish settled now where that has not been done. Raises the usage errors of the wish. */
export async function settledRun(deps: AppDeps, claim: ShardClaim, run: Run): Promise<SyncRun> {
  if (!isSyncType(run.type))
    throw new AppError('internal', { message: `a ${run.type} has no cells to collect` });
  const { type } = run;
  const wish = run.wish as SyncWish;
  if (run.params !== null && run.dataset !== null)
    return { ...run, type, wish, dataset: run.dataset, params: run.params };
  const { dataset, params } = await resolveSync(deps, wish, type);
  await deps.store.settleParams(claim, params);
  return { ...run, type, wish, dataset, params };
}
