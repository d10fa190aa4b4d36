import type { Calendar } from '../calendar/calendar.ts';
import { openSpan } from '../calendar/openSpan.ts';
import { Bitmap } from './bitmap.ts';
import { rangeOfSpan } from './ranges.ts';
import type { DayMembers, InstrumentRange } from './sweep.ts';

interface InstrumentSpan {
  readonly instrumentId: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The same cells as the ranges and the day rows together, as ranges of single instruments: the fewest,
 * merged over closed days, in the order (instrument, from). A day row of 700 bytes becomes nothing where
 * ranges only grow longer.
 * @example foldDays({ calendar, days: [{ day, members: Bitmap.of([1, 2]) }], ranges: [] }) // two ranges of one day
 */
export function foldDays(input: {
  readonly calendar: Calendar;
  readonly days: readonly DayMembers[];
  readonly ranges: readonly InstrumentRange[];
}): readonly InstrumentRange[] {
  const { calendar, days, ranges } = input;
  const spans = spansOfDayRows(calendar, days);
  for (const { instrumentId, from, to } of ranges) {
    const { start, end } = openSpan(calendar, from, to);
    if (start < end) spans.push({ instrumentId, start, end });
  }
  return mergeSpans(spans).map(({ instrumentId, start, end }) => ({
    instrumentId,
    ...rangeOfSpan({ start, end }, calendar),
  }));
}

/** Runs of consecutive open days of each instrument: only who comes and who goes is looked at. */
function spansOfDayRows(calendar: Calendar, days: readonly DayMembers[]): InstrumentSpan[] {
  const spans: InstrumentSpan[] = [];
  const startOf = new Map<number, number>();
  let current = new Bitmap();
  let end = 0;
  const goOn = (members: Bitmap, at: number): void => {
    current
      .clone()
      .andNot(members)
      .forEach((id) => spans.push({ instrumentId: id, start: startOf.get(id)!, end }));
    members
      .clone()
      .andNot(current)
      .forEach((id) => startOf.set(id, at));
    current = members;
    end = at + 1;
  };
  for (const [at, members] of membersByIndex(calendar, days)) {
    if (at !== end) goOn(new Bitmap(), end);
    goOn(members, at);
  }
  goOn(new Bitmap(), end);
  return spans;
}

/** Members by the number of their open day, ascending; rows of one day are one. */
function membersByIndex(calendar: Calendar, days: readonly DayMembers[]): [number, Bitmap][] {
  const byIndex = new Map<number, Bitmap>();
  for (const { day, members } of days) {
    if (!calendar.isOpen(day)) continue;
    const at = calendar.openIndex(day);
    const before = byIndex.get(at);
    byIndex.set(at, before === undefined ? members : before.clone().or(members));
  }
  return [...byIndex].sort(([a], [b]) => a - b);
}

function mergeSpans(spans: InstrumentSpan[]): InstrumentSpan[] {
  spans.sort((a, b) => a.instrumentId - b.instrumentId || a.start - b.start);
  const merged: InstrumentSpan[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || last.instrumentId !== span.instrumentId || span.start > last.end)
      merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { ...last, end: span.end };
  }
  return merged;
}
