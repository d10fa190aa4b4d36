import type { Calendar } from '../calendar/calendar.ts';
import { openSpan } from '../calendar/openSpan.ts';
import type { PlainDay } from '../day.ts';
import { Bitmap } from './bitmap.ts';
import { expectedSpan, largestId, type Listing } from './expected.ts';

/** Days of one instrument that are known complete, both included. */
export interface InstrumentRange {
  readonly instrumentId: number;
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/** A day whose rows are complete for its members. */
export interface DayMembers {
  readonly day: PlainDay;
  readonly members: Bitmap;
}

export interface SweepInput {
  readonly calendar: Calendar;
  readonly listings: readonly Listing[];
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly coverage: { readonly ranges: readonly InstrumentRange[]; readonly days: readonly DayMembers[] };
}

/** One trading day of the sweep. The bitmap is used again for the next day: clone it to keep it. */
export interface SweptDay {
  readonly day: PlainDay;
  /** Place of the day among the trading days of the sweep. */
  readonly at: number;
  /** How many instruments are expected. */
  readonly expected: number;
  /** The expected ones that no range and no day row covers. */
  readonly uncovered: Bitmap;
}

/**
 * Visits the known trading days from `from` to `to` in order. What is expected and what is covered by a
 * range changes little from one day to the next, so both are kept in bitmaps and only their changes are
 * worked on: the cost is days × words of a bitmap + listings + ranges, not days × symbols.
 */
export function sweepDays(input: SweepInput, visit: (day: SweptDay) => void): void {
  const days = input.calendar.tradingDays(input.from, input.to);
  const state = new SweepState(input.listings, days.length);
  addListings(state, input);
  addRanges(state, input, input.calendar.openIndex(input.from));
  const rows = rowsByDay(input.coverage.days);
  const uncovered = new Bitmap();
  days.forEach((day, at) => {
    state.enter(at);
    uncovered.copyFrom(state.open);
    for (const members of rows.get(day) ?? []) uncovered.andNot(members);
    visit({ day, at, expected: state.expected, uncovered });
  });
}

function addListings(state: SweepState, { calendar, listings, from, to }: SweepInput): void {
  const base = calendar.openIndex(from);
  for (const listing of listings) {
    const { start, end } = expectedSpan(calendar, listing, from, to);
    if (start < end) state.addExpected(listing.instrumentId, start - base, end - base);
  }
}

function addRanges(state: SweepState, { calendar, coverage }: SweepInput, base: number): void {
  for (const range of coverage.ranges) {
    const { start, end } = openSpan(calendar, range.from, range.to);
    state.addCovered(range.instrumentId, start - base, end - base);
  }
}

function rowsByDay(days: readonly DayMembers[]): Map<PlainDay, Bitmap[]> {
  const byDay = new Map<PlainDay, Bitmap[]>();
  for (const { day, members } of days) {
    const rows = byDay.get(day);
    if (rows === undefined) byDay.set(day, [members]);
    else rows.push(members);
  }
  return byDay;
}

/**
 * Which instruments are expected and outside every range, on one day after the other. Listings and
 * ranges of one instrument may overlap, so how many hold is counted for each.
 */
class SweepState {
  readonly open = new Bitmap();
  expected = 0;
  readonly #days: number;
  readonly #listed: Uint16Array;
  readonly #covered: Uint16Array;
  /** By day: what begins or ends there, as instrument id × 4 + one of the changes below. */
  readonly #changes: (number[] | undefined)[];

  constructor(listings: readonly Listing[], days: number) {
    const ids = largestId(listings) + 1;
    this.#days = days;
    this.#listed = new Uint16Array(ids);
    this.#covered = new Uint16Array(ids);
    this.#changes = Array.from({ length: days });
  }

  addExpected(id: number, start: number, end: number): void {
    this.#addChange(start, id, LISTED);
    this.#addChange(end, id, UNLISTED);
  }

  /** Ranges may begin before the sweep and end after it, or belong to instruments that are not in it. */
  addCovered(id: number, start: number, end: number): void {
    if (id >= this.#covered.length || end <= 0 || start >= this.#days || start >= end) return;
    this.#addChange(Math.max(start, 0), id, COVERED);
    this.#addChange(end, id, UNCOVERED);
  }

  enter(at: number): void {
    for (const change of this.#changes[at] ?? []) this.#apply(change >>> 2, change & 3);
  }

  #addChange(at: number, id: number, change: number): void {
    if (at >= this.#days) return;
    const changes = this.#changes[at];
    if (changes === undefined) this.#changes[at] = [id * 4 + change];
    else changes.push(id * 4 + change);
  }

  #apply(id: number, change: number): void {
    const wasListed = this.#listed[id]! > 0;
    if (change === LISTED) this.#listed[id]!++;
    else if (change === UNLISTED) this.#listed[id]!--;
    else if (change === COVERED) this.#covered[id]!++;
    else this.#covered[id]!--;
    const isListed = this.#listed[id]! > 0;
    this.expected += Number(isListed) - Number(wasListed);
    if (isListed && this.#covered[id] === 0) this.open.add(id);
    else this.open.delete(id);
  }
}

const LISTED = 0;
const UNLISTED = 1;
const COVERED = 2;
const UNCOVERED = 3;
