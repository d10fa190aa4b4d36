import { expect, test } from 'vitest';
import { describeSchedule } from './describeSchedule.ts';
import { scheduleOf, type Trigger } from './trigger.ts';

const ANCHOR = Date.parse('2026-11-22T00:00Z');

test.each<readonly [Trigger, string, string]>([
  [
    { kind: 'session', rule: 'close(XSHG)+30m' },
    '30 minutes after the close in Shanghai, on each trading day',
    '每个交易日，上海收盘后 30 分钟',
  ],
  [
    { kind: 'session', rule: 'open(XSHE)-15m on first trading day of week' },
    '15 minutes before the open in Shenzhen, on the first trading day of each week',
    '每周首个交易日，深圳开盘前 15 分钟',
  ],
  [
    { kind: 'session', rule: 'close(XBSE) on last trading day of quarter' },
    'At the close in Beijing, on the last trading day of each quarter',
    '每季度最后一个交易日，北京收盘时',
  ],
  [
    { kind: 'session', rule: 'every 5m in session' },
    'Every 5 minutes of the session in Shanghai, on each trading day',
    '每个交易日，上海交易时段内每 5 分钟',
  ],
  [
    { kind: 'interval', everySeconds: 5400, anchor: ANCHOR },
    'Every 1 hour 30 minutes, counted from 2026-11-22 08:00:00',
    '每 1 小时 30 分钟，自 2026-11-22 08:00:00 算起',
  ],
  [{ kind: 'once', at: ANCHOR }, 'Once, at 2026-11-22 08:00:00', '一次，于 2026-11-22 08:00:00'],
  [{ kind: 'after', jobId: 7 }, 'After each run of job 7 that ended well', '任务 7 的每次运行成功之后'],
  [{ kind: 'manual' }, 'Only when a person starts it', '仅手动启动'],
  [
    { kind: 'cron', expression: '0 9 * * 1-5', zone: 'UTC' },
    'Cron 0 9 * * 1-5 (UTC)',
    'Cron 0 9 * * 1-5（UTC）',
  ],
])('%o is put in words', (trigger, en, zh) => {
  expect(describeSchedule(scheduleOf(trigger))).toEqual({ en, zh });
});

test('bounds follow, in the zone of the trigger, after the words that were handed in', () => {
  const words = describeSchedule(
    {
      ...scheduleOf({ kind: 'cron', expression: '0 9 * * *', zone: 'America/New_York' }),
      tradingDaysOnly: true,
      activeFrom: ANCHOR,
      activeUntil: ANCHOR + 86_400_000,
      jitterSeconds: 60,
    },
    { en: 'At 09:00', zh: '在 09:00' },
  );
  expect(words.en).toBe(
    'At 09:00 (America/New_York), only on trading days, from 2026-11-21 19:00:00, ' +
      'before 2026-11-22 19:00:00, up to 1 minute later',
  );
  expect(words.zh).toBe(
    '在 09:00（America/New_York），仅限交易日，自 2026-11-21 19:00:00 起，至 2026-11-22 19:00:00 之前，最多延后 1 分钟',
  );
});
