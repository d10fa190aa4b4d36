/** Ways to fill the same gaps, with what each costs; the planner takes the cheapest. */

import type { DayGap } from '../coverage/gaps.ts';
import { addDays, type PlainDay } from '../day.ts';
import type { Capability } from '../source/source.ts';
import { pages } from './marketRows.ts';
import type { PlanInput, PlannedItem } from './plan.ts';
import { findStretches } from './stretches.ts';

export interface Draft {
  readonly items: readonly PlannedItem[];
  readonly calls: number;
  /** Rows that the answers hold, wanted or not. */
  readonly rows: number;
}

/** Each gap day as one question for the whole market. */
export function daysDraft(
  capability: Capability,
  gaps: readonly DayGap[],
  rowsOf: (day: PlainDay) => number,
): Draft {
  let calls = 0;
  let rows = 0;
  const items = gaps.map(({ day, missing }): PlannedItem => {
    const item = { day, members: missing, cells: missing.count(), calls: pages(rowsOf(day), capability) };
    calls += item.calls;
    rows += rowsOf(day);
    return { shape: 'day', ...item };
  });
  return { items, calls, rows };
}

/** Days of one question where each of them, or each of their years, is asked for by itself. */
const DAYS_ONE_BY_ONE = 8;

/** Each symbol with gaps as questions over ranges of days, none with more days than a page has rows for. */
export function symbolsDraft(input: PlanInput, gaps: readonly DayGap[]): Draft {
  const { calendar, capability, listings } = input;
  const symbols = new Map(listings.map(({ instrumentId, symbol }) => [instrumentId, symbol]));
  let rows = 0;
  const items = findStretches(calendar, gaps, longestStretch(capability)).map(
    ({ instrumentId, start, end, cells }) => {
      rows += end - start;
      const range = { from: calendar.openDayAt(start)!, to: calendar.openDayAt(end - 1)! };
      return {
        shape: 'symbol' as const,
        instrumentId,
        symbol: symbols.get(instrumentId)!,
        ...range,
        cells,
        calls: symbolCalls(capability, end - start, range),
      };
    },
  );
  items.sort((a, b) => ascending(a.symbol, b.symbol) || ascending(a.from, b.from));
  return { items, calls: items.reduce((calls, item) => calls + item.calls, 0), rows };
}

/** What a quarter brings is announced after its end: that of December in the next year. */
function yearAfter(day: PlainDay): number {
  return Number(addDays(day, 1).slice(0, 4));
}

function longestStretch({ pageRows, rowsPerCell = 1, queriesPer = 'question' }: Capability): number {
  const days = Math.max(1, Math.floor(pageRows / rowsPerCell));
  return queriesPer === 'question' ? days : Math.min(days, DAYS_ONE_BY_ONE);
}

function symbolCalls(
  { queries = 1, queriesPer = 'question' }: Capability,
  days: number,
  range: { readonly from: PlainDay; readonly to: PlainDay },
): number {
  if (queriesPer === 'day') return queries * days;
  if (queriesPer === 'year') return queries * (yearAfter(range.to) - yearAfter(range.from) + 1);
  return queries;
}

/** One question for the whole table from the first gap to the last. */
export function wholeDraft(
  { calendar, capability }: PlanInput,
  gaps: readonly DayGap[],
  rowsOf: (day: PlainDay) => number,
): Draft {
  const from = gaps[0]!.day;
  const to = gaps.at(-1)!.day;
  const rows = calendar.tradingDays(from, to).reduce((sum, day) => sum + rowsOf(day), 0);
  const calls = pages(rows, capability);
  return { items: [{ shape: 'all', from, to, cells: countCells(gaps), calls }], calls, rows };
}

/** Both one after the other. */
export function joinedDraft(first: Draft, second: Draft): Draft {
  return {
    items: [...first.items, ...second.items],
    calls: first.calls + second.calls,
    rows: first.rows + second.rows,
  };
}

/** Cells that are missing in all. */
export function countCells(gaps: readonly DayGap[]): number {
  return gaps.reduce((cells, { missing }) => cells + missing.count(), 0);
}

function ascending(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
