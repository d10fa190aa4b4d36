import {
  AppError,
  Bitmap,
  DATASETS,
  findGaps,
  lastSettledDay,
  planItems,
  type CoverageSnapshot,
  type DatasetId,
  type DayGap,
  type Gaps,
  type PlainDay,
  type Plan,
  type PlannedItem,
  type OriginId,
} from '@tapekeeper/core';
import type { DatasetCoverage } from '../../ports/coverageStore.ts';
import type { AppDeps } from '../deps.ts';
import { listingsOf, loadMarket, type Market } from '../market.ts';
import { unaskedCells } from './unaskedCells.ts';
import type { PlanQuestion, UsableSource } from './usableSources.ts';

/** The cheapest calls for the cells that one round of a run is about. */
export async function planCells(
  deps: AppDeps,
  run: PlanQuestion,
  next: UsableSource,
  round: number,
): Promise<Plan> {
  const market = await loadMarket(deps, run.dataset);
  refuseUnknownSymbols(market, run.params.symbols);
  const gaps = await gapsOf(deps, run, market, next, round);
  const plan = planItems({
    dataset: run.dataset,
    capability: next.capability,
    gaps:
      round === 0 ? await withUnsettled(deps, run, market, gaps) : await withoutUnpublished(deps, run, gaps),
    calendar: market.calendar,
    listings: market.listings,
  });
  return round === 0 || plan.calls <= deps.settings.fallbackCallCap
    ? plan
    : capped(plan, deps.settings.fallbackCallCap);
}

/** Of the cells that nobody is left to be asked for, those that no source has called absent yet. */
export async function unexplainedCells(deps: AppDeps, run: PlanQuestion, unserved: number): Promise<number> {
  const market = await loadMarket(deps, run.dataset);
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
  return Math.min(unserved, (await withUnasked(deps, run, market, strict, run.params.force)).cells);
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
  // what a forced run has got in its first round need not be got again in the next
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
  const gaps = findGaps({ calendar: market.calendar, listings, from, to, coverage });
  return withUnasked(deps, run, market, gaps, force && round > 0);
}

/** Cells that a forced run was to get again are missing as long as nobody has been asked, though they are covered. */
async function withUnasked(
  deps: AppDeps,
  run: PlanQuestion,
  market: Market,
  gaps: Gaps,
  mayLack: boolean,
): Promise<Gaps> {
  const unasked = mayLack ? await unaskedCells(deps, run, market) : new Map<PlainDay, Bitmap>();
  return unasked.size === 0 ? gaps : withMore(gaps, unasked);
}

/**
 * In the first round a cell counts as covered when the source that covered it fills every column that
 * the asked one would; later rounds only fill what nobody has. An absence counts only as the word of
 * the source that is asked, since another may have the row.
 */
function whatCounts(
  deps: AppDeps,
  dataset: DatasetId,
  next: UsableSource,
  round: number,
  coverage: DatasetCoverage,
): CoverageSnapshot {
  // what a file has brought is covered only where it fills all that any source does
  const full = new Set<OriginId>(['file']);
  for (const [id, source] of deps.sources) {
    const columns = source.capabilities.find((one) => one.dataset === dataset)?.columns ?? [];
    if (round > 0 || next.capability.columns.every((column) => columns.includes(column))) full.add(id);
  }
  return {
    ranges: coverage.ranges.filter((range) => full.has(range.source)),
    days: coverage.days
      .filter((day) => full.has(day.source))
      .map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    // where a day may well be without any row, anybody's word for it is enough
    exceptions: coverage.exceptions.filter(
      (one) => one.kind !== 'absent' || one.source === next.source || DATASETS[dataset].sparse === true,
    ),
  };
}

/** The gaps with the cells that were settled too early, and whose day has settled since. */
async function withUnsettled(deps: AppDeps, run: PlanQuestion, market: Market, gaps: Gaps): Promise<Gaps> {
  const { finality } = DATASETS[run.dataset];
  const lastSettled = lastSettledDay(market.calendar, finality, deps.marketNow());
  const due = (await deps.store.unsettledDays(run.dataset)).filter(
    ({ day }) => day >= run.params.from && day <= run.params.to && day <= lastSettled,
  );
  if (due.length === 0) return gaps;
  const scope = Bitmap.of(listingsOf(market, run.params.symbols).map((one) => one.instrumentId));
  return withMore(
    gaps,
    due.map(({ day, members }) => [day, Bitmap.fromBytes(members).and(scope)] as const),
  );
}

/** The gaps and more cells, which may be among them. */
function withMore(gaps: Gaps, more: Iterable<readonly [PlainDay, Bitmap]>): Gaps {
  const days = new Map<PlainDay, Bitmap>(gaps.days.map(({ day, missing }) => [day, missing]));
  for (const [day, cells] of more)
    if (!cells.isEmpty()) days.set(day, (days.get(day) ?? new Bitmap()).or(cells));
  return gapsOfDays(days, gaps);
}

/** Nobody else is asked for a market that its source has yet to publish. */
async function withoutUnpublished(deps: AppDeps, run: PlanQuestion, gaps: Gaps): Promise<Gaps> {
  const unpublished = new Set(await deps.store.unpublishedDays(run.id));
  if (unpublished.size === 0) return gaps;
  return gapsOfDays(
    new Map(gaps.days.filter(({ day }) => !unpublished.has(day)).map(({ day, missing }) => [day, missing])),
    gaps,
  );
}

function gapsOfDays(days: ReadonlyMap<PlainDay, Bitmap>, before: Gaps): Gaps {
  const sorted: readonly DayGap[] = [...days]
    .map(([day, missing]) => ({ day, missing }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
  return {
    days: sorted,
    cells: sorted.reduce((cells, { missing }) => cells + missing.count(), 0),
    expectedCells: before.expectedCells,
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
