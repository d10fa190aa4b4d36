import { describe, expect, it } from 'vitest';
import { expectCalls, expectCount, expectCounts } from './counts.ts';

const what = 'of a test';

describe('a count', () => {
  it('is the number, or within the bounds', () => {
    expectCount(3, 3, what);
    expectCount(3, { atLeast: 3, atMost: 3 }, what);
    expect(() => expectCount(3, 2, what)).toThrow(what);
    expect(() => expectCount(3, { atLeast: 4 }, what)).toThrow(what);
    expect(() => expectCount(3, { atMost: 2 }, what)).toThrow(what);
  });
});

describe('counts by name', () => {
  it('have all names that are wanted and no others', () => {
    expectCounts({ a: 1, b: 0 }, { a: 1 }, what);
    expectCounts({ a: 1 }, { a: 1, b: 0, c: { atMost: 2 } }, what);
    expect(() => expectCounts({ a: 1, b: 1 }, { a: 1 }, what)).toThrow(what);
    expect(() => expectCounts({ a: 1 }, { a: 1, b: 1 }, what)).toThrow(what);
    expect(() => expectCounts({ a: 1 }, { a: 1, b: { atLeast: 1 } }, what)).toThrow(what);
    expect(() => expectCounts({ a: 1 }, { a: 2 }, what)).toThrow(what);
  });
});

describe('calls', () => {
  it('are looked at where they are named, one by one or those of a protocol together', () => {
    const calls = { 'tushare.daily': 2, 'tushare.trade_cal': 1, 'baostock.login': 1 };
    expectCalls(calls, { 'tushare.*': 3, 'tushare.daily': 2, 'akshare.*': 0 }, what);
    expect(() => expectCalls(calls, { 'tushare.*': 2 }, what)).toThrow(what);
    expect(() => expectCalls(calls, { 'baostock.*': 0 }, what)).toThrow(what);
    expect(() => expectCalls(calls, { 'tushare.daily_basic': 1 }, what)).toThrow(what);
  });
});
