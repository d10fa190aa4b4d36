import { type Calendar, type PlainDay } from '@tapekeeper/core';

export interface DayRun {
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** The trading days before and after: a neighbour that reaches them joins the run. */
  readonly touchesFrom: PlainDay;
  readonly touchesTo: PlainDay;
}

/**
 * Trading days as unbroken runs: a day without a row ends a run, a closed day does not.
 * @example runsOfDays(calendar, ['2024-01-04', '2024-01-05', '2024-01-08']) // one run over the weekend
 */
export function runsOfDays(calendar: Calendar, days: readonly PlainDay[]): readonly DayRun[] {
  const runs: { from: PlainDay; to: PlainDay; end: number }[] = [];
  for (const day of days.toSorted()) {
    const index = calendar.openIndex(day);
    const last = runs.at(-1);
    if (last && index <= last.end + 1) {
      last.to = day;
      last.end = index;
    } else {
      runs.push({ from: day, to: day, end: index });
    }
  }
  return runs.map(({ from, to }) => ({
    from,
    to,
    touchesFrom: calendar.previousOpen(from) ?? from,
    touchesTo: calendar.nextOpen(to),
  }));
}
