import {
  addDays,
  AppError,
  DAY_MS,
  grainEnd,
  grainSpans,
  grainStart,
  parseDay,
  shanghaiDay,
  shanghaiInstant,
  type Grain,
  type GrainSpan,
  type Instant,
  type PlainDay,
} from '@tapekeeper/core';

/** A window as people name it: its length up to now, or its ends. */
export interface WindowWish {
  readonly last?: string | undefined;
  /** A day, or an instant in ISO 8601. */
  readonly from?: string | undefined;
  /** A day, which is part of the window, or an instant. */
  readonly to?: string | undefined;
  /** Stretches of the trend. */
  readonly every?: Grain | undefined;
}

/** What is summed up: whole stretches, so that it can be somewhat longer than what was asked for. */
export interface Window {
  readonly grain: Grain;
  readonly from: Instant;
  readonly to: Instant;
  readonly spans: readonly GrainSpan[];
  /** How many days of it are over, for what is told by the day. */
  readonly days: number;
}

const HOUR_MS = 3_600_000;
const LENGTHS: Readonly<Record<string, number>> = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  '365d': 365 * DAY_MS,
};
const USUAL = '24h';

/** Up to this length a trend goes by hours unless told otherwise, and up to the next one by days. */
const HOURS_UP_TO_MS = 8 * DAY_MS;
const DAYS_UP_TO_MS = 800 * DAY_MS;
/** Points of a trend. */
const MOST_POINTS = 900;
const LONGEST_MS = 100 * 366 * DAY_MS;

/**
 * Reads a window. Raises `bad_request` where both ways of naming one are mixed, an end is no time, the window is
 * empty, or its trend would have too many points.
 */
export function readWindow(wish: WindowWish, now: Instant): Window {
  const [since, until] = endsOf(wish, now);
  if (since >= until) throw refused('"from" is not before "to"');
  if (until - since > LONGEST_MS) throw refused('the window is longer than a hundred years');
  const grain = wish.every ?? usualGrain(until - since);
  const from = grainStart(grain, since);
  const to = grainStart(grain, until) === until ? until : grainEnd(grain, until);
  if ((to - from) / (grainEnd(grain, from) - from) > MOST_POINTS)
    throw refused(
      `by the ${grain} the window has more than ${MOST_POINTS} points; name a longer stretch as "every"`,
    );
  const over = Math.max(HOUR_MS, Math.min(to, now) - from);
  return { grain, from, to, spans: grainSpans(from, coveredUntil(to, now)), days: over / DAY_MS };
}

/** Nothing has ended after now: a window that reaches so far takes in its last month whole, one sum instead of fifty. */
function coveredUntil(to: Instant, now: Instant): Instant {
  return to < now ? to : Math.max(to, grainEnd('month', now));
}

/** The days in Shanghai that a window touches. */
export function daysOf({ from, to }: Pick<Window, 'from' | 'to'>): { from: PlainDay; to: PlainDay } {
  return { from: shanghaiDay(from), to: shanghaiDay(to - 1) };
}

function endsOf({ last, from, to }: WindowWish, now: Instant): readonly [Instant, Instant] {
  if (from === undefined && to === undefined) {
    const length = LENGTHS[last ?? USUAL];
    if (length === undefined) throw refused(`"last": ${Object.keys(LENGTHS).join(', ')}`);
    return [now - length, now];
  }
  if (last !== undefined) throw refused('name either "last" or "from" and "to"');
  const until = to === undefined ? now : readEnd('to', to, (day) => addDays(day, 1));
  const since = from === undefined ? until - (LENGTHS[USUAL] ?? 0) : readEnd('from', from, (day) => day);
  return [since, until];
}

/** Beyond them a step to the next stretch may be no day that can be written. */
const YEARS = /^(19[7-9]\d|2\d{3})-/;

function readEnd(name: string, text: string, dayOf: (day: PlainDay) => PlainDay): Instant {
  if (!YEARS.test(text) && /^\d{4}-/.test(text)) throw refused(`"${name}": times go from 1970 to 2999`);
  const day = parseDay(text);
  if (day !== undefined) return shanghaiInstant(dayOf(day), 0);
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant))
    throw refused(`"${name}": write a day as 2024-01-31, or an instant as 2024-01-31T16:00:00Z`);
  return instant;
}

function usualGrain(length: number): Grain {
  if (length <= HOURS_UP_TO_MS) return 'hour';
  return length <= DAYS_UP_TO_MS ? 'day' : 'month';
}

function refused(problem: string): AppError {
  return new AppError('bad_request', { problem: `${problem}.` });
}
