/**
 * When triggers are due, the slow way: every second or minute of a window is looked at, every trading day of
 * history is listed. Nothing of the product is used but day texts, the list of open days, and types.
 */
import { addDays, plainDay, type Calendar, type ExchangeId, type PlainDay } from '@tapekeeper/core';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Clocks of a zone over a stretch of time, read one by one. */
export interface Window {
  readonly zone: string;
  readonly start: number;
  readonly step: number;
  /** What the clocks show at each step, counted as though they showed UTC. */
  readonly shown: Float64Array;
}

/** Making one takes long, and one a zone is enough. */
const clocksOf = new Map<string, Intl.DateTimeFormat>();

function readClocks(zone: string): Intl.DateTimeFormat {
  const clocks =
    clocksOf.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  clocksOf.set(zone, clocks);
  return clocks;
}

export function readWindow(zone: string, from: string, steps: number, step: number): Window {
  const start = Date.parse(from);
  const clocks = readClocks(zone);
  const shown = Float64Array.from({ length: steps }, (_, place) => {
    const part = Object.fromEntries(
      clocks.formatToParts(start + place * step).map(({ type, value }) => [type, Number(value)]),
    );
    return Date.UTC(
      part['year'] ?? 0,
      (part['month'] ?? 0) - 1,
      part['day'],
      part['hour'],
      part['minute'],
      part['second'],
    );
  });
  return { zone, start, step, shown };
}

/** Instants of the window at which clocks come to show a wall time that fits, for the first time. */
export function* dueByClock(
  { start, step, shown }: Window,
  fits: (wall: number) => boolean,
): Generator<{ readonly at: number; readonly day: PlainDay }> {
  let latest = (shown[0] ?? 0) - step;
  for (const [place, now] of shown.entries()) {
    let isDue = false;
    for (; latest < now; latest += step) isDue ||= fits(latest + step);
    if (isDue) yield { at: start + place * step, day: dayOf(now) };
  }
}

export function dayOf(wall: number): PlainDay {
  return plainDay(new Date(wall).toISOString().slice(0, 10));
}

/** Summer time in Shanghai by the public record: the clocks were an hour ahead between these instants. */
const SUMMERS = [
  ['1986-05-03T18:00Z', '1986-09-13T17:00Z'],
  ['1987-04-11T18:00Z', '1987-09-12T17:00Z'],
  ['1988-04-16T18:00Z', '1988-09-10T17:00Z'],
  ['1989-04-15T18:00Z', '1989-09-16T17:00Z'],
  ['1990-04-14T18:00Z', '1990-09-15T17:00Z'],
  ['1991-04-13T18:00Z', '1991-09-14T17:00Z'],
].map(([from = '', to = '']) => [Date.parse(from), Date.parse(to)] as const);

export function shanghaiWall(at: number): number {
  return at + 8 * HOUR + (SUMMERS.some(([from, to]) => from <= at && at < to) ? HOUR : 0);
}

/** A time of day in Shanghai while markets are open, when clocks never change. */
function shanghaiTime(day: PlainDay, minutes: number): number {
  const standard = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE - 8 * HOUR;
  return shanghaiWall(standard) - standard === 8 * HOUR ? standard : standard - HOUR;
}

/** A session rule, taken apart. */
export interface SessionParts {
  readonly exchange: ExchangeId;
  readonly edge: 'open' | 'close' | 'every';
  /** After the edge, or between slots. */
  readonly seconds: number;
  readonly which: 'first' | 'last' | null;
  readonly of: 'week' | 'month' | 'quarter' | 'year';
}

/** Every open day of a calendar until a day, those that nobody has announced too. */
export function openDays(calendar: Calendar, until: PlainDay): readonly PlainDay[] {
  const days: PlainDay[] = [];
  for (let day = calendar.firstDay; day <= until; day = addDays(day, 1)) {
    if (calendar.isOpen(day)) days.push(day);
  }
  return days;
}

/** The days of a session rule. */
export function sessionDays(
  all: readonly PlainDay[],
  { exchange, which, of }: SessionParts,
): readonly PlainDay[] {
  const days = exchange === 'XBSE' ? all.filter((day) => day >= '2021-11-15') : all;
  if (which === null) return days;
  const chosen = new Map<string, PlainDay>();
  for (const day of days) {
    const period = periodOf(day, of);
    if (which === 'last' || !chosen.has(period)) chosen.set(period, day);
  }
  return [...chosen.values()];
}

function periodOf(day: PlainDay, of: SessionParts['of']): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (of === 'year') return day.slice(0, 4);
  if (of === 'month') return day.slice(0, 7);
  if (of === 'quarter') return `${day.slice(0, 4)} ${Math.ceil((date.getUTCMonth() + 1) / 3)}`;
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return new Date(date.getTime() - sinceMonday * DAY).toISOString();
}

/** The moments of a session rule on one of its days. */
export function sessionMomentsOf(day: PlainDay, { edge, seconds }: SessionParts): readonly number[] {
  if (edge === 'open') return [shanghaiTime(day, 570) + seconds * 1000];
  if (edge === 'close') return [shanghaiTime(day, 900) + seconds * 1000];
  const moments: number[] = [];
  for (let at = shanghaiTime(day, 570); at <= shanghaiTime(day, 690); at += seconds * 1000) moments.push(at);
  for (let at = shanghaiTime(day, 780); at <= shanghaiTime(day, 900); at += seconds * 1000) moments.push(at);
  return moments;
}
