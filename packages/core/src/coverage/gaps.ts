import type { PlainDay } from '../day.ts';
import { Bitmap } from './bitmap.ts';
import { sweepDays, type DayMembers, type InstrumentRange, type SweepInput } from './sweep.ts';

/** One cell that is explained without a row. */
export interface CellException {
  readonly instrumentId: number;
  readonly day: PlainDay;
}

/** What counts as complete for a question: the caller has left out what does not, such as other sources. */
export interface CoverageSnapshot {
  readonly ranges: readonly InstrumentRange[];
  readonly days: readonly DayMembers[];
  readonly exceptions: readonly CellException[];
}

/** A trading day with the instruments whose rows are missing on it. */
export interface DayGap {
  readonly day: PlainDay;
  readonly missing: Bitmap;
}

export interface Gaps {
  /** Ascending; only days on which something is missing. */
  readonly days: readonly DayGap[];
  /** Missing cells. */
  readonly cells: number;
  /** All cells that should be there. */
  readonly expectedCells: number;
}

/**
 * The cells from `from` to `to` that are expected, in no range, not among the members of their day, and
 * no exception. Ten years of the whole market are a matter of tens of milliseconds.
 * @example findGaps({ calendar, listings, from, to, coverage: { ranges: [], days: [], exceptions: [] } }).cells
 */
export function findGaps(input: SweepInput & { readonly coverage: CoverageSnapshot }): Gaps {
  const exceptions = exceptionsByDay(input.coverage.exceptions);
  const days: DayGap[] = [];
  let cells = 0;
  let expectedCells = 0;
  sweepDays(input, ({ day, expected, uncovered }) => {
    expectedCells += expected;
    const explained = exceptions.get(day);
    if (explained !== undefined) uncovered.andNot(explained);
    const missing = uncovered.count();
    if (missing === 0) return;
    cells += missing;
    days.push({ day, missing: uncovered.clone() });
  });
  return { days, cells, expectedCells };
}

/**
 * The instruments with an exception on each day.
 * @example exceptionsByDay([{ instrumentId: 7, day: plainDay('2024-01-02') }]).get(plainDay('2024-01-02'))
 */
export function exceptionsByDay(exceptions: readonly CellException[]): ReadonlyMap<PlainDay, Bitmap> {
  const byDay = new Map<PlainDay, Bitmap>();
  for (const { instrumentId, day } of exceptions) {
    const members = byDay.get(day);
    if (members === undefined) byDay.set(day, Bitmap.of([instrumentId]));
    else members.add(instrumentId);
  }
  return byDay;
}
