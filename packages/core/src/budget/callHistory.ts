import type { Instant } from '../day.ts';

/** The calls of one minute to a host, those that were refused by a ban included. */
export interface MinuteCalls {
  /** Start of the minute. */
  readonly minute: Instant;
  readonly calls: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Whether a ban ended this minute; what comes later is counted anew. */
  readonly banned: boolean;
}

/** Calls in a window that ends with a ban, or in the fullest one that did not. */
export interface WindowCount {
  readonly calls: number;
  /** Whether every call was counted whole, none of them by its share of a minute. */
  readonly exact: boolean;
}

/**
 * Minutes in ascending order, cut where bans came: a ban ends its stretch, and the host counts from
 * nothing when it lets the caller in again.
 */
export function stretchesOf(minutes: readonly MinuteCalls[]): readonly (readonly MinuteCalls[])[] {
  const stretches: MinuteCalls[][] = [[]];
  for (const minute of minutes) {
    stretches.at(-1)?.push(minute);
    if (minute.banned) stretches.push([]);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}

/** Calls of a stretch in the window that ends with its last call. */
export function callsAtEnd(stretch: readonly MinuteCalls[], windowMs: number): WindowCount {
  const curve = curveOf(stretch);
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return { calls: 0, exact: true };
  const from = last.at - windowMs;
  return { calls: last.calls - callsUntil(curve, from), exact: from < first.at };
}

/**
 * The fullest window of a stretch without its last call, in calls. The calls of a minute are taken as
 * spread evenly between its first and its last one, so the fullest window begins or ends at one of those.
 */
export function fullestWindow(stretch: readonly MinuteCalls[], windowMs: number): number {
  const curve = curveOf(withoutLastCall(stretch));
  const last = curve.at(-1);
  if (last === undefined) return 0;
  const ends = curve.flatMap(({ at }) => [at, at + windowMs]).filter((end) => end <= last.at);
  return Math.max(0, ...ends.map((end) => callsUntil(curve, end) - callsUntil(curve, end - windowMs)));
}

function withoutLastCall(stretch: readonly MinuteCalls[]): readonly MinuteCalls[] {
  const last = stretch.at(-1);
  if (last === undefined) return [];
  if (last.calls <= 1) return stretch.slice(0, -1);
  const gapMs = (last.lastAt - last.firstAt) / (last.calls - 1);
  return [...stretch.slice(0, -1), { ...last, calls: last.calls - 1, lastAt: last.lastAt - gapMs }];
}

/** Calls made up to and with an instant: a corner of a line that only rises. */
interface Corner {
  readonly at: Instant;
  readonly calls: number;
}

/** The calls of a minute as a step of its first one and a line to its last one. */
function curveOf(stretch: readonly MinuteCalls[]): readonly Corner[] {
  const corners: Corner[] = [];
  let calls = 0;
  for (const minute of stretch) {
    corners.push({ at: minute.firstAt, calls: calls + 1 });
    calls += minute.calls;
    if (minute.calls > 1) corners.push({ at: minute.lastAt, calls });
  }
  return corners;
}

function callsUntil(curve: readonly Corner[], at: Instant): number {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((curve[middle] as Corner).at <= at) low = middle + 1;
    else high = middle;
  }
  const before = curve[low - 1];
  if (before === undefined) return 0;
  const after = curve[low];
  if (after === undefined || after.calls - before.calls <= 1) return before.calls;
  return before.calls + ((after.calls - before.calls) * (at - before.at)) / (after.at - before.at);
}
