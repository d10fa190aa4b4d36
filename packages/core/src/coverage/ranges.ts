import type { Calendar } from '../calendar/calendar.ts';
import { openSpan, type OpenSpan } from '../calendar/openSpan.ts';
import type { PlainDay } from '../day.ts';

/** Days from `from` to `to`, both included. */
export interface DayRange {
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/**
 * The same open days in the fewest ranges, ascending: ranges that overlap, or between which the
 * exchanges were closed, become one. Each begins and ends on an open day; closed days alone vanish.
 * @example mergeRanges([friday, monday], calendar) // one range from the Friday to the Monday
 */
export function mergeRanges(ranges: readonly DayRange[], calendar: Calendar): readonly DayRange[] {
  return mergeSpans(spansOf(ranges, calendar)).map((span) => rangeOfSpan(span, calendar));
}

/**
 * The open days of `ranges` that are in none of `taken`, in the form of `mergeRanges`.
 * @example subtractRanges([year], [january], calendar) // February to December
 */
export function subtractRanges(
  ranges: readonly DayRange[],
  taken: readonly DayRange[],
  calendar: Calendar,
): readonly DayRange[] {
  const holes = mergeSpans(spansOf(taken, calendar));
  const left: OpenSpan[] = [];
  for (const span of mergeSpans(spansOf(ranges, calendar))) {
    let start = span.start;
    for (const hole of holes) {
      if (hole.end <= start || hole.start >= span.end) continue;
      if (hole.start > start) left.push({ start, end: hole.start });
      start = hole.end;
    }
    if (start < span.end) left.push({ start, end: span.end });
  }
  return left.map((span) => rangeOfSpan(span, calendar));
}

/**
 * Whether a day is in one of the ranges.
 * @example rangeContains([{ from: plainDay('2024-01-02'), to: plainDay('2024-01-31') }], plainDay('2024-01-15'))
 */
export function rangeContains(ranges: readonly DayRange[], day: PlainDay): boolean {
  return ranges.some(({ from, to }) => from <= day && day <= to);
}

/**
 * The range that begins on the first and ends on the last open day of a span that is not empty.
 * @example rangeOfSpan({ start: 0, end: 1 }, builtinCalendar()) // 1990-12-19 alone
 */
export function rangeOfSpan(span: OpenSpan, calendar: Calendar): DayRange {
  return { from: calendar.openDayAt(span.start)!, to: calendar.openDayAt(span.end - 1)! };
}

function spansOf(ranges: readonly DayRange[], calendar: Calendar): OpenSpan[] {
  return ranges.map(({ from, to }) => openSpan(calendar, from, to)).filter(({ start, end }) => start < end);
}

function mergeSpans(spans: OpenSpan[]): OpenSpan[] {
  const merged: OpenSpan[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start > last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end };
  }
  return merged;
}
