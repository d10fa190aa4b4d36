import type { Trigger } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { triggerText } from './triggerText.ts';

const cron = (expression: string): Trigger => ({ kind: 'cron', expression, zone: 'Asia/Shanghai' });

test.each<[Trigger, string]>([
  [cron('0 16 * * 1-5'), "cron[month='*', day='*', day_of_week='mon-fri', hour='16', minute='0']"],
  [cron('*/5 9-15 * * 0'), "cron[month='*', day='*', day_of_week='sun', hour='9-15', minute='*/5']"],
  [cron('0 3 1 */2 */2'), "cron[month='*/2', day='1', day_of_week='*/2', hour='3', minute='0']"],
  [cron('0 3 * * 1,3,7'), "cron[month='*', day='*', day_of_week='mon,wed,sun', hour='3', minute='0']"],
  [cron('0 3 * * MON-FRI/2'), "cron[month='*', day='*', day_of_week='mon-fri/2', hour='3', minute='0']"],
  [cron('30 0 6 * * *'), "cron[month='*', day='*', day_of_week='*', hour='6', minute='0', second='30']"],
  [cron('@daily'), 'cron[@daily]'],
  [{ kind: 'interval', everySeconds: 360, anchor: 0 }, 'interval[0:06:00]'],
  [{ kind: 'interval', everySeconds: 86_400, anchor: 0 }, 'interval[1 day, 0:00:00]'],
  [{ kind: 'interval', everySeconds: 180_061, anchor: 0 }, 'interval[2 days, 2:01:01]'],
  [{ kind: 'once', at: Date.parse('2026-11-23T07:30:00Z') }, 'date[2026-11-23 15:30:00 CST]'],
  [{ kind: 'session', rule: 'close(XSHG)+2h15m' }, 'session[close(XSHG)+2h15m]'],
  [{ kind: 'after', jobId: 3 }, 'after[job 3]'],
  [{ kind: 'manual' }, 'manual'],
])('%o is printed as %s', (trigger, text) => expect(triggerText(trigger)).toBe(text));
