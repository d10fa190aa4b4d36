import {
  builtinCalendar,
  occurrencesOf,
  plainDay,
  requireZone,
  scheduleOf,
  type Trigger,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentBefore, momentsWithin, readWindow } from './moments.ts';

const zone = requireZone('Asia/Shanghai');
const context = {
  calendar: builtinCalendar(),
  readCron: () => ({ next: () => undefined }),
  key: 'k',
};
const occurrences = (trigger: Trigger) => occurrencesOf(scheduleOf(trigger), context);
const CLOSE: Trigger = { kind: 'session', rule: 'close(XSHG)+30m' };

describe('a time that somebody wrote', () => {
  it('is a day, a minute or a second, by how much was written', () => {
    const width = (text: string): number => {
      const { from, to } = readWindow(text, zone);
      return (to - from) / 1000;
    };
    expect(width('2026-11-20')).toBe(86_400);
    expect(width('2026-11-20T16:30')).toBe(60);
    expect(width('2026-11-20T16:30:05')).toBe(1);
    expect(width('2026-11-20T08:30Z')).toBe(60);
    expect(width('2026-11-20T08:30:00.000Z')).toBe(1);
  });

  it('is read on the clocks of the trigger, and raises what to write where it cannot be', () => {
    expect(readWindow('2026-11-20T16:30', zone).from).toBe(Date.parse('2026-11-20T08:30:00Z'));
    expect(() => readWindow('yesterday', zone)).toThrow(expect.objectContaining({ code: 'bad_time' }));
  });
});

describe('the moment before', () => {
  it('is the last one of the trigger before an instant', () => {
    const every = occurrences({ kind: 'interval', everySeconds: 900, anchor: 0 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000_000 }), (at) => {
        expect(momentBefore(every, at)?.scheduledFor).toBe(Math.ceil(at / 900_000) * 900_000 - 900_000);
      }),
      { numRuns: 200 },
    );
    const close = (text: string) => momentBefore(occurrences(CLOSE), Date.parse(text))?.scheduledFor;
    expect(close('2026-10-05T00:00:00Z')).toBe(Date.parse('2026-09-30T07:30:00Z'));
    expect(close('2026-11-20T07:30:00Z')).toBe(Date.parse('2026-11-19T07:30:00Z'));
  });

  it('is none before the first', () => {
    expect(momentBefore(occurrences({ kind: 'once', at: 1000 }), 1000)).toBeUndefined();
    expect(momentBefore(occurrences({ kind: 'once', at: 1000 }), 1001)?.scheduledFor).toBe(1000);
    expect(momentBefore(occurrences({ kind: 'manual' }), 1000)).toBeUndefined();
  });
});

it('a window holds its moments, and no more than are wanted', () => {
  const from = zone.startOf(plainDay('2026-11-16'));
  const week = { from, to: from + 7 * 86_400_000 };
  expect(momentsWithin(occurrences(CLOSE), week, 100)).toHaveLength(5);
  expect(momentsWithin(occurrences(CLOSE), week, 2)).toHaveLength(2);
});
