import {
  callClassOf,
  type BudgetShare,
  type Capability,
  type DatasetId,
  type PlainDay,
  type SourceId,
} from '@tapekeeper/core';
import type { PlanSummary, SyncRun } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { forecast } from './forecast.ts';
import { emptyPlan, planRound } from './planning/planRound.ts';
import { resolveSync, type SyncRequest } from './requestSync.ts';
import { missingRequirements } from './requirements.ts';
import { hasRight } from './rights.ts';

/** What a run would do, were it begun now. */
export interface DryRunReport {
  readonly dataset: DatasetId;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly plan: PlanSummary;
  /** Parts of a minute's, an hour's and a day's budget that the first round takes; null where nothing is counted. */
  readonly share: BudgetShare;
  /** Interfaces that sources of the wish have refused to this account. */
  readonly lackingRights: readonly { readonly source: SourceId; readonly api: string }[];
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
  const unborn: SyncRun = { ...wish, id: 0, state: 'pending', createdAt: deps.clock.now() };
  const requires = (await missingRequirements(deps, unborn)).map((child) => child.dataset);
  const known = await Promise.all(requires.map((dataset) => deps.store.freshness(dataset)));
  const cannotPlan = known.some((parts) => parts.length === 0);
  const { summary } = cannotPlan ? emptyPlan(wish) : await planRound(deps, unborn, 0);
  const [share, lackingRights] = await Promise.all([shareOf(deps, unborn, summary), refusedTo(deps, wish)]);
  return {
    dataset: wish.dataset,
    from: wish.params.from,
    to: wish.params.to,
    plan: summary,
    share,
    lackingRights,
    requires,
  };
}

const NOTHING_COUNTED: BudgetShare = { minute: null, hour: null, day: null };

async function shareOf(deps: AppDeps, run: SyncRun, { source, calls }: PlanSummary): Promise<BudgetShare> {
  const capability = source === null ? undefined : capabilityOf(deps, source, run.dataset);
  if (source === null || capability === undefined) return NOTHING_COUNTED;
  const callClass = callClassOf({ cause: run.cause, priority: run.policies?.priority, ...run.params });
  return (await forecast(deps, source, capability, calls, callClass)).share;
}

async function refusedTo(
  deps: AppDeps,
  { dataset, params }: Pick<SyncRun, 'dataset' | 'params'>,
): Promise<DryRunReport['lackingRights']> {
  const rights = await deps.store.rights();
  return params.sources.flatMap((source) => {
    const api = capabilityOf(deps, source, dataset)?.api;
    return api === undefined || hasRight(rights, source, api) ? [] : [{ source, api }];
  });
}

function capabilityOf({ sources }: AppDeps, source: SourceId, dataset: DatasetId): Capability | undefined {
  return sources.get(source)?.capabilities.find((one) => one.dataset === dataset);
}
