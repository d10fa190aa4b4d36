import {
  AppError,
  Bitmap,
  DATASETS,
  estimateMs,
  findGaps,
  planItems,
  planWhole,
  type Capability,
  type CoverageSnapshot,
  type Dataset,
  type Gaps,
  type Plan,
  type PlannedItem,
  type SourceId,
} from '@tapekeeper/core';
import type { DatasetCoverage } from '../ports/coverageStore.ts';
import type { NewItem, NewPlan, Run, ShardPlan } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { listingsOf, loadMarket, type Market } from './market.ts';
import { hasRight } from './rights.ts';

/** Below this many items a further shard costs more than it brings. */
const ITEMS_A_SHARD = 60;

/** Latency that estimates count for one call, until the source's own history is known. */
const CALL_LATENCY_MS = 300;

type PlanQuestion = Pick<Run, 'dataset' | 'params' | 'cause'>;

/**
 * Plans one round of a run: what is missing, asked of the first source from that round on that has the
 * data set and the right to it. Later rounds ask the next sources for what is still missing, under the
 * fallback cap. Raises `source_lacks_dataset` when no source can serve the first round.
 */
export async function planRound(deps: AppDeps, run: PlanQuestion, round: number): Promise<NewPlan> {
  const usable = await usableSources(deps, run);
  const next = usable.find((candidate) => candidate.position >= round);
  if (next === undefined) {
    if (round > 0) return emptyPlan(run);
    throw new AppError('source_lacks_dataset', { dataset: run.dataset, detail: await lackDetail(deps, run) });
  }
  const dataset = DATASETS[run.dataset];
  const plan =
    dataset.kind === 'grid'
      ? await planGrid(deps, run, next, round)
      : await planTable(deps, run, next.capability);
  const hasNext = usable.some((candidate) => candidate.position > next.position);
  const nextRound =
    dataset.kind === 'grid' && hasNext && plan.cells + plan.unservedCells > 0 ? next.position + 1 : null;
  const items = plan.items.map((item) => newItem(item, next.source));
  return {
    summary: {
      source: items.length > 0 ? next.source : null,
      sources: usable.map((candidate) => candidate.source),
      shape: plan.shape,
      items: items.length,
      calls: plan.calls,
      cells: plan.cells,
      unservedCells: plan.unservedCells,
      estimatedMs: estimateMs(plan.calls, { latencyMs: CALL_LATENCY_MS, ...perMinute(deps, next.source) }),
    },
    shards: cutShards(deps, next.source, items),
    nextRound,
    cellsLeft:
      nextRound === null && plan.unservedCells > 0 ? await unexplained(deps, run, plan.unservedCells) : 0,
  };
}

/** Of the cells that nobody is left to be asked for, those that no source has called absent yet. */
async function unexplained(deps: AppDeps, run: PlanQuestion, unserved: number): Promise<number> {
  const market = await loadMarket(deps);
  const coverage = await deps.store.coverageOf(run.dataset, run.params.from, run.params.to, null);
  const strict = findGaps({
    calendar: market.calendar,
    listings: listingsOf(market, run.params.symbols),
    from: run.params.from,
    to: run.params.to,
    coverage: {
      ...coverage,
      days: coverage.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    },
  });
  return Math.min(unserved, strict.cells);
}

/** The plan of a round with nothing to do. */
export function emptyPlan(run: PlanQuestion): NewPlan {
  const summary = {
    source: null,
    shape: null,
    items: 0,
    calls: 0,
    cells: 0,
    unservedCells: 0,
    estimatedMs: 0,
  };
  return { summary: { ...summary, sources: run.params.sources }, shards: [], nextRound: null, cellsLeft: 0 };
}

interface UsableSource {
  readonly source: SourceId;
  /** Place in the run's order of sources: rounds count by it. */
  readonly position: number;
  readonly capability: Capability;
}

async function usableSources(deps: AppDeps, run: PlanQuestion): Promise<readonly UsableSource[]> {
  const rights = await deps.store.rights();
  return run.params.sources.flatMap((source, position) => {
    const capability = deps.sources.get(source)?.capabilities.find((one) => one.dataset === run.dataset);
    return capability && hasRight(rights, source, capability.api) ? [{ source, position, capability }] : [];
  });
}

async function lackDetail(deps: AppDeps, run: PlanQuestion): Promise<string> {
  const refused = (await deps.store.rights()).filter(
    (right) => !right.allowed && run.params.sources.includes(right.source),
  );
  if (refused.length === 0) return ` (asked: ${run.params.sources.join(', ') || 'none'})`;
  return ` (${refused.map((right) => `${right.source} refuses ${right.api}`).join('; ')})`;
}

function perMinute(deps: AppDeps, source: SourceId): { perMinute?: number } {
  if (!deps.settings.budgets) return {};
  return { perMinute: source === 'baostock' ? 150 : 45 };
}

async function planTable(deps: AppDeps, run: PlanQuestion, capability: Capability): Promise<Plan> {
  const { from, to } = run.params;
  const whole = planWhole({ dataset: run.dataset, capability, from, to, rows: 6000 });
  if (run.params.force || run.cause === 'requirement') return whole;
  return (await isFresh(deps, DATASETS[run.dataset], run))
    ? { ...whole, items: [], calls: 0, shape: null }
    : whole;
}

async function isFresh(deps: AppDeps, dataset: Dataset, run: PlanQuestion): Promise<boolean> {
  const known = await deps.store.freshness(run.dataset);
  const youngest = deps.clock.now() - deps.settings.snapshotMaxAgeHours * 3_600_000;
  if (known.length === 0 || known.some((entry) => entry.asOf < youngest)) return false;
  if (dataset.kind !== 'calendar') return true;
  return known.every(
    (entry) =>
      entry.from !== null &&
      entry.through !== null &&
      entry.from <= run.params.from &&
      entry.through >= run.params.to,
  );
}

async function planGrid(deps: AppDeps, run: PlanQuestion, next: UsableSource, round: number): Promise<Plan> {
  const market = await loadMarket(deps);
  refuseUnknownSymbols(market, run.params.symbols);
  const gaps = await gapsOf(deps, run, market, next, round);
  const plan = planItems({
    dataset: run.dataset,
    capability: next.capability,
    gaps,
    calendar: market.calendar,
    listings: market.listings,
  });
  return round === 0 || plan.calls <= deps.settings.fallbackCallCap
    ? plan
    : capped(plan, deps.settings.fallbackCallCap);
}

function refuseUnknownSymbols(market: Market, symbols: readonly string[] | null): void {
  const unknown = symbols?.find((symbol) => !market.bySymbol.has(symbol));
  if (unknown !== undefined) throw new AppError('unknown_symbol', { symbol: unknown });
}

/** Expected minus covered, for a round that asks the given source first. */
async function gapsOf(
  deps: AppDeps,
  run: PlanQuestion,
  market: Market,
  next: UsableSource,
  round: number,
): Promise<Gaps> {
  const listings = listingsOf(market, run.params.symbols);
  const { from, to, force } = run.params;
  // What a forced run has got in its first round need not be got again in the next.
  const coverage =
    force && round === 0
      ? { ranges: [], days: [], exceptions: [] }
      : whatCounts(
          deps,
          run.dataset,
          next,
          round,
          await deps.store.coverageOf(
            run.dataset,
            from,
            to,
            run.params.symbols === null ? null : listings.map((one) => one.instrumentId),
          ),
        );
  return findGaps({ calendar: market.calendar, listings, from, to, coverage });
}

/**
 * In the first round a cell counts as covered when the source that covered it fills every column that
 * the asked one would; later rounds only fill what nobody has. An absence counts only as the word of
 * the source that is asked, since another may have the row.
 */
function whatCounts(
  deps: AppDeps,
  dataset: string,
  next: UsableSource,
  round: number,
  coverage: DatasetCoverage,
): CoverageSnapshot {
  const full = new Set<SourceId>();
  for (const [id, source] of deps.sources) {
    const columns = source.capabilities.find((one) => one.dataset === dataset)?.columns ?? [];
    if (round > 0 || next.capability.columns.every((column) => columns.includes(column))) full.add(id);
  }
  return {
    ranges: coverage.ranges.filter((range) => full.has(range.source)),
    days: coverage.days
      .filter((day) => full.has(day.source))
      .map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    exceptions: coverage.exceptions.filter((one) => one.kind !== 'absent' || one.source === next.source),
  };
}

/** The first items whose calls stay under the cap; what is beyond it stays as the last source left it. */
function capped(plan: Plan, cap: number): Plan {
  const items: PlannedItem[] = [];
  let calls = 0;
  for (const item of plan.items) {
    if (calls + item.calls > cap) break;
    items.push(item);
    calls += item.calls;
  }
  const cells = items.reduce((sum, item) => sum + item.cells, 0);
  return { ...plan, items, calls, cells, unservedCells: plan.unservedCells + plan.cells - cells };
}

function newItem(item: PlannedItem, source: SourceId): NewItem {
  switch (item.shape) {
    case 'day':
      return {
        source,
        shape: 'day',
        from: item.day,
        to: item.day,
        instrumentId: null,
        members: item.members.toBytes(),
      };
    case 'symbol':
      return {
        source,
        shape: 'symbol',
        from: item.from,
        to: item.to,
        instrumentId: item.instrumentId,
        members: null,
      };
    case 'all':
      return { source, shape: 'all', from: item.from, to: item.to, instrumentId: null, members: null };
  }
}

/** A source with a single connection gets one shard; others are cut so that workers can share the run. */
function cutShards(deps: AppDeps, source: SourceId, items: readonly NewItem[]): readonly ShardPlan[] {
  if (items.length === 0) return [];
  const single = deps.sources.get(source)?.singleConnection ?? false;
  const count = single ? 1 : Math.min(deps.settings.maxShards, Math.ceil(items.length / ITEMS_A_SHARD));
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size))
    .filter((slice) => slice.length > 0)
    .map((slice) => ({
      source,
      items: slice,
      symbolsTotal: slice.reduce((sum, item) => sum + symbolsOf(item), 0),
    }));
}

function symbolsOf(item: NewItem): number {
  if (item.members !== null) return Bitmap.fromBytes(item.members).count();
  return item.instrumentId === null ? 0 : 1;
}
