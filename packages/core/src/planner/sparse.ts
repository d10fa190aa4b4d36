import { Bitmap } from '../coverage/bitmap.ts';
import type { DayGap } from '../coverage/gaps.ts';
import type { PlainDay } from '../day.ts';

/**
 * Cuts gap days into `dense` ones to ask for whole and `sparse` ones to leave to their symbols. A new
 * symbol with ten years to fetch beside the market's last day is two calls that way, against 2,430 by
 * day and 5,500 by symbol.
 *
 * The days go over to the symbols in the order of how few are missing, and the cheapest cut is kept; a
 * symbol counts as one call however long its range, so the caller compares what the result really costs.
 */
export function splitSparse(
  gaps: readonly DayGap[],
  callsOf: (day: PlainDay) => number,
): { readonly dense: readonly DayGap[]; readonly sparse: readonly DayGap[]; readonly atLeastCalls: number } {
  const counts = new Map(gaps.map((gap) => [gap, gap.missing.count()]));
  const bySize = gaps.toSorted((a, b) => counts.get(a)! - counts.get(b)!);
  const symbols = new Bitmap();
  let dayCalls = gaps.reduce((calls, { day }) => calls + callsOf(day), 0);
  let best = { cut: 0, calls: dayCalls };
  bySize.forEach(({ day, missing }, i) => {
    symbols.or(missing);
    dayCalls -= callsOf(day);
    const calls = dayCalls + symbols.count();
    if (calls < best.calls) best = { cut: i + 1, calls };
  });
  const sparse = new Set(bySize.slice(0, best.cut));
  return {
    dense: gaps.filter((gap) => !sparse.has(gap)),
    sparse: gaps.filter((gap) => sparse.has(gap)),
    atLeastCalls: best.calls,
  };
}
