import { Bitmap } from '../coverage/bitmap.ts';
import type { DayGap } from '../coverage/gaps.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import type { PlainDay } from '../day.ts';
import type { CallShape, Capability } from '../source/source.ts';
import { countCells, daysDraft, joinedDraft, symbolsDraft, wholeDraft, type Draft } from './draft.ts';
import { marketRows, pages } from './marketRows.ts';
import type { Plan, PlanInput, PlannedItem } from './plan.ts';
import { splitServed } from './served.ts';
import { splitSparse } from './sparse.ts';

/**
 * The items with the fewest calls that fill the gaps from one source: whole days, or symbols over
 * ranges, or both where a few symbols have long gaps beside days that lack nearly everything. Between
 * plans of equally many calls, the one that moves fewer rows wins.
 * @example planItems({ dataset: 'daily_bars', capability, gaps: findGaps(question), calendar, listings }).calls
 */
export function planItems(input: PlanInput): Plan {
  const { served, unserved } = splitServed(input);
  const best = served.length === 0 ? undefined : cheapest(waysOf(input, served));
  const left = best === undefined ? input.gaps.days : unserved;
  const { items, calls } = best ?? NO_DRAFT;
  return {
    dataset: input.dataset,
    shape: mainShape(items),
    items,
    calls,
    cells: items.reduce((cells, item) => cells + item.cells, 0),
    unserved: left,
    unservedCells: countCells(left),
  };
}

/**
 * The plan of a table that is asked for whole: a list, or the calendar of some days.
 * @example planWhole({ dataset: 'stock_basics', capability, from: today, to: today, rows: 5485 })
 */
export function planWhole(input: {
  readonly dataset: DatasetId;
  readonly capability: Capability;
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Rows to expect of each query; the pages follow from it. */
  readonly rows: number;
}): Plan {
  const { dataset, capability, from, to, rows } = input;
  const serves = capability.shapes.includes('all');
  const calls = serves ? pages(rows, capability) : 0;
  return {
    dataset,
    shape: serves ? 'all' : null,
    items: serves ? [{ shape: 'all', from, to, cells: 0, calls }] : [],
    calls,
    cells: 0,
    unserved: [],
    unservedCells: 0,
  };
}

const NO_DRAFT: Draft = { items: [], calls: 0, rows: 0 };

/** A way to fill the gaps that is drafted only if it may turn out the cheapest. */
interface Way {
  readonly atLeastCalls: number;
  readonly draft: () => Draft;
}

function waysOf(input: PlanInput, gaps: readonly DayGap[]): readonly Way[] {
  const { capability } = input;
  const rowsOf = marketRows(input, gaps);
  const may = (shape: CallShape): boolean => capability.shapes.includes(shape);
  const ways: Way[] = [];
  if (may('all')) ways.push({ atLeastCalls: 1, draft: () => wholeDraft(input, gaps, rowsOf) });
  if (may('day')) ways.push({ atLeastCalls: gaps.length, draft: () => daysDraft(capability, gaps, rowsOf) });
  if (may('symbol')) ways.push({ atLeastCalls: countSymbols(gaps), draft: () => symbolsDraft(input, gaps) });
  if (may('day') && may('symbol')) {
    const { dense, sparse, atLeastCalls } = splitSparse(gaps, (day) => pages(rowsOf(day), capability));
    const both = (): Draft => joinedDraft(daysDraft(capability, dense, rowsOf), symbolsDraft(input, sparse));
    if (dense.length > 0 && sparse.length > 0) ways.push({ atLeastCalls, draft: both });
  }
  return ways;
}

function cheapest(ways: readonly Way[]): Draft | undefined {
  let best: Draft | undefined;
  for (const way of ways) {
    if (best !== undefined && way.atLeastCalls > best.calls) continue;
    const draft = way.draft();
    if (best === undefined || isCheaper(draft, best)) best = draft;
  }
  return best;
}

function isCheaper(a: Draft, b: Draft): boolean {
  return a.calls < b.calls || (a.calls === b.calls && a.rows < b.rows);
}

function countSymbols(gaps: readonly DayGap[]): number {
  const symbols = new Bitmap();
  for (const { missing } of gaps) symbols.or(missing);
  return symbols.count();
}

function mainShape(items: readonly PlannedItem[]): CallShape | null {
  const calls = new Map<CallShape, number>();
  for (const item of items) calls.set(item.shape, (calls.get(item.shape) ?? 0) + item.calls);
  return [...calls].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
