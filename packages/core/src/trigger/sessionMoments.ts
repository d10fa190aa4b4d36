import type { Calendar } from '../calendar/calendar.ts';
import { FIRST_SESSION } from '../coverage/expected.ts';
import { addDays, DAY_MS, dayNumber, type Instant, type PlainDay } from '../day.ts';
import { DEFAULT_ZONE } from './trigger.ts';
import type { SessionRule } from './sessionRule.ts';
import { chosenDayFrom } from './tradingPeriod.ts';
import { zoneOf, type Zone } from './zone.ts';

const MINUTE_MS = 60_000;
/** The session on the clocks of Shanghai, in milliseconds after midnight: two halves around the break. */
const OPEN = (9 * 60 + 30) * MINUTE_MS;
const BREAK = (11 * 60 + 30) * MINUTE_MS;
const RESUME = 13 * 60 * MINUTE_MS;
const CLOSE = 15 * 60 * MINUTE_MS;

/** An offset of thirty days is the farthest that a moment lies from its day; more days are a calendar without end. */
const MOST_TRIES = 100;

/** A moment of a session rule. */
export interface SessionMoment {
  readonly at: Instant;
  /** The trading day that it belongs to, which is not always the day on which it falls. */
  readonly day: PlainDay;
}

/** The moments of a session rule, in order. */
export interface SessionMoments {
  /** The first moment after the instant; there always is one, on assumed days if need be. */
  next(after: Instant): SessionMoment;
}

/**
 * The moments of a rule on the trading days of a calendar, which past its announced part are the
 * weekdays. Few days are looked at, wherever `after` lies. Raises a RangeError past the years that days can be
 * written in.
 * @example sessionMoments(parseSessionRule('close(XSHG)+30m'), builtinCalendar()).next(0)
 */
export function sessionMoments(rule: SessionRule, calendar: Calendar): SessionMoments {
  const zone = shanghai();
  const dayFrom = daysOf(rule, calendar);
  const [firstOn, lead] = momentsOn(rule);
  return {
    next(after) {
      let day = dayFrom(zone.dayAt(after - lead));
      for (let tries = 0; tries < MOST_TRIES; tries++, day = dayFrom(addDays(day, 1))) {
        const at = firstOn(zone, day, after);
        if (at !== undefined) return { at, day };
      }
      throw new RangeError(`no session after ${after}`);
    },
  };
}

function shanghai(): Zone {
  const zone = zoneOf(DEFAULT_ZONE);
  if (zone === undefined) throw new RangeError(`this JavaScript knows no zone ${DEFAULT_ZONE}`);
  return zone;
}

/** The first day of the rule on or after a day. */
function daysOf({ exchange, days }: SessionRule, calendar: Calendar): (day: PlainDay) => PlainDay {
  const opened = FIRST_SESSION[exchange];
  const first = opened < calendar.firstDay ? calendar.firstDay : opened;
  if (days !== null) return (day) => chosenDayFrom(calendar, days, day, first);
  return (day) => calendar.nextOpen(addDays(day < first ? first : day, -1));
}

type FirstOnDay = (zone: Zone, day: PlainDay, after: Instant) => Instant | undefined;

/** What gives the first moment of a trading day after an instant, and how long after its day a moment may lie. */
function momentsOn(rule: SessionRule): readonly [FirstOnDay, lead: number] {
  if (rule.kind === 'every') {
    const step = rule.everySeconds * 1000;
    return [(zone, day, after) => firstSlot(zone, day, after, step), 0];
  }
  const edge = rule.edge === 'open' ? OPEN : CLOSE;
  const offset = rule.offsetSeconds * 1000;
  const firstOn: FirstOnDay = (zone, day, after) => {
    const at = wall(zone, day, edge) + offset;
    return at > after ? at : undefined;
  };
  return [firstOn, offset];
}

/** Slots are counted from the open and again from the end of the break; a close is one if a step meets it. */
function firstSlot(zone: Zone, day: PlainDay, after: Instant, step: number): Instant | undefined {
  for (const [from, to] of [
    [OPEN, BREAK],
    [RESUME, CLOSE],
  ] as const) {
    const start = wall(zone, day, from);
    const steps = Math.max(0, Math.floor((after - start) / step) + 1);
    const at = start + steps * step;
    if (at <= wall(zone, day, to)) return at;
  }
  return undefined;
}

function wall(zone: Zone, day: PlainDay, afterMidnight: number): Instant {
  return zone.instantOf(dayNumber(day) * DAY_MS + afterMidnight);
}
