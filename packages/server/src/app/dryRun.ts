import type { DatasetId, PlainDay } from '@tapekeeper/core';
import type { PlanSummary, Run } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { emptyPlan, planRound } from './planning/planRound.ts';
import { resolveSync, type SyncRequest } from './requestSync.ts';
import { missingRequirements } from './requirements.ts';

/** What a run would do, were it begun now. */
export interface DryRunReport {
  readonly dataset: DatasetId;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly plan: PlanSummary;
  /** Lists that the run would refresh first. Where one of them is not there at all, the plan is empty. */
  readonly requires: readonly DatasetId[];
}

/** Plans the first round of a wish without writing anything. Raises what the run itself would. */
export async function dryRun(
  deps: AppDeps,
  request: SyncRequest,
  type: 'sync' | 'repair',
): Promise<DryRunReport> {
  const wish = await resolveSync(deps, request, type);
  // no run has the number 0, so nothing counts as tried for it
  const unborn: Run = { ...wish, id: 0, state: 'pending', createdAt: deps.clock.now() };
  const requires = (await missingRequirements(deps, unborn)).map((child) => child.dataset);
  const known = await Promise.all(requires.map((dataset) => deps.store.freshness(dataset)));
  const cannotPlan = known.some((parts) => parts.length === 0);
  const { summary } = cannotPlan ? emptyPlan(wish) : await planRound(deps, unborn, 0);
  return { dataset: wish.dataset, from: wish.params.from, to: wish.params.to, plan: summary, requires };
}
