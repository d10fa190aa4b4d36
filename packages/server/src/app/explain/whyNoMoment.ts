import {
  calendarWith,
  occurrencesOf,
  weekday,
  type Calendar,
  type PlainDay,
  type Schedule,
  type TriggerContext,
} from '@tapekeeper/core';
import { momentBefore, momentsWithin, zoneOfSchedule, type TimeWindow } from './moments.ts';
import { localTime, type Words } from './words.ts';

/** Why a stretch of time holds no moment of a schedule. */
export interface NoMoment {
  readonly code:
    | 'closed_day'
    | 'outside_active_window'
    | 'jitter'
    | 'manual_only'
    | 'follows_job'
    | 'no_moment';
  readonly text: Words;
}

/**
 * Why a schedule has no moment in a window. What would have one, but for a bound of the schedule, names
 * that bound.
 */
export function whyNoMoment(schedule: Schedule, context: TriggerContext, window: TimeWindow): NoMoment {
  const { trigger } = schedule;
  if (trigger.kind === 'manual') {
    return {
      code: 'manual_only',
      text: { en: 'It only runs when somebody starts it.', zh: '该任务只由人手动启动。' },
    };
  }
  if (trigger.kind === 'after') {
    return {
      code: 'follows_job',
      text: {
        en: `It runs each time a run of job ${trigger.jobId} has ended well, and at no time of its own.`,
        zh: `它在任务 ${trigger.jobId} 的运行正常结束后运行，没有自己的时刻。`,
      },
    };
  }
  return (
    closedDay(schedule, context, window) ??
    outsideActiveWindow(schedule, context, window) ??
    withinJitter(schedule, context, window) ?? {
      code: 'no_moment',
      text: { en: 'That is no moment of its trigger.', zh: '这不是其触发器的时刻。' },
    }
  );
}

function hasMoment(schedule: Schedule, context: TriggerContext, window: TimeWindow): boolean {
  return momentsWithin(occurrencesOf(schedule, context), window, 1).length > 0;
}

function closedDay(schedule: Schedule, context: TriggerContext, window: TimeWindow): NoMoment | undefined {
  const { calendar } = context;
  const day = zoneOfSchedule(schedule).dayAt(window.from);
  const heedsDays = schedule.tradingDaysOnly || schedule.trigger.kind === 'session';
  if (calendar.isOpen(day) || !heedsDays) return undefined;
  // past the announced calendar nobody can say that a closed day were open: there the day itself is the reason
  const ifOpen = calendarWith(calendar, [{ day, isOpen: true }]);
  const wouldHave =
    calendar.isAssumed(day) ||
    hasMoment({ ...schedule, tradingDaysOnly: false }, { ...context, calendar: ifOpen }, window);
  return wouldHave ? { code: 'closed_day', text: closedText(calendar, day) } : undefined;
}

function closedText(calendar: Calendar, day: PlainDay): Words {
  const next = calendar.nextOpen(day);
  const isWeekend = weekday(day) % 6 === 0;
  return {
    en: `The exchanges are closed on ${day} (${isWeekend ? 'weekend' : 'holiday'}), and it runs on trading days only; the next one is ${next}.`,
    zh: `${day} 休市（${isWeekend ? '周末' : '节假日'}），该任务仅在交易日运行；下一交易日为 ${next}。`,
  };
}

function outsideActiveWindow(
  schedule: Schedule,
  context: TriggerContext,
  window: TimeWindow,
): NoMoment | undefined {
  const { activeFrom, activeUntil } = schedule;
  if (!hasMoment({ ...schedule, activeFrom: null, activeUntil: null }, context, window)) return undefined;
  const zone = zoneOfSchedule(schedule);
  const code = 'outside_active_window';
  if (activeFrom !== null && window.from < activeFrom) {
    const time = localTime(activeFrom, zone);
    return { code, text: { en: `It is active from ${time} on.`, zh: `它自 ${time} 起才生效。` } };
  }
  const time = activeUntil === null ? '' : localTime(activeUntil, zone);
  return { code, text: { en: `It was active only before ${time}.`, zh: `它只在 ${time} 之前生效。` } };
}

function withinJitter(schedule: Schedule, context: TriggerContext, window: TimeWindow): NoMoment | undefined {
  if (schedule.jitterSeconds === 0) return undefined;
  const last = momentBefore(occurrencesOf(schedule, context), window.from);
  if (last === undefined || last.dueAt < window.from) return undefined;
  const zone = zoneOfSchedule(schedule);
  const [moment, due] = [localTime(last.scheduledFor, zone), localTime(last.dueAt, zone)];
  return {
    code: 'jitter',
    text: {
      en: `The moment is ${moment}; its jitter makes it due at ${due}.`,
      zh: `时刻为 ${moment}，因随机延后而于 ${due} 到期。`,
    },
  };
}
