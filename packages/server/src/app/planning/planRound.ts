import { callClassOf, cellsOf, DATASETS, type Plan } from '@tapekeeper/core';
import type { NewPlan, PlanSummary } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { forecast } from '../forecast.ts';
import { planCells, unexplainedCells } from './planCells.ts';
import { planStretch, planTable } from './planTables.ts';
import { cutShards, newItem } from './shards.ts';
import {
  lackError,
  usableSources,
  withDataset,
  type PlanQuestion,
  type UsableSource,
} from './usableSources.ts';

/**
 * Plans one round of a run: what is missing, asked of the first source from that round on that has the
 * data set and the right to it. Later rounds ask the next sources for what is still missing, under the
 * fallback cap. Raises `source_lacks_dataset` when no source can serve the first round.
 */
export async function planRound(deps: AppDeps, run: PlanQuestion, round: number): Promise<NewPlan> {
  const usable = await usableSources(deps, run);
  const next = usable.find((candidate) => candidate.position >= round);
  if (next === undefined) {
    if (round === 0) throw await lackError(deps, run);
    return { ...emptyPlan(run), cellsLeft: await leftBehind(deps, run, round) };
  }
  const plan = await planFor(deps, run, next, round);
  const hasNext = usable.some((candidate) => candidate.position > next.position);
  const mayGoOn = cellsOf(run.dataset) === undefined ? plan.calls > 0 : plan.cells + plan.unservedCells > 0;
  const nextRound = hasNext && mayGoOn ? next.position + 1 : null;
  const items = plan.items.map((item) => newItem(item, next.source));
  const callClass = callClassOf({ cause: run.cause, priority: run.policies?.priority, ...run.params });
  const { durationMs } = await forecast(deps, next.source, next.capability, plan.calls, callClass);
  return {
    summary: {
      source: items.length > 0 ? next.source : null,
      sources: usable.map((candidate) => candidate.source),
      shape: plan.shape,
      items: items.length,
      calls: plan.calls,
      cells: plan.cells,
      unservedCells: plan.unservedCells,
      estimatedMs: durationMs,
    },
    shards: cutShards(deps, next.source, items),
    nextRound,
    cellsLeft:
      nextRound === null && plan.unservedCells > 0
        ? await unexplainedCells(deps, run, plan.unservedCells)
        : 0,
  };
}

/**
 * What a later round has nobody left to ask for: the right to the source that it was planned for may have been lost
 * meanwhile. Of a data set without cells it counts the calls that would have been made.
 */
async function leftBehind(deps: AppDeps, run: PlanQuestion, round: number): Promise<number> {
  const [anyone] = withDataset(deps, run);
  if (anyone === undefined) throw await lackError(deps, run);
  const plan = await planFor(deps, run, anyone, round);
  if (cellsOf(run.dataset) === undefined) return plan.calls;
  const unserved = plan.cells + plan.unservedCells;
  return unserved === 0 ? 0 : unexplainedCells(deps, run, unserved);
}

/** The plan of a round with nothing to do. */
export function emptyPlan(run: Pick<PlanQuestion, 'params'>): NewPlan {
  const summary: PlanSummary = {
    source: null,
    sources: run.params.sources,
    shape: null,
    items: 0,
    calls: 0,
    cells: 0,
    unservedCells: 0,
    estimatedMs: 0,
  };
  return { summary, shards: [], nextRound: null, cellsLeft: 0 };
}

async function planFor(deps: AppDeps, run: PlanQuestion, next: UsableSource, round: number): Promise<Plan> {
  if (cellsOf(run.dataset) !== undefined) return planCells(deps, run, next, round);
  return DATASETS[run.dataset].kind === 'stream'
    ? planStretch(deps, run, next, round)
    : planTable(deps, run, next, round);
}
