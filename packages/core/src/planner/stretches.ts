import type { Calendar } from '../calendar/calendar.ts';
import type { DayGap } from '../coverage/gaps.ts';

/** Consecutive open days, by number, that one question about one symbol is to cover. */
export interface Stretch {
  readonly instrumentId: number;
  readonly start: number;
  /** Number after the last gap of the stretch. */
  end: number;
  /** Gaps among its days. */
  cells: number;
}

/**
 * The fewest stretches of at most `longest` open days that hold every gap, each from a gap to a gap.
 * Beginning each at the first gap that no earlier one holds gives the fewest.
 */
export function findStretches(
  calendar: Calendar,
  gaps: readonly DayGap[],
  longest: number,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const current: (Stretch | undefined)[] = [];
  for (const { day, missing } of gaps) {
    const at = calendar.openIndex(day);
    missing.forEach((id) => {
      const stretch = current[id];
      if (stretch !== undefined && at - stretch.start < longest) {
        stretch.end = at + 1;
        stretch.cells++;
      } else {
        const next: Stretch = { instrumentId: id, start: at, end: at + 1, cells: 1 };
        current[id] = next;
        stretches.push(next);
      }
    });
  }
  return stretches;
}
