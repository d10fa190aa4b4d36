import type { Trigger } from '@tapekeeper/core';
import { naiveShanghai } from '../../times.ts';

/**
 * A trigger as APScheduler prints its own: `cron[…]`, `interval[…]`, `date[…]`. Weekdays are written as names, since
 * their numbers do not mean the same there. Triggers that it has no word for have one of their own.
 * @example triggerText({ kind: 'cron', expression: '0 16 * * 1-5', zone: 'Asia/Shanghai' })
 * // "cron[month='*', day='*', day_of_week='mon-fri', hour='16', minute='0']"
 */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'cron':
      return cronText(trigger.expression);
    case 'interval':
      return `interval[${lengthText(trigger.everySeconds)}]`;
    case 'once':
      return `date[${naiveShanghai(trigger.at).slice(0, 19).replace('T', ' ')} CST]`;
    case 'session':
      return `session[${trigger.rule}]`;
    case 'after':
      return `after[job ${trigger.jobId}]`;
    case 'manual':
      return 'manual';
  }
}

function cronText(expression: string): string {
  const parts = expression.trim().split(/\s+/);
  const [second, fields] = parts.length === 6 ? [parts[0], parts.slice(1)] : [undefined, parts];
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || weekday === undefined) return `cron[${expression}]`;
  const named = [
    ['month', month],
    ['day', day],
    ['day_of_week', weekdayText(weekday)],
    ['hour', hour],
    ['minute', minute],
    ...(second === undefined ? [] : [['second', second]]),
  ];
  return `cron[${named.map(([name, value]) => `${name}='${value}'`).join(', ')}]`;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `1-5/2` is `mon-fri/2`: behind the stroke there is a step, and no day. */
function weekdayText(field: string): string {
  const parts = field.split(',').map((part) => {
    const [days = '', ...step] = part.split('/');
    return [days.replaceAll(/\b[0-7]\b/g, (digit) => WEEKDAYS[Number(digit)] ?? digit), ...step].join('/');
  });
  return parts.join(',').toLowerCase();
}

/** A length of time as Python prints it: `0:06:00`, `1 day, 0:00:00`. */
function lengthText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${Math.floor((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}
