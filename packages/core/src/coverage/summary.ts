import { knownSpan } from '../calendar/openSpan.ts';
import type { PlainDay } from '../day.ts';
import type { Symbol } from '../symbol/symbol.ts';
import type { Bitmap } from './bitmap.ts';
import { largestId } from './expected.ts';
import { exceptionsByDay, type CellException, type CoverageSnapshot } from './gaps.ts';
import type { DayRange } from './ranges.ts';
import { sweepDays, type SweepInput } from './sweep.ts';

/** Why a cell without a row is no gap; a cell that has several counts under the first of these. */
export const EXCEPTION_KINDS = ['suspended', 'absent', 'accepted'] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** Cells by what is known of them: `expected` is the sum of the others. */
export interface CellCounts {
  readonly expected: number;
  readonly covered: number;
  /** The exchange or a source says that it did not trade. */
  readonly suspended: number;
  /** Every source that was asked lacks it. */
  readonly absent: number;
  /** A person has accepted the hole. */
  readonly accepted: number;
  readonly gaps: number;
}

/** The gaps of one instrument. */
export interface SymbolGaps {
  readonly instrumentId: number;
  readonly symbol: Symbol;
  readonly gaps: number;
  readonly first: PlainDay;
  readonly last: PlainDay;
}

export interface CoverageSummary {
  readonly total: CellCounts;
  /** Counts of each span asked for, in the order asked. */
  readonly spans: readonly (DayRange & CellCounts)[];
  /** Instruments with gaps, most gaps first. */
  readonly symbols: readonly SymbolGaps[];
  /** Instruments with gaps, those beyond the list counted too. */
  readonly symbolsWithGaps: number;
}

/** An exception with its reason. */
export interface KnownException extends CellException {
  readonly kind: ExceptionKind;
}

export interface SummaryInput extends SweepInput {
  readonly coverage: Omit<CoverageSnapshot, 'exceptions'> & {
    readonly exceptions: readonly KnownException[];
  };
  /** Days to count together, such as months; they may overlap. */
  readonly spans?: readonly DayRange[];
  /** Longest list of symbols; 20 unless told. */
  readonly top?: number;
}

const COUNTED = ['expected', 'covered', ...EXCEPTION_KINDS, 'gaps'] as const;

/**
 * The coverage of a grid in numbers: over all days, over each span, and the symbols that lack most.
 * @example summariseCoverage({ ...question, spans: spansOfDays(from, to, 'month') }).total.gaps
 */
export function summariseCoverage(input: SummaryInput): CoverageSummary {
  const days = input.calendar.tradingDays(input.from, input.to).length;
  const sums = COUNTED.map(() => new Float64Array(days + 1));
  const tally = new GapTally(input);
  const explained = EXCEPTION_KINDS.map((kind) =>
    exceptionsByDay(input.coverage.exceptions.filter((exception) => exception.kind === kind)),
  );
  sweepDays(input, ({ day, at, expected, uncovered }) => {
    const counts = [expected, expected - uncovered.count()];
    for (const members of explained) counts.push(takeOut(uncovered, members.get(day)));
    counts.push(uncovered.count());
    tally.add(uncovered, at);
    sums.forEach((sum, i) => (sum[at + 1] = sum[at]! + counts[i]!));
  });
  return {
    total: countsBetween(sums, 0, days),
    spans: (input.spans ?? []).map((span) => ({ ...span, ...countsOfSpan(sums, input, span) })),
    ...tally.worst(input.top ?? 20),
  };
}

/** Takes the members out of the set and says how many of it they were. */
function takeOut(set: Bitmap, members: Bitmap | undefined): number {
  if (members === undefined) return 0;
  const shared = set.countShared(members);
  set.andNot(members);
  return shared;
}

function countsOfSpan(sums: readonly Float64Array[], input: SummaryInput, span: DayRange): CellCounts {
  const { calendar, from, to } = input;
  const all = knownSpan(calendar, from, to);
  const { start, end } = knownSpan(
    calendar,
    span.from > from ? span.from : from,
    span.to < to ? span.to : to,
  );
  if (start >= end) return countsBetween(sums, 0, 0);
  return countsBetween(sums, start - all.start, end - all.start);
}

function countsBetween(sums: readonly Float64Array[], start: number, end: number): CellCounts {
  const [expected, covered, suspended, absent, accepted, gaps] = sums.map(
    (sum) => sum[end]! - sum[start]!,
  ) as [number, number, number, number, number, number];
  return { expected, covered, suspended, absent, accepted, gaps };
}

/** Gaps by instrument, with the first and the last day of each. */
class GapTally {
  readonly #input: SummaryInput;
  readonly #gaps: Uint32Array;
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;

  constructor(input: SummaryInput) {
    const ids = largestId(input.listings) + 1;
    this.#input = input;
    this.#gaps = new Uint32Array(ids);
    this.#first = new Uint32Array(ids);
    this.#last = new Uint32Array(ids);
  }

  add(missing: Bitmap, at: number): void {
    missing.forEach((id) => {
      if (this.#gaps[id]!++ === 0) this.#first[id] = at;
      this.#last[id] = at;
    });
  }

  worst(top: number): Pick<CoverageSummary, 'symbols' | 'symbolsWithGaps'> {
    const { calendar, listings, from, to } = this.#input;
    const days = calendar.tradingDays(from, to);
    const symbols = new Map(listings.map((listing) => [listing.instrumentId, listing.symbol]));
    const lacking = [...symbols.keys()].filter((id) => this.#gaps[id]! > 0);
    lacking.sort((a, b) => this.#gaps[b]! - this.#gaps[a]! || a - b);
    return {
      symbolsWithGaps: lacking.length,
      symbols: lacking.slice(0, top).map((instrumentId) => ({
        instrumentId,
        symbol: symbols.get(instrumentId)!,
        gaps: this.#gaps[instrumentId]!,
        first: days[this.#first[instrumentId]!]!,
        last: days[this.#last[instrumentId]!]!,
      })),
    };
  }
}
