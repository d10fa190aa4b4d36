import {
  addDays,
  AppError,
  checkTarget,
  errorBudget,
  plainDay,
  shanghaiDay,
  type DatasetId,
  type ErrorBudget,
} from '@tapekeeper/core';
import type { FreshnessDay, StoredTarget } from '../../ports/alertStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';
import { activeTargets, collectedDatasets, type ActiveTarget } from './collectedDatasets.ts';

type Deps = Pick<AppDeps, 'store' | 'marketNow'>;

/** A target with how its month has gone so far. */
export interface TargetView extends ActiveTarget {
  readonly budget: ErrorBudget;
  readonly days: readonly FreshnessDay[];
}

/** What is aimed at, by people or by default, over a month; the present one where none is named. */
export async function listTargets(deps: Deps, month?: string): Promise<readonly TargetView[]> {
  const { store } = deps;
  const [stored, jobs, installedAt] = await Promise.all([
    store.targets(),
    store.alertJobs(),
    store.installedAt(),
  ]);
  const active = activeTargets(stored, collectedDatasets(jobs), installedAt);
  return Promise.all(active.map((target) => withMonth(deps, target, month)));
}

async function withMonth(deps: Deps, target: ActiveTarget, month: string | undefined): Promise<TargetView> {
  const now = await deps.store.now();
  const of = month ?? shanghaiDay(Math.min(now, deps.marketNow())).slice(0, 7);
  const first = plainDay(`${of}-01`);
  const days = (await deps.store.freshnessDays(target.dataset, first, addDays(first, 30))).filter(({ day }) =>
    day.startsWith(of),
  );
  const calendar = await loadCalendar(deps);
  return {
    ...target,
    days,
    budget: errorBudget({ calendar, month: of, objective: target.objective, days, now }),
  };
}

/** Raises `bad_target`, `bad_session_rule`. */
export async function setTarget(
  deps: Deps,
  target: Pick<StoredTarget, 'dataset' | 'due' | 'share' | 'objective'>,
  author: string,
): Promise<{ readonly before: StoredTarget | undefined; readonly after: TargetView }> {
  const { dataset, due, share, objective } = checkTarget(target);
  const before = (await deps.store.targets()).find((one) => one.dataset === dataset);
  const stored = await deps.store.setTarget({ dataset, due, share, objective, updatedBy: author });
  return { before, after: await withMonth(deps, { ...stored, isDefault: false }, undefined) };
}

/** The program's own target holds again, where it has one. Raises `unknown_target`. */
export async function clearTarget(deps: Deps, dataset: DatasetId): Promise<TargetView> {
  const gone = await deps.store.deleteTarget(dataset);
  if (gone === undefined) throw new AppError('unknown_target', { dataset });
  return withMonth(deps, { ...gone, isDefault: false }, undefined);
}
