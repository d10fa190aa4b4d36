import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import type { CallFacts, Fault } from './fault.ts';
import { type FaultScript, makeFaultScript } from './faultScript.ts';

const daily: CallFacts = { protocol: 'tushare', api: 'daily', symbols: [], day: undefined };
const quotes: CallFacts = {
  protocol: 'akshare',
  api: 'push2.clist',
  origin: 'push2',
  group: 'eastmoney_quotes',
  symbols: [],
  day: undefined,
};

interface Clock {
  now: number;
}

function script(clock: Clock, protocol: 'tushare' | 'akshare', fault: Fault, times?: number): FaultScript {
  const rule = { match: { protocol }, fault, ...(times !== undefined && { times }) };
  return makeFaultScript([rule], seededRandom(1), () => clock.now);
}

test('a quota counts each interface in the minutes of the clock, and refuses in the words of Tushare', () => {
  const clock = { now: shanghaiInstant(plainDay('2024-01-02'), 600) };
  const faults = script(clock, 'tushare', { kind: 'quota', calls: 2, per: 'minute' });
  const refused = (call: CallFacts): string | undefined => faults.plan(call).error?.message;
  expect([refused(daily), refused(daily)]).toEqual([undefined, undefined]);
  expect(faults.plan(daily).error).toMatchObject({ code: 40203 });
  expect(refused(daily)).toContain('每分钟最多访问该接口2次');
  expect(refused({ ...daily, api: 'adj_factor' })).toBeUndefined();
  clock.now += 59_999;
  expect(refused(daily)).toBeDefined();
  clock.now += 1;
  expect(refused(daily)).toBeUndefined();
});

test('a day of a quota ends at midnight in Shanghai', () => {
  const clock = { now: shanghaiInstant(plainDay('2024-01-02'), 24 * 60 - 1) };
  const faults = script(clock, 'tushare', { kind: 'quota', calls: 1, per: 'day' });
  faults.plan(daily);
  expect(faults.plan(daily).error?.message).toContain('每天最多访问该接口1次');
  clock.now += 60_000;
  expect(faults.plan(daily).error).toBeUndefined();
});

test('a quota with a number of times is gone after so many refusals', () => {
  const faults = script({ now: 0 }, 'tushare', { kind: 'quota', calls: 1, per: 'hour' }, 1);
  const errors = Array.from({ length: 4 }, () => faults.plan(daily).error !== undefined);
  expect(errors).toEqual([false, true, false, false]);
});

test('a limit looks at any window, not at those of the clock, and forgets what it refused', () => {
  const clock = { now: 55_000 };
  const faults = script(clock, 'akshare', { kind: 'limit', calls: 2, windowSeconds: 60, pauseSeconds: 30 });
  const banned = (after: number): boolean => {
    clock.now += after;
    return faults.plan(quotes).banned;
  };
  expect([banned(0), banned(10_000), banned(49_000)]).toEqual([false, false, true]);
  expect([banned(29_000), banned(1000), banned(0)]).toEqual([true, false, false]);
});

test('a limit counts each group by itself, and is spent after so many pauses', () => {
  const clock = { now: 0 };
  const faults = script(clock, 'akshare', { kind: 'limit', calls: 1, windowSeconds: 60, pauseSeconds: 1 }, 1);
  const other: CallFacts = { ...quotes, origin: 'datacenter', group: 'eastmoney_datacenter' };
  expect([faults.plan(quotes).banned, faults.plan(other).banned]).toEqual([false, false]);
  expect([faults.plan(quotes).banned, faults.plan(other).banned]).toEqual([true, false]);
  clock.now += 1000;
  expect([faults.plan(quotes).banned, faults.plan(quotes).banned]).toEqual([false, false]);
});

test('a ban falls on the group whose calls ran over, whichever of its origins is asked', () => {
  const faults = script({ now: 0 }, 'akshare', { kind: 'ban', afterCalls: 1 });
  const his: CallFacts = { ...quotes, api: 'push2his.kline', origin: 'push2his' };
  const other: CallFacts = { ...quotes, origin: 'szse', group: 'szse' };
  expect([quotes, his, other, quotes].map((call) => faults.plan(call).banned)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
