import {
  AppError,
  builtinCalendar,
  checkSchedule,
  DEFAULT_ZONE,
  describeSchedule,
  isoInstant,
  occurrencesOf,
  parseSessionRule,
  requireZone,
  sessionMoments,
  type Instant,
  type PlainDay,
  type Schedule,
  type Words,
} from '@tapekeeper/core';
import { cronReader } from '../cron/cronReader.ts';
import { cronWords } from '../cron/cronWords.ts';

export interface PreviewQuestion {
  readonly schedule: Schedule;
  /** A moment exactly here is listed. */
  readonly from: Instant;
  readonly count: number;
}

export interface PreviewMoment {
  readonly at: Instant;
  /** The trading day of a session moment; else the local day in the zone of the trigger. */
  readonly day: PlainDay;
  /** Whether it rests on a trading day that nobody has announced yet. */
  readonly assumed: boolean;
}

export interface Preview {
  readonly words: Words;
  /** In order; fewer than were asked for where no more come. */
  readonly moments: readonly PreviewMoment[];
}

/**
 * The next moments of a schedule, by the calendar that the program brings along: no installation is
 * needed, nothing is stored. Raises what `checkSchedule` finds; a schedule that is never due again is
 * `trigger_never_due`.
 */
export function previewTrigger({ schedule, from, count }: PreviewQuestion): Preview {
  const context = { calendar: builtinCalendar(), readCron: cronReader, key: '' };
  const problem = checkSchedule(schedule, { ...context, now: from, isNew: false }).find(
    ({ code }) => code !== 'trigger_never_due',
  );
  if (problem !== undefined) throw new AppError(problem.code, problem.details);
  const occurrences = occurrencesOf(schedule, context);
  const judge = judgeOf(schedule);
  const moments: PreviewMoment[] = [];
  for (let after = from - 1; moments.length < count;) {
    const moment = occurrences.next(after);
    if (moment === undefined) break;
    after = moment.scheduledFor;
    moments.push(judge(after));
  }
  if (moments.length === 0) throw new AppError('trigger_never_due', { years: 5, from: isoInstant(from) });
  return { words: describeSchedule(schedule, wordsOfCron(schedule)), moments };
}

/** What gives a moment its day. */
function judgeOf({ trigger, tradingDaysOnly }: Schedule): (at: Instant) => PreviewMoment {
  const calendar = builtinCalendar();
  if (trigger.kind === 'session') {
    const moments = sessionMoments(parseSessionRule(trigger.rule), calendar);
    return (at) => {
      const { day } = moments.next(at - 1);
      return { at, day, assumed: calendar.isAssumed(day) };
    };
  }
  const zone = requireZone(trigger.kind === 'cron' ? trigger.zone : DEFAULT_ZONE);
  return (at) => {
    const day = zone.dayAt(at);
    return { at, day, assumed: tradingDaysOnly && calendar.isAssumed(day) };
  };
}

function wordsOfCron({ trigger }: Schedule): Words | undefined {
  if (trigger.kind !== 'cron') return undefined;
  return { en: cronWords(trigger.expression, 'en'), zh: cronWords(trigger.expression, 'zh') };
}
