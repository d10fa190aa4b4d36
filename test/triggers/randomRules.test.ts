import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  builtinCalendar,
  occurrencesOf,
  parseSessionRule,
  plainDay,
  printSessionRule,
  scheduleOf,
  type ExchangeId,
  type Moment,
  type Schedule,
} from '@tapekeeper/core';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import {
  dayOf,
  dueByClock,
  openDays,
  readWindow,
  sessionDays,
  sessionMomentsOf,
  shanghaiWall,
  type SessionParts,
  type Window,
} from './oracle.ts';
import { randomCrons, type RandomCron } from './randomCron.ts';

// Ten thousand rules of all kinds, with all bounds, against walks over every minute, second or day.

const calendar = builtinCalendar();
const context = { calendar, readCron: cronReader, key: 'a job' };
const MINUTE = 60_000;
const DAY = 86_400_000;
/** Moments compared of each rule. */
const COMPARED = 40;
/** Moments compared at all, and rules that had any: a check on the checks. */
const seen = { moments: 0, rules: 0 };

/** A week or two around each of the days on which clocks or calendars do something. */
const PLACES: readonly (readonly [zone: string, day: string])[] = [
  ['Asia/Shanghai', '1986-05-01'],
  ['Asia/Shanghai', '1986-09-10'],
  ['Asia/Shanghai', '1991-04-10'],
  ['Asia/Shanghai', '1991-09-11'],
  ['Asia/Shanghai', '2024-02-05'],
  ['Asia/Shanghai', '2026-12-26'],
  ['America/New_York', '2026-03-03'],
  ['America/New_York', '2026-10-28'],
  ['Europe/London', '2026-03-25'],
  ['Europe/London', '2026-10-21'],
  ['Australia/Lord_Howe', '2026-03-31'],
  ['Australia/Lord_Howe', '2026-09-29'],
  ['Pacific/Apia', '2011-12-26'],
  ['UTC', '2021-11-10'],
];
const LENGTH_DAYS = 10;
const BY_MINUTE = PLACES.map(([zone, day]) => readWindow(zone, `${day}T00:00Z`, LENGTH_DAYS * 1440, MINUTE));
/** Two hours by the second, around changes of clocks. */
const BY_SECOND = [
  readWindow('America/New_York', '2026-03-08T06:10Z', 7200, 1000),
  readWindow('America/New_York', '2026-11-01T05:10Z', 7200, 1000),
  readWindow('Australia/Lord_Howe', '2026-04-04T14:10Z', 7200, 1000),
  readWindow('Asia/Shanghai', '1991-04-13T17:10Z', 7200, 1000),
];
const OPEN = openDays(calendar, plainDay('2028-01-31'));
const IS_OPEN = new Set(OPEN);
/** The open days of the years around each window: enough to know the first and last of each period in it. */
const AROUND = new Map(
  BY_MINUTE.map((window) => {
    const [from, to] = [dayOf(window.start - 400 * DAY), dayOf(window.start + 400 * DAY)];
    return [window, OPEN.filter((day) => from <= day && day <= to)] as const;
  }),
);

interface Bounds {
  readonly tradingDaysOnly: boolean;
  /** Minutes after the start of the window. */
  readonly activeFrom: number | null;
  readonly activeUntil: number | null;
  readonly jitterSeconds: number;
  /** Where the comparison begins: a share of the window, and odd milliseconds. */
  readonly start: number;
  readonly odd: number;
}

/** A minute of the window; none more often than not. */
const minutes = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: LENGTH_DAYS * 1440 }) },
);
const bounds: fc.Arbitrary<Bounds> = fc.record({
  tradingDaysOnly: fc.constantFrom(true, false, false),
  activeFrom: minutes,
  activeUntil: minutes,
  jitterSeconds: fc.constantFrom(0, 0, 1, 30, 3600),
  start: fc.double({ min: 0, max: 0.9, noNaN: true }),
  odd: fc.constantFrom(0, 0, 1, 999, 30_500),
});

function bounded(trigger: Schedule['trigger'], window: Window, given: Bounds): Schedule {
  const at = (minute: number | null): number | null =>
    minute === null ? null : window.start + minute * MINUTE;
  const [activeFrom, activeUntil] = [at(given.activeFrom), at(given.activeUntil)];
  const { tradingDaysOnly, jitterSeconds } = given;
  return { ...scheduleOf(trigger), tradingDaysOnly, jitterSeconds, activeFrom, activeUntil };
}

/** What the oracle found against what the program says, over a window or a part of it. */
function compare(
  window: Window,
  given: Bounds,
  schedule: Schedule,
  due: Iterable<{ readonly at: number; readonly day: string }>,
): void {
  const length = window.shown.length * window.step;
  const after = window.start + Math.floor(given.start * length) + given.odd;
  const end = window.start + length;
  const filters = schedule.tradingDaysOnly && schedule.trigger.kind !== 'session';
  const wanted: number[] = [];
  for (const { at, day } of due) {
    if (at <= after || (schedule.activeFrom ?? at) > at || (schedule.activeUntil ?? Infinity) <= at) continue;
    if (filters && !IS_OPEN.has(plainDay(day))) continue;
    wanted.push(at);
    if (wanted.length === COMPARED) break;
  }
  const moments = firstMoments(schedule, after, end);
  expect(moments.map(({ scheduledFor }) => scheduledFor)).toEqual(wanted);
  seen.moments += wanted.length;
  if (wanted.length > 0) seen.rules += 1;
  for (const { scheduledFor, dueAt } of moments) {
    expect(dueAt).toBeGreaterThanOrEqual(scheduledFor);
    expect(dueAt).toBeLessThanOrEqual(scheduledFor + given.jitterSeconds * 1000);
  }
  // asked again from anywhere, with another reader, it says the same
  const again = occurrencesOf(schedule, context);
  for (const [place, moment] of moments.entries()) {
    expect(again.next(moment.scheduledFor - 1)).toEqual(moment);
    if (place > 2) break;
  }
}

function firstMoments(schedule: Schedule, from: number, end: number): readonly Moment[] {
  const occurrences = occurrencesOf(schedule, context);
  const moments: Moment[] = [];
  for (let after = from; moments.length < COMPARED;) {
    const moment = occurrences.next(after);
    if (moment === undefined || moment.scheduledFor >= end) break;
    moments.push(moment);
    after = moment.scheduledFor;
  }
  return moments;
}

function compareCron(window: Window, cron: RandomCron, given: Bounds): void {
  const schedule = bounded({ kind: 'cron', expression: cron.text, zone: window.zone }, window, given);
  compare(window, given, schedule, dueByClock(window, cron.fits));
}

describe('random rules agree with a walk over every moment', { timeout: 180_000 }, () => {
  test('6,000 cron expressions of five fields', () => {
    fc.assert(fc.property(fc.constantFrom(...BY_MINUTE), randomCrons(false), bounds, compareCron), {
      numRuns: 6000,
    });
  });

  test('1,000 cron expressions with seconds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BY_SECOND), randomCrons(true), bounds, (window, cron, given) =>
        compareCron(window, cron, { ...given, activeFrom: null, activeUntil: null }),
      ),
      { numRuns: 1000 },
    );
  });

  test('1,000 intervals and 1,000 single times', () => {
    const offset = fc.integer({ min: -2000, max: LENGTH_DAYS * 1440 });
    fc.assert(
      fc.property(
        fc.constantFrom(...BY_MINUTE),
        fc.integer({ min: 1, max: 3000 }),
        offset,
        bounds,
        (window, every, minute, given) => {
          const base = window.start + minute * MINUTE;
          const interval = bounded(
            { kind: 'interval', everySeconds: every * 60, anchor: base },
            window,
            given,
          );
          const isDue = (at: number): boolean => at >= base && (at - base) % (every * MINUTE) === 0;
          compare(window, given, interval, byInstant(window, isDue));
          const once = bounded({ kind: 'once', at: base }, window, given);
          compare(
            window,
            given,
            once,
            byInstant(window, (at) => at === base),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('1,000 session rules', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BY_MINUTE), sessions, bounds, (window, parts, given) => {
        const rule = ruleText(parts);
        const read = parseSessionRule(rule);
        expect(parseSessionRule(printSessionRule(read))).toEqual(read);
        const schedule = bounded({ kind: 'session', rule }, window, given);
        compare(window, given, schedule, bySession(window, parts));
      }),
      { numRuns: 1000 },
    );
  });

  test('and the rules were not empty', () => {
    expect(seen.rules).toBeGreaterThan(4000);
    expect(seen.moments).toBeGreaterThan(80_000);
  });
});

function* byInstant(window: Window, isDue: (at: number) => boolean) {
  for (let place = 0; place < window.shown.length; place++) {
    const at = window.start + place * window.step;
    if (isDue(at)) yield { at, day: dayOf(shanghaiWall(at)) };
  }
}

function* bySession(window: Window, parts: SessionParts) {
  const [from, to] = [dayOf(window.start - 3 * DAY), dayOf(window.start + (LENGTH_DAYS + 4) * DAY)];
  for (const day of sessionDays(AROUND.get(window) ?? [], parts)) {
    if (day < from || day > to) continue;
    for (const at of sessionMomentsOf(day, parts)) {
      if (at < window.start + LENGTH_DAYS * DAY) yield { at, day };
    }
  }
}

const sessions: fc.Arbitrary<SessionParts> = fc
  .record({
    exchange: fc.constantFrom<ExchangeId>('XSHG', 'XSHE', 'XBSE'),
    edge: fc.constantFrom<SessionParts['edge']>('open', 'close', 'every'),
    size: fc.integer({ min: 1, max: 7200 }),
    offset: fc.integer({ min: -2 * 86_400, max: 2 * 86_400 }),
    which: fc.constantFrom('first', 'last', null),
    of: fc.constantFrom<SessionParts['of']>('week', 'month', 'quarter', 'year'),
  })
  .map(({ size, offset, ...parts }) => ({ ...parts, seconds: parts.edge === 'every' ? size : offset }));

function ruleText({ exchange, edge, seconds, which, of }: SessionParts): string {
  const days = which === null ? '' : ` on ${which} trading day of ${of}`;
  if (edge === 'every') return `every ${seconds}s in session(${exchange})${days}`;
  return `${edge}(${exchange})${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s${days}`;
}
