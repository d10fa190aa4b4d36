import {
  checkSchedule,
  errorText,
  isoInstant,
  occurrencesOf,
  parseSessionRule,
  sessionMoments,
  type Calendar,
  type ErrorCode,
  type Instant,
  type Moment,
  type PlainDay,
  type Schedule,
  type ScheduleContext,
  type TriggerContext,
  type Words,
  type Zone,
} from '@tapekeeper/core';
import { momentsWithin, zoneOfSchedule } from '../explain/moments.ts';
import { scheduleWords, type CronWords } from './scheduleWords.ts';

export interface PreviewQuestion {
  readonly schedule: Schedule;
  /** A moment exactly here is listed. */
  readonly from: Instant;
  readonly count: number;
  /** Key of the job, the salt of its jitter; null leaves the jitter out. */
  readonly key: string | null;
  /** Zone of the local times; null is that of the trigger. */
  readonly zone: Zone | null;
}

export interface PreviewMoment extends Pick<Moment, 'scheduledFor'> {
  /** When it is due: `scheduledFor`, or later by the jitter. */
  readonly at: Instant;
  /** The trading day of a session moment; else the local day in the zone of the trigger. */
  readonly day: PlainDay;
  /** `scheduledFor` as `2026-11-23T15:30:00+08:00`. */
  readonly local: string;
  /** Whether it rests on a trading day that nobody has announced yet. */
  readonly assumed: boolean;
}

export interface PreviewProblem {
  readonly code: ErrorCode;
  readonly text: Words;
}

export interface Preview {
  readonly words: Words;
  /** In order; fewer than were asked for where no more come. */
  readonly moments: readonly PreviewMoment[];
  /** What keeps a schedule that can be read from being used as it is. */
  readonly problems: readonly PreviewProblem[];
}

/** What a preview rests on. */
export interface PreviewMeans extends Omit<TriggerContext, 'key'>, CronWords {
  /** The time by which the schedule is judged. */
  readonly now: Instant;
  /** Whether it is yet to be kept: what lies in the past is a problem only then. */
  readonly isNew: boolean;
}

/** Nothing is listed from here on: far ahead days are written otherwise, and no search for one would end. */
const END = Date.UTC(3000, 0, 1);

/**
 * The next moments of a schedule by a calendar, and what is wrong with it. What cannot be read raises
 * `bad_cron`, `cron_too_long`, `unknown_zone`, `bad_session_rule` or `bad_interval`.
 */
export function previewOf(question: PreviewQuestion, means: PreviewMeans): Preview {
  const { from, count, key } = question;
  const schedule = key === null ? { ...question.schedule, jitterSeconds: 0 } : question.schedule;
  const context = { ...means, key: key ?? '' };
  const occurrences = occurrencesOf(schedule, context);
  const zone = question.zone ?? zoneOfSchedule(schedule);
  const dayOf = daysOf(schedule, means.calendar);
  const moments = from < END ? momentsWithin(occurrences, { from, to: END }, count) : [];
  return {
    words: scheduleWords(question.schedule, means),
    moments: moments.map(({ scheduledFor, dueAt }) => ({
      at: dueAt,
      scheduledFor,
      ...dayOf(scheduledFor),
      local: localText(scheduledFor, zone),
    })),
    problems: problemsOf(question.schedule, { ...context, now: Math.min(means.now, END) }),
  };
}

function problemsOf(schedule: Schedule, context: ScheduleContext): readonly PreviewProblem[] {
  return checkSchedule(schedule, context).map(({ code, details }) => ({
    code,
    text: { en: errorText(code, details), zh: errorText(code, details, 'zh') },
  }));
}

/** What gives a moment its day. */
function daysOf(
  schedule: Schedule,
  calendar: Calendar,
): (at: Instant) => Pick<PreviewMoment, 'day' | 'assumed'> {
  const { trigger, tradingDaysOnly } = schedule;
  if (trigger.kind === 'session') {
    const moments = sessionMoments(parseSessionRule(trigger.rule), calendar);
    return (at) => {
      const { day } = moments.next(at - 1);
      return { day, assumed: calendar.isAssumed(day) };
    };
  }
  const zone = zoneOfSchedule(schedule);
  return (at) => {
    const day = zone.dayAt(at);
    return { day, assumed: tradingDaysOnly && calendar.isAssumed(day) };
  };
}

function localText(at: Instant, zone: Zone): string {
  const offset = zone.offsetAt(at);
  const sign = offset < 0 ? '-' : '+';
  return isoInstant(zone.wallAt(at)).slice(0, 19) + sign + isoInstant(Math.abs(offset)).slice(11, 16);
}
