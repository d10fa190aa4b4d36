import type { Instant } from '../day.ts';
import { isoInstant } from '../day.ts';
import { isAppError, type ErrorDetails } from '../error/appError.ts';
import type { ErrorCode } from '../error/codes.ts';
import { isInterval, occurrencesOf, SEARCH_MS, type TriggerContext } from './occurrences.ts';
import type { Schedule } from './trigger.ts';

/** What is wrong with a schedule; `errorText` says it in either language, `AppError` raises it. */
export interface Problem {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

export interface ScheduleContext extends TriggerContext {
  readonly now: Instant;
  /** Whether it is being made: what lies in the past is refused only then. */
  readonly isNew: boolean;
}

/** Moments that the jitter is measured against. */
const LOOKED_AT = 200;
/** Jitter of what is due once: a day. */
const MOST_JITTER_SECONDS = 86_400;

/**
 * Everything that is wrong with a schedule; nothing where it can be used. A schedule that cannot be read
 * has that as its one problem. Moments are never less than a second apart, since no kind can say so.
 * @example checkSchedule(schedule, context).map(({ code, details }) => errorText(code, details, 'zh'))
 */
export function checkSchedule(schedule: Schedule, context: ScheduleContext): readonly Problem[] {
  const { trigger, activeFrom, activeUntil } = schedule;
  if (trigger.kind === 'interval' && !isInterval(trigger.everySeconds)) {
    return [{ code: 'bad_interval', details: { seconds: trigger.everySeconds } }];
  }
  if (activeFrom !== null && activeUntil !== null && activeFrom >= activeUntil) {
    const details = { from: isoInstant(activeFrom), until: isoInstant(activeUntil) };
    return [{ code: 'active_window_empty', details }];
  }
  if (trigger.kind === 'once' && context.isNew && trigger.at <= context.now) {
    return [{ code: 'once_in_past', details: { at: isoInstant(trigger.at) } }];
  }
  try {
    return momentProblems(schedule, context);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [{ code: error.code, details: error.details }];
  }
}

function momentProblems(schedule: Schedule, context: ScheduleContext): readonly Problem[] {
  if (schedule.trigger.kind === 'after' || schedule.trigger.kind === 'manual') return [];
  const from = Math.max(context.now, schedule.activeFrom ?? context.now);
  const moments = momentsFrom({ ...schedule, jitterSeconds: 0 }, context, from);
  const problems: Problem[] = [];
  if ((moments[0] ?? Infinity) > from + SEARCH_MS && !isSpent(schedule, context)) {
    const details = { years: Math.floor(SEARCH_MS / YEAR_MS), from: isoInstant(from) };
    problems.push({ code: 'trigger_never_due', details });
  }
  const most = mostJitter(moments);
  const { jitterSeconds } = schedule;
  if (!Number.isSafeInteger(jitterSeconds) || jitterSeconds < 0 || jitterSeconds > most) {
    problems.push({ code: 'jitter_too_long', details: { jitter: jitterSeconds, most } });
  }
  return problems;
}

const YEAR_MS = 365 * 86_400_000;

/** Whether there is nothing more to come because its time is over, which is no fault of a schedule in use. */
function isSpent({ trigger, activeUntil }: Schedule, { now, isNew }: ScheduleContext): boolean {
  if (isNew) return false;
  return (trigger.kind === 'once' && trigger.at <= now) || (activeUntil !== null && activeUntil <= now);
}

function momentsFrom(schedule: Schedule, context: TriggerContext, from: Instant): readonly Instant[] {
  const occurrences = occurrencesOf(schedule, context);
  const moments: Instant[] = [];
  for (let after = from - 1; moments.length < LOOKED_AT;) {
    const moment = occurrences.next(after);
    if (moment === undefined) break;
    moments.push(moment.scheduledFor);
    after = moment.scheduledFor;
  }
  return moments;
}

/** The longest jitter, in seconds, that leaves the moments in their order. */
function mostJitter(moments: readonly Instant[]): number {
  const spacings = moments.slice(1).map((at, place) => at - moments[place]!);
  const least = Math.min(MOST_JITTER_SECONDS * 1000 + 1000, ...spacings);
  return Math.ceil(least / 1000) - 1;
}
