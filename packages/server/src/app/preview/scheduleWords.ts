import { describeSchedule, type Schedule, type Words } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

/** What says a cron expression in words. */
export type CronWords = Pick<AppDeps, 'cronWords'>;

/** A schedule in words, with those of its cron expression. Raises what reading the schedule does. */
export function scheduleWords(schedule: Schedule, { cronWords }: CronWords): Words {
  const { trigger } = schedule;
  if (trigger.kind !== 'cron') return describeSchedule(schedule);
  const { expression } = trigger;
  return describeSchedule(schedule, { en: cronWords(expression, 'en'), zh: cronWords(expression, 'zh') });
}
