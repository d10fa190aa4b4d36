import { makeCalendar, parseDay, scheduleOf, zoneOf, type Schedule, type Trigger } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { cronReader } from '../../cron/cronReader.ts';
import { cronWords } from '../../cron/cronWords.ts';
import { previewOf, type PreviewQuestion } from './preview.ts';

const day = (text: string) => parseDay(text) ?? expect.unreachable();
/** A year of which every day but the second is open. */
const calendar = makeCalendar(day('2026-01-01'), day('2026-12-31'), (one) => one !== '2026-01-02');
const from = Date.parse('2026-01-01T00:00:00+08:00');
const means = { calendar, readCron: cronReader, cronWords, now: from, isNew: true };

const daily: Trigger = { kind: 'cron', expression: '0 18 * * *', zone: 'Asia/Shanghai' };
const ask = (schedule: Schedule, rest: Partial<PreviewQuestion> = {}) =>
  previewOf({ schedule, from, count: 3, key: null, zone: null, ...rest }, means);

describe('a preview', () => {
  it('lists moments with their days by the calendar that it is given', () => {
    const { moments, problems } = ask({ ...scheduleOf(daily), tradingDaysOnly: true });
    expect(moments.map((one) => one.day)).toEqual(['2026-01-01', '2026-01-03', '2026-01-04']);
    expect(moments[0]).toEqual({
      at: Date.parse('2026-01-01T10:00:00Z'),
      scheduledFor: Date.parse('2026-01-01T10:00:00Z'),
      day: '2026-01-01',
      local: '2026-01-01T18:00:00+08:00',
      assumed: false,
    });
    expect(problems).toEqual([]);
  });

  it('shows the clocks of the zone that is asked for', () => {
    const [moment] = ask(scheduleOf(daily), { zone: zoneOf('America/New_York') ?? null }).moments;
    expect(moment).toMatchObject({ local: '2026-01-01T05:00:00-05:00', day: '2026-01-01' });
  });

  it('knows the jitter of a job by its key, and of no other', () => {
    const schedule = { ...scheduleOf(daily), jitterSeconds: 3600 };
    const delays = (key: string | null) =>
      ask(schedule, { key }).moments.map(({ at, scheduledFor }) => at - scheduledFor);
    expect(delays(null)).toEqual([0, 0, 0]);
    expect(delays('bars')).toEqual(delays('bars'));
    expect(delays('bars')).not.toEqual(delays('other'));
    expect(ask(schedule).words.en).toContain('up to 1 hour later');
  });

  it('has no moments of what has none, and ends before the year 3000', () => {
    expect(ask(scheduleOf({ kind: 'manual' }))).toMatchObject({ moments: [], problems: [] });
    const late = Date.parse('2999-12-31T00:00:00Z');
    const rule = scheduleOf({ kind: 'session', rule: 'close(XSHG)' });
    expect(ask(rule, { from: late, count: 10 }).moments.map((one) => one.day)).toEqual(['2999-12-31']);
    expect(ask(rule, { from: Date.parse('9999-12-31T20:00:00Z') }).moments).toEqual([]);
  });

  it('says what keeps a schedule from being used, and raises what cannot be read', () => {
    const { problems } = ask({ ...scheduleOf(daily), activeFrom: from, activeUntil: from });
    expect(problems).toMatchObject([{ code: 'active_window_empty', text: { zh: expect.any(String) } }]);
    const jittery = ask({ ...scheduleOf({ ...daily, expression: '* * * * *' }), jitterSeconds: 90 });
    expect(jittery.problems.map((one) => one.code)).toEqual(['jitter_too_long']);
    expect(jittery.moments).toHaveLength(3);
    expect(() => ask(scheduleOf({ ...daily, expression: '0 25 * * *' }))).toThrow('at "25"');
  });
});
