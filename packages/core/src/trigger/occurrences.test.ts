import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import { isoInstant, type Instant } from '../day.ts';
import { occurrencesOf, type TriggerContext } from './occurrences.ts';
import { scheduleOf, type CronReader, type Schedule, type Trigger } from './trigger.ts';

/** Every hour, whatever the expression. */
const hourly: CronReader = () => ({ next: (after) => (Math.floor(after / HOUR) + 1) * HOUR });
const HOUR = 3_600_000;
const context: TriggerContext = { calendar: builtinCalendar(), readCron: hourly, key: 'job' };
const at = (text: string): Instant => Date.parse(text);

function first(trigger: Trigger, after: string, more: Partial<Schedule> = {}, count = 3): readonly string[] {
  const occurrences = occurrencesOf({ ...scheduleOf(trigger), ...more }, context);
  const found: string[] = [];
  for (let from = at(after); found.length < count;) {
    const moment = occurrences.next(from);
    if (moment === undefined) break;
    found.push(isoInstant(moment.scheduledFor).slice(0, 19));
    from = moment.scheduledFor;
  }
  return found;
}

describe('the moments', () => {
  const interval: Trigger = { kind: 'interval', everySeconds: 90, anchor: at('2026-01-01T00:00:01Z') };

  test('of an interval are counted from its anchor, and none lies before it', () => {
    expect(first(interval, '2020-01-01T00:00Z', {}, 2)).toEqual([
      '2026-01-01T00:00:01',
      '2026-01-01T00:01:31',
    ]);
    expect(first(interval, '2026-06-01T12:00Z', {}, 1)).toEqual(['2026-06-01T12:00:01']);
    expect(first(interval, '2026-01-01T00:01:31Z', {}, 1)).toEqual(['2026-01-01T00:03:01']);
  });

  test.each([0, -1, 0.5, Number.NaN, 367 * 86_400])('of an interval of %d s are refused', (everySeconds) => {
    expect(() => first({ kind: 'interval', everySeconds, anchor: 0 }, '2026-01-01')).toThrow(
      '1 s to 366 days',
    );
  });

  test('of a single time are that one', () => {
    const once: Trigger = { kind: 'once', at: at('2026-11-23T07:30Z') };
    expect(first(once, '2020-01-01T00:00Z')).toEqual(['2026-11-23T07:30:00']);
    expect(first(once, '2026-11-23T07:30Z')).toEqual([]);
  });

  test.each<Trigger>([{ kind: 'after', jobId: 1 }, { kind: 'manual' }])('of %o are none', (trigger) => {
    expect(first(trigger, '2020-01-01T00:00Z', { jitterSeconds: 10 })).toEqual([]);
  });

  test('begin with the first instant of the active window and end before its last', () => {
    const bounds = { activeFrom: at('2026-11-23T05:00Z'), activeUntil: at('2026-11-23T07:00Z') };
    const cron: Trigger = { kind: 'cron', expression: '0 * * * *', zone: 'UTC' };
    expect(first(cron, '2020-01-01T00:00Z', bounds)).toEqual(['2026-11-23T05:00:00', '2026-11-23T06:00:00']);
    expect(first(cron, '2026-11-23T05:00Z', bounds)).toEqual(['2026-11-23T06:00:00']);
  });

  test('of trading days are looked for over five years, and no longer', () => {
    const saturdays: Trigger = {
      kind: 'interval',
      everySeconds: 7 * 86_400,
      anchor: at('2026-11-28T02:00Z'),
    };
    expect(first(saturdays, '2026-01-01T00:00Z', { tradingDaysOnly: true })).toEqual([]);
    const yearly: Trigger = { kind: 'interval', everySeconds: 365 * 86_400, anchor: at('2026-10-01T02:00Z') };
    expect(first(yearly, '2026-01-01T00:00Z', { tradingDaysOnly: true }, 1)).toEqual(['2027-10-01T02:00:00']);
  });

  test('before the first session begin with it', () => {
    const daily: Trigger = { kind: 'interval', everySeconds: 86_400, anchor: at('1970-01-01T02:00Z') };
    expect(first(daily, '1970-01-01T00:00Z', { tradingDaysOnly: true }, 2)).toEqual([
      '1990-12-19T02:00:00',
      '1990-12-20T02:00:00',
    ]);
  });
});

describe('jitter', () => {
  const jittered = (key: string, jitterSeconds: number, minute: number): number => {
    const interval: Trigger = { kind: 'interval', everySeconds: 60, anchor: 0 };
    const schedule = { ...scheduleOf(interval), jitterSeconds };
    const moment = occurrencesOf(schedule, { ...context, key }).next(minute * 60_000 - 1);
    return (moment?.dueAt ?? Infinity) - minute * 60_000;
  };

  test('is the same each time, and never more than was said', () => {
    const minutes = fc.integer({ min: 0, max: 30_000_000 });
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 86_400 }), minutes, (key, seconds, minute) => {
        const jitter = jittered(key, seconds, minute);
        expect(jitter).toBeGreaterThanOrEqual(0);
        expect(jitter).toBeLessThanOrEqual(seconds * 1000);
        expect(Number.isInteger(jitter)).toBe(true);
        expect(jittered(key, seconds, minute)).toBe(jitter);
      }),
    );
  });

  test('spreads a thousand jobs of one moment, and a thousand moments of one job, over the whole minute', () => {
    const jobs = Array.from({ length: 1000 }, (_, job) => jittered(`job ${job}`, 60, 29_500_000));
    const moments = Array.from({ length: 1000 }, (_, minute) => jittered('job', 60, minute));
    for (const all of [jobs, moments]) {
      const perSixth = [0, 1, 2, 3, 4, 5].map(
        (sixth) => all.filter((ms) => Math.min(5, Math.floor(ms / 10_000)) === sixth).length,
      );
      expect(Math.min(...perSixth)).toBeGreaterThan(110);
      expect(Math.max(...perSixth)).toBeLessThan(230);
    }
  });
});
