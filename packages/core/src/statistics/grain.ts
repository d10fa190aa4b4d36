import {
  addDays,
  DAY_MS,
  plainDay,
  SHANGHAI_OFFSET_MS,
  shanghaiDay,
  shanghaiInstant,
  type Instant,
  type PlainDay,
} from '../day.ts';

/** Stretches of time that runs are summed up by. Days and months are those of Shanghai. */
export const GRAINS = ['hour', 'day', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

const HOUR_MS = 3_600_000;

/**
 * The beginning of the stretch that holds an instant.
 * @example grainStart('hour', 3_600_001) // 3_600_000
 */
export function grainStart(grain: Grain, at: Instant): Instant {
  // whole hours lie between the clocks of Shanghai and those of Greenwich
  if (grain === 'hour') return Math.floor(at / HOUR_MS) * HOUR_MS;
  if (grain === 'day') return Math.floor((at + SHANGHAI_OFFSET_MS) / DAY_MS) * DAY_MS - SHANGHAI_OFFSET_MS;
  return shanghaiInstant(firstOfMonth(shanghaiDay(at)), 0);
}

/**
 * The beginning of the next stretch after the one that holds an instant.
 * @example grainEnd('hour', 3_600_000) // 7_200_000
 */
export function grainEnd(grain: Grain, at: Instant): Instant {
  const start = grainStart(grain, at);
  if (grain === 'hour') return start + HOUR_MS;
  if (grain === 'day') return start + DAY_MS;
  return shanghaiInstant(firstOfMonth(addDays(shanghaiDay(start), 31)), 0);
}

/** Stretches of one grain that begin at or after `from` and before `to`. */
export interface GrainSpan {
  readonly grain: Grain;
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The fewest stretches that make up a window from one whole hour to another: hours at its ends, days, and whole
 * months in the middle. However long it is, there are some hundred of them besides its months.
 * @example grainSpans(0, 3_600_000) // [{ grain: 'hour', from: 0, to: 3_600_000 }]
 */
export function grainSpans(from: Instant, to: Instant): readonly GrainSpan[] {
  return split(GRAINS.length - 1, from, to);
}

function split(level: number, from: Instant, to: Instant): readonly GrainSpan[] {
  const grain = GRAINS[level];
  if (grain === undefined || from >= to) return [];
  if (level === 0) return [{ grain, from, to }];
  const first = grainStart(grain, from) === from ? from : grainEnd(grain, from);
  const last = grainStart(grain, to);
  if (first >= last) return split(level - 1, from, to);
  return [...split(level - 1, from, first), { grain, from: first, to: last }, ...split(level - 1, last, to)];
}

function firstOfMonth(day: PlainDay): PlainDay {
  return plainDay(`${day.slice(0, 8)}01`);
}
