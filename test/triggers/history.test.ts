import { describe, expect, test } from 'vitest';
import {
  builtinCalendar,
  calendarWith,
  occurrencesOf,
  parseSessionRule,
  plainDay,
  scheduleOf,
  sessionMoments,
  type ExchangeId,
  type Instant,
  type Occurrences,
  type Schedule,
  type Trigger,
} from '@tapekeeper/core';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { dayOf, openDays, sessionDays, sessionMomentsOf, shanghaiWall, type SessionParts } from './oracle.ts';

// The whole history of the exchanges, day by day.

const calendar = builtinCalendar();
const context = { calendar, readCron: cronReader, key: 'history' };
const FIRST = plainDay('1990-12-19');
const LAST = plainDay('2026-12-31');
const ALL_DAYS = calendar.tradingDays(FIRST, LAST);
/** With a week of days that nobody has announced: the last week of 2026 is not over on the 31st. */
const AND_ASSUMED = openDays(calendar, plainDay('2027-01-08'));

function allOf(occurrences: Occurrences, from: Instant, to: Instant): readonly Instant[] {
  const moments: Instant[] = [];
  for (let after = from - 1; ;) {
    const moment = occurrences.next(after);
    if (moment === undefined || moment.scheduledFor >= to) return moments;
    moments.push(moment.scheduledFor);
    after = moment.scheduledFor;
  }
}

const parts = (
  edge: SessionParts['edge'],
  seconds: number,
  exchange: ExchangeId = 'XSHG',
  which: SessionParts['which'] = null,
  of: SessionParts['of'] = 'month',
): SessionParts => ({ exchange, edge, seconds, which, of });

const SESSION_RULES: readonly (readonly [rule: string, means: SessionParts, moments: number])[] = [
  ['close(XSHG)+30m', parts('close', 1800), 8797],
  ['open(XSHE)-15m', parts('open', -900, 'XSHE'), 8797],
  ['close(XSHG)+10h', parts('close', 36_000), 8797],
  ['open(XSHG)-40h', parts('open', -144_000), 8797],
  ['close(XBSE)', parts('close', 0, 'XBSE'), 1246],
  ['every 30m in session', parts('every', 1800), 87_970],
  ['every 7m in session(XBSE)', parts('every', 420, 'XBSE'), 44_856],
  ['close(XSHG) on first trading day of week', parts('close', 0, 'XSHG', 'first', 'week'), 1830],
  ['close(XSHG)+1h on last trading day of week', parts('close', 3600, 'XSHG', 'last', 'week'), 1829],
  ['open(XSHG) on first trading day of month', parts('open', 0, 'XSHG', 'first', 'month'), 433],
  ['close(XSHG)+12h on last trading day of month', parts('close', 43_200, 'XSHG', 'last', 'month'), 433],
  ['open(XBSE) on first trading day of month', parts('open', 0, 'XBSE', 'first', 'month'), 62],
  ['close(XSHG) on first trading day of quarter', parts('close', 0, 'XSHG', 'first', 'quarter'), 145],
  ['close(XSHG) on last trading day of quarter', parts('close', 0, 'XSHG', 'last', 'quarter'), 145],
  ['close(XSHG) on first trading day of year', parts('close', 0, 'XSHG', 'first', 'year'), 37],
  ['close(XSHG) on last trading day of year', parts('close', 0, 'XSHG', 'last', 'year'), 37],
];

describe('session rules from the first session to the end of 2026', () => {
  test.each(SESSION_RULES)('%s meets each of its days, and no other', (rule, means, moments) => {
    const days = sessionDays(AND_ASSUMED, means).filter((day) => day <= LAST);
    const wanted = days.flatMap((day) => sessionMomentsOf(day, means));
    const last = (wanted.at(-1) ?? 0) + 1;
    const found = allOf(occurrencesOf(scheduleOf({ kind: 'session', rule }), context), 0, last);
    expect(found).toEqual(wanted);
    expect(found).toHaveLength(moments);
  });

  test('each moment names the trading day that it belongs to, wherever it falls', () => {
    const moments = sessionMoments(parseSessionRule('close(XSHG)+10h'), calendar);
    let after = 0;
    for (const day of ALL_DAYS) {
      const moment = moments.next(after);
      expect(moment.day).toBe(day);
      after = moment.at;
    }
  });

  test('an answer is the same from every hour before it', () => {
    const moments = sessionMoments(parseSessionRule('close(XSHG)+30m on last trading day of week'), calendar);
    const start = Date.parse('1996-01-01T00:00Z');
    let expected = moments.next(start);
    for (let after = start; after < start + 120 * 86_400_000; after += 3_600_000) {
      if (after >= expected.at) expected = moments.next(after);
      expect(moments.next(after)).toEqual(expected);
      expect(expected.at).toBeGreaterThan(after);
    }
  });

  test('past the announced calendar, weekdays are assumed until somebody announces', () => {
    const rule = scheduleOf({ kind: 'session', rule: 'open(XSHG)' });
    const from = Date.parse('2026-12-31T02:00Z');
    expect(occurrencesOf(rule, context).next(from)?.scheduledFor).toBe(Date.parse('2027-01-01T01:30Z'));
    const announced = calendarWith(calendar, [{ day: plainDay('2027-01-01'), isOpen: false }]);
    expect(occurrencesOf(rule, { ...context, calendar: announced }).next(from)?.scheduledFor).toBe(
      Date.parse('2027-01-04T01:30Z'),
    );
  });
});

const FROM_2005 = Date.parse('2004-12-31T16:00Z');
const TO_2027 = Date.parse('2026-12-31T16:00Z');

/** Triggers that look at no calendar, with the wall times in Shanghai at which they are due each day. */
const DAILY: readonly (readonly [Trigger, readonly number[]])[] = [
  [{ kind: 'cron', expression: '0 18 * * *', zone: 'Asia/Shanghai' }, [18]],
  [{ kind: 'cron', expression: '0 0,9,23 * * *', zone: 'Asia/Shanghai' }, [0, 9, 23]],
  [{ kind: 'interval', everySeconds: 6 * 3600, anchor: Date.parse('1991-01-01T00:00Z') }, [2, 8, 14, 20]],
];

describe('trading days only, from 2005 to 2026', () => {
  const open = calendar.tradingDays(plainDay('2005-01-01'), LAST);

  test.each(DAILY)('%o is due on every trading day, and on no closed one', (trigger, hours) => {
    const schedule: Schedule = { ...scheduleOf(trigger), tradingDaysOnly: true };
    const found = allOf(occurrencesOf(schedule, context), FROM_2005, TO_2027);
    const shown = found.map((at) => new Date(shanghaiWall(at)).toISOString().slice(0, 13));
    const wanted = open.flatMap((day) => hours.map((hour) => `${day}T${String(hour).padStart(2, '0')}`));
    expect(shown).toEqual(wanted);
    expect(found.filter((at) => !calendar.isOpen(dayOf(shanghaiWall(at))))).toEqual([]);
  });

  test('the day is that of the zone of the trigger', () => {
    const trigger: Trigger = { kind: 'cron', expression: '0 20 * * *', zone: 'America/New_York' };
    const schedule: Schedule = { ...scheduleOf(trigger), tradingDaysOnly: true };
    const found = allOf(occurrencesOf(schedule, context), Date.parse('2005-01-01T05:00Z'), TO_2027);
    const days = found.map((at) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York' }).format(at),
    );
    expect(days.filter((day) => !calendar.isOpen(plainDay(day)))).toEqual([]);
    // the last evening of 2026 in New York is next year in Shanghai
    expect(days).toEqual(open.slice(0, -1));
  });

  test('a single time is due if its day is one', () => {
    const due = (at: string): unknown => {
      const trigger: Trigger = { kind: 'once', at: Date.parse(at) };
      return occurrencesOf({ ...scheduleOf(trigger), tradingDaysOnly: true }, context).next(0);
    };
    expect(due('2024-02-08T23:00+08:00')).toBeDefined();
    expect(due('2024-02-09T00:00+08:00')).toBeUndefined();
  });
});
