import type { Calendar } from '../calendar/calendar.ts';
import type { Instant } from '../day.ts';
import { AppError } from '../error/appError.ts';
import { jitterOf } from './jitter.ts';
import { sessionMoments } from './sessionMoments.ts';
import { parseSessionRule } from './sessionRule.ts';
import {
  DEFAULT_ZONE,
  type CronReader,
  type CronTimes,
  type Occurrences,
  type Schedule,
  type Trigger,
} from './trigger.ts';
import { zoneOf, type Zone } from './zone.ts';

const LONGEST_INTERVAL_SECONDS = 366 * 86_400;

/** What the moments of a schedule depend on besides it. */
export interface TriggerContext {
  readonly calendar: Calendar;
  readonly readCron: CronReader;
  /** Salt of the jitter. */
  readonly key: string;
}

/** How far a time that falls on a trading day is looked for from one that does not: five years. */
export const SEARCH_MS = 5 * 366 * 86_400_000;

/**
 * The due moments of a schedule. Triggers of the kinds `after` and `manual` have none. Of an interval none
 * lies before its anchor. With `tradingDaysOnly`, the local day of a moment in the zone of the trigger
 * (Shanghai where it has none) has to be a trading day; a session moment belongs to its trading day
 * already. Each `next` takes a few steps, wherever it begins. Raises `bad_cron`, `cron_too_long`,
 * `unknown_zone`,
 * `bad_session_rule` and `bad_interval`.
 * @example occurrencesOf(scheduleOf({ kind: 'once', at: 5 }), context).next(0)
 */
export function occurrencesOf(schedule: Schedule, context: TriggerContext): Occurrences {
  const { activeFrom, activeUntil, jitterSeconds } = schedule;
  const times = boundTimes(schedule, context);
  return {
    next(after) {
      const scheduledFor = times.next(activeFrom === null ? after : Math.max(after, activeFrom - 1));
      if (scheduledFor === undefined) return undefined;
      if (activeUntil !== null && scheduledFor >= activeUntil) return undefined;
      return { scheduledFor, dueAt: scheduledFor + jitterOf(context.key, scheduledFor, jitterSeconds) };
    },
  };
}

function boundTimes({ trigger, tradingDaysOnly }: Schedule, context: TriggerContext): CronTimes {
  const times = timesOf(trigger, context);
  if (!tradingDaysOnly || trigger.kind === 'session') return times;
  const name = trigger.kind === 'cron' ? trigger.zone : DEFAULT_ZONE;
  return onTradingDays(times, requireZone(name), context.calendar);
}

function timesOf(trigger: Trigger, { calendar, readCron }: TriggerContext): CronTimes {
  switch (trigger.kind) {
    case 'cron':
      return readCron(trigger.expression, trigger.zone);
    case 'interval':
      return intervalTimes(trigger.everySeconds, trigger.anchor);
    case 'once':
      return { next: (after) => (trigger.at > after ? trigger.at : undefined) };
    case 'session': {
      const moments = sessionMoments(parseSessionRule(trigger.rule), calendar);
      return { next: (after) => moments.next(after).at };
    }
    case 'after':
    case 'manual':
      return { next: () => undefined };
  }
}

function intervalTimes(everySeconds: number, anchor: Instant): CronTimes {
  if (!isInterval(everySeconds)) throw new AppError('bad_interval', { seconds: everySeconds });
  const everyMs = everySeconds * 1000;
  return {
    next: (after) => anchor + Math.max(0, Math.floor((after - anchor) / everyMs) + 1) * everyMs,
  };
}

/** Whole seconds from 1 s to 366 days. */
export function isInterval(everySeconds: number): boolean {
  return Number.isSafeInteger(everySeconds) && everySeconds >= 1 && everySeconds <= LONGEST_INTERVAL_SECONDS;
}

/** The times that fall on trading days. From a closed day the search goes on at the next open one. */
function onTradingDays(times: CronTimes, zone: Zone, calendar: Calendar): CronTimes {
  const firstOpen = zone.startOf(calendar.firstDay) - 1;
  return {
    next(after) {
      let at = times.next(Math.max(after, firstOpen));
      const limit = (at ?? 0) + SEARCH_MS;
      while (at !== undefined && at <= limit) {
        const day = zone.dayAt(at);
        if (calendar.isOpen(day)) return at;
        at = times.next(zone.startOf(calendar.nextOpen(day)) - 1);
      }
      return undefined;
    },
  };
}

/** The zone of a name. Raises `unknown_zone`. */
export function requireZone(name: string): Zone {
  const zone = zoneOf(name);
  if (zone === undefined) throw new AppError('unknown_zone', { zone: name.slice(0, 80) });
  return zone;
}
