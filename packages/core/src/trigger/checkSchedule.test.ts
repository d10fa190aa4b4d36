import { describe, expect, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import { AppError, errorText } from '../error/appError.ts';
import { checkSchedule, type ScheduleContext } from './checkSchedule.ts';
import { scheduleOf, type Schedule, type Trigger } from './trigger.ts';

const NOW = Date.parse('2026-11-22T00:00Z');
const MINUTE = 60_000;
const DAY = 86_400_000;

const context: ScheduleContext = {
  calendar: builtinCalendar(),
  /** `every N` is every N minutes; `never` is never. */
  readCron: (expression) => {
    const every = Number(expression.slice(6)) * MINUTE;
    if (expression === 'never') return { next: () => undefined };
    if (!(every > 0)) throw new AppError('bad_cron', { expression, part: expression });
    return { next: (after) => (Math.floor(after / every) + 1) * every };
  },
  key: 'job',
  now: NOW,
  isNew: true,
};

const cron = (expression: string, zone = 'Asia/Shanghai'): Trigger => ({ kind: 'cron', expression, zone });
const codes = (trigger: Trigger, more: Partial<Schedule> = {}, isNew = true): readonly string[] =>
  checkSchedule({ ...scheduleOf(trigger), ...more }, { ...context, isNew }).map(({ code }) => code);

describe('a schedule that can be used', () => {
  test.each<readonly [Trigger, Partial<Schedule>]>([
    [cron('every 5'), { jitterSeconds: 299, tradingDaysOnly: true }],
    [{ kind: 'interval', everySeconds: 1, anchor: 0 }, {}],
    [{ kind: 'interval', everySeconds: 366 * 86_400, anchor: 0 }, { jitterSeconds: 86_400 }],
    [{ kind: 'once', at: NOW + 1 }, { jitterSeconds: 86_400 }],
    [{ kind: 'session', rule: 'every 5m in session' }, { jitterSeconds: 299 }],
    [{ kind: 'session', rule: 'close(XSHG)+30m on last trading day of year' }, {}],
    [{ kind: 'after', jobId: 3 }, {}],
    [{ kind: 'manual' }, {}],
  ])('has no problems: %o, %o', (trigger, more) => expect(codes(trigger, more)).toEqual([]));
});

describe('a schedule that cannot', () => {
  const window = { activeFrom: NOW + DAY, activeUntil: NOW + 2 * DAY };

  test.each<readonly [string, Trigger, Partial<Schedule>]>([
    ['bad_cron', cron('often'), {}],
    ['unknown_zone', cron('every 5', 'Mars/Base'), { tradingDaysOnly: true }],
    ['bad_session_rule', { kind: 'session', rule: 'at noon' }, {}],
    ['bad_interval', { kind: 'interval', everySeconds: 0.5, anchor: 0 }, {}],
    ['bad_interval', { kind: 'interval', everySeconds: 367 * 86_400, anchor: 0 }, {}],
    ['once_in_past', { kind: 'once', at: NOW }, {}],
    ['trigger_never_due', cron('never'), {}],
    ['trigger_never_due', { kind: 'once', at: NOW + 6 * 366 * DAY }, {}],
    ['trigger_never_due', { kind: 'once', at: Date.parse('2026-11-28T02:00Z') }, { tradingDaysOnly: true }],
    ['trigger_never_due', { kind: 'once', at: NOW + 3 * DAY }, window],
    ['trigger_never_due', { kind: 'session', rule: 'close(XSHG) on last trading day of year' }, window],
    ['active_window_empty', cron('every 5'), { activeFrom: NOW, activeUntil: NOW }],
    ['active_window_empty', { kind: 'manual' }, { activeFrom: NOW, activeUntil: NOW - 1 }],
    ['jitter_too_long', cron('every 5'), { jitterSeconds: 300 }],
    ['jitter_too_long', { kind: 'session', rule: 'every 10m in session' }, { jitterSeconds: 600 }],
    ['jitter_too_long', cron('every 5'), { jitterSeconds: -1 }],
    ['jitter_too_long', cron('every 5'), { jitterSeconds: 0.5 }],
  ])('is told %s', (code, trigger, more) => {
    expect(codes(trigger, more)).toEqual([code]);
    for (const { code: found, details } of checkSchedule({ ...scheduleOf(trigger), ...more }, context)) {
      expect(errorText(found, details, 'zh')).toMatch(/[\u4e00-\u9fff]/);
      expect(errorText(found, details)).not.toMatch(/\{|undefined|NaN/);
    }
  });

  test('is told of the longest jitter that is allowed', () => {
    const schedule = { ...scheduleOf(cron('every 5')), jitterSeconds: 900 };
    expect(checkSchedule(schedule, context)).toEqual([
      { code: 'jitter_too_long', details: { jitter: 900, most: 299 } },
    ]);
  });
});

test('a schedule in use may be over, and is no problem then', () => {
  expect(codes({ kind: 'once', at: NOW - DAY }, {}, false)).toEqual([]);
  expect(codes(cron('every 5'), { activeUntil: NOW - DAY }, false)).toEqual([]);
  expect(codes(cron('every 5'), { activeUntil: NOW - DAY }, true)).toEqual(['trigger_never_due']);
  expect(codes(cron('never'), {}, false)).toEqual(['trigger_never_due']);
});
