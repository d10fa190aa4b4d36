import {
  AppError,
  cellsOf,
  Bitmap,
  COLLECTED_IDS,
  DATASETS,
  lastFinalDay,
  summariseCoverage,
  type CellCounts,
  type DatasetId,
  type Instant,
  type PlainDay,
  type SymbolGaps,
} from '@tapekeeper/core';
import type { Freshness } from '../ports/coverageStore.ts';
import type { RunView } from '../ports/viewStore.ts';
import type { AppDeps } from './deps.ts';
import type { Market } from './market.ts';
import { readDataset, readDay } from './requestSync.ts';

/** What a person asks of the coverage; nothing in it has been checked. */
export interface CoverageQuestion {
  readonly dataset?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A question with its words checked. */
export interface CoverageScope {
  readonly datasets: readonly DatasetId[];
  readonly from: PlainDay | undefined;
  readonly to: PlainDay | undefined;
}

export interface DayCount {
  readonly day: PlainDay;
  readonly expected: number;
  readonly gaps: number;
}

/** How complete one data set is. Of lists only the freshness is known; of grids everything else. */
export interface CoverageReport {
  readonly dataset: DatasetId;
  /** Days that the counts are about; null where nothing is covered and no days were asked for. */
  readonly from: PlainDay | null;
  readonly to: PlainDay | null;
  readonly lastFinalDay: PlainDay;
  readonly newestCompleteDay: PlainDay | null;
  readonly freshAsOf: Instant | null;
  readonly throughDay: PlainDay | null;
  readonly cells: CellCounts | null;
  readonly worst: readonly SymbolGaps[];
  readonly symbolsWithGaps: number;
  /** The last trading days of the span, oldest first. */
  readonly recent: readonly DayCount[];
  /** Newest run of the data set; null where its rows came beside those of others, or not at all. */
  readonly lastRun: Pick<RunView, 'id' | 'state'> | null;
  readonly estimatedRows: number;
}

/** Trading days that a screen shows one by one. */
const RECENT_DAYS = 20;

/** Raises `unknown_dataset`, `bad_day` or `day_order`. */
export function readScope(question: CoverageQuestion): CoverageScope {
  const datasets = question.dataset === undefined ? COLLECTED_IDS : [readDataset(question.dataset)];
  const from = question.from === undefined ? undefined : readDay(question.from);
  const to = question.to === undefined ? undefined : readDay(question.to);
  if (from !== undefined && to !== undefined && to < from) throw new AppError('day_order', { from, to });
  return { datasets, from, to };
}

/** Counts one data set over days, by default from the first covered day to the last final one. */
export async function describeDataset(
  deps: AppDeps,
  market: Market,
  dataset: DatasetId,
  days: Pick<CoverageScope, 'from' | 'to'>,
): Promise<CoverageReport> {
  const { finality } = DATASETS[dataset];
  const [estimatedRows, runs] = await Promise.all([
    deps.store.estimatedRows(dataset),
    deps.store.runs({ states: null, dataset, before: null, limit: 1 }),
  ]);
  const nothing: CoverageReport = {
    ...EMPTY,
    dataset,
    lastFinalDay: lastFinalDay(market.calendar, finality, deps.marketNow()),
    lastRun: runs[0] ?? null,
    estimatedRows,
  };
  return cellsOf(dataset) !== undefined
    ? describeGrid(deps, market, nothing, days)
    : describeList(deps, market, nothing);
}

async function describeGrid(
  deps: AppDeps,
  market: Market,
  nothing: CoverageReport,
  days: Pick<CoverageScope, 'from' | 'to'>,
): Promise<CoverageReport> {
  const { dataset, lastFinalDay: lastFinal } = nothing;
  const from = days.from ?? (await deps.store.coveredSpan(dataset))?.from;
  const to = days.to === undefined || days.to > lastFinal ? lastFinal : days.to;
  if (from === undefined || from > to) return nothing;

  const coverage = await deps.store.coverageOf(dataset, from, to, null);
  const summary = summariseCoverage({
    calendar: market.calendar,
    listings: market.listings,
    from,
    to,
    coverage: {
      ranges: coverage.ranges,
      days: coverage.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
      exceptions: coverage.exceptions,
    },
    spans: market.calendar.tradingDays(from, to).map((day) => ({ from: day, to: day })),
  });
  return {
    ...nothing,
    from,
    to,
    newestCompleteDay: summary.spans.findLast((day) => day.expected > 0 && day.gaps === 0)?.from ?? null,
    cells: summary.total,
    worst: summary.symbols,
    symbolsWithGaps: summary.symbolsWithGaps,
    recent: summary.spans
      .slice(-RECENT_DAYS)
      .map(({ from: day, expected, gaps }) => ({ day, expected, gaps })),
    // what is covered has a row, and the planner's statistics may not have been made yet
    estimatedRows: Math.max(nothing.estimatedRows, summary.total.covered),
  };
}

/** A list is as fresh as the oldest of its parts. */
async function describeList(deps: AppDeps, market: Market, nothing: CoverageReport): Promise<CoverageReport> {
  const { dataset, estimatedRows } = nothing;
  const parts = await deps.store.freshness(dataset);
  const { kind } = DATASETS[dataset];
  const isCalendar = kind === 'calendar';
  const read = kind === 'stream' ? await deps.store.coveredSpan(dataset) : undefined;
  return {
    ...nothing,
    freshAsOf: parts.length === 0 ? null : Math.min(...parts.map((part) => part.asOf)),
    throughDay: isCalendar ? leastThrough(parts) : (read?.to ?? null),
    // the planner's statistics may not have been made yet
    estimatedRows:
      dataset === 'stock_basics' ? Math.max(estimatedRows, market.listings.length) : estimatedRows,
  };
}

const EMPTY = {
  from: null,
  to: null,
  newestCompleteDay: null,
  freshAsOf: null,
  throughDay: null,
  cells: null,
  worst: [],
  symbolsWithGaps: 0,
  recent: [],
} as const;

function leastThrough(parts: readonly Freshness[]): PlainDay | null {
  const days = parts.map((part) => part.through);
  return days.includes(null) ? null : (days.filter((day) => day !== null).toSorted()[0] ?? null);
}
