import { isAppError } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import type { FaultRule } from './fault.ts';
import { loadFaults } from './loadFaults.ts';

const match = { protocol: 'tushare' } as const;

function problemOf(value: unknown): string {
  try {
    loadFaults(typeof value === 'string' ? value : JSON.stringify(value));
  } catch (cause) {
    expect(isAppError(cause, 'bad_setting')).toBe(true);
    return (cause as Error).message;
  }
  throw new Error('it was accepted');
}

test('reads every kind of fault', () => {
  const rules: FaultRule[] = [
    { match: { ...match, api: 'daily', nth: 2 }, fault: { kind: 'delay', ms: 200 } },
    { match: { ...match, symbol: '600000.SH', day: '2024-01-02' }, fault: { kind: 'silence' }, times: 1 },
    { match: { ...match, every: 3 }, fault: { kind: 'half_close', afterBytes: 10 } },
    { match: { ...match, after: 3 }, fault: { kind: 'half_close' } },
    { match: { ...match, chance: 0.5 }, fault: { kind: 'reset' } },
    { match, fault: { kind: 'drip', bytesPerSecond: 100 } },
    { match, fault: { kind: 'split', pieces: 3 } },
    { match, fault: { kind: 'error', code: 40203, message: 'text' } },
    { match: { protocol: 'baostock' }, fault: { kind: 'error', code: '10001011', message: 'text' } },
    { match, fault: { kind: 'http', status: 502, body: '' } },
    { match, fault: { kind: 'page_cap', rows: 100 } },
    { match, fault: { kind: 'ban', afterCalls: 0 } },
    { match, fault: { kind: 'empty' } },
    { match, fault: { kind: 'garbage' } },
    { match: { protocol: 'baostock' }, fault: { kind: 'wrong_echo' } },
    { match: { protocol: 'akshare', origin: 'push2his' }, fault: { kind: 'captcha' } },
    { match: { protocol: 'akshare', api: 'sina.calendar' }, fault: { kind: 'notice' } },
    { match, fault: { kind: 'limit', calls: 3, windowSeconds: 60, pauseSeconds: 0.5 } },
    { match, fault: { kind: 'quota', calls: 3, per: 'hour' } },
    { match, fault: { kind: 'scale', field: 'volume', factor: 0.01, board: 'star' } },
    { match, fault: { kind: 'half_day', share: 0.5 }, times: 3 },
    { match, fault: { kind: 'changed_history', day: '2024-01-02', factor: 1.01 } },
    { match, fault: { kind: 'late_factor', day: '2024-01-02' }, times: 2 },
    { match, fault: { kind: 'moved_pages', rows: 2 } },
  ];
  expect(loadFaults(JSON.stringify(rules))).toEqual(rules);
});

test('names the place and the mistake', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['{', 'the fault file is no JSON'],
    [{}, 'the fault file must be a list'],
    [[1], 'faults[0] must be an object'],
    [[{ match }], 'faults[0].fault is missing'],
    [
      [{ match, fault: { kind: 'reset' }, time: 1 }],
      'faults[0].time is not known; known are match, fault, times',
    ],
    [[{ match, fault: { kind: 'reset' }, times: 0 }], 'faults[0].times must be a whole number from 1'],
    [[{ match, fault: { kind: 'explode' } }], 'faults[0].fault.kind must be one of delay, silence'],
    [
      [
        { match, fault: { kind: 'reset' } },
        { match, fault: { kind: 'delay' } },
      ],
      'faults[1].fault.ms is missing',
    ],
    [[{ match, fault: { kind: 'delay', ms: -1 } }], 'faults[0].fault.ms must be a number from 0'],
    [[{ match, fault: { kind: 'delay', ms: 1, s: 1 } }], 'faults[0].fault.s is not known'],
    [[{ match, fault: { kind: 'http', status: 99, body: '' } }], 'status must be from 200 to 599'],
    [
      [{ match: { protocol: 'ftp' }, fault: { kind: 'reset' } }],
      'protocol must be one of tushare, baostock, akshare',
    ],
    [
      [{ match: { ...match, symbol: 'sh.600000' }, fault: { kind: 'reset' } }],
      'symbol must be written as 600000.SH',
    ],
    [
      [{ match: { ...match, day: '20240102' }, fault: { kind: 'reset' } }],
      'day must be written as 2024-01-31',
    ],
    [[{ match: { ...match, chance: 2 }, fault: { kind: 'reset' } }], 'chance must be a number from 0 to 1'],
    [[{ match: { ...match, nth: 1, every: 2 }, fault: { kind: 'reset' } }], 'cannot have both nth and every'],
    [[{ match, fault: { kind: 'wrong_echo' } }], 'wrong_echo is for baostock only'],
    [[{ match, fault: { kind: 'captcha' } }], 'captcha is for akshare only'],
    [[{ match: { ...match, origin: 'sina' }, fault: { kind: 'reset' } }], 'origin is for akshare only'],
    [[{ match, fault: { kind: 'quota', calls: 1, per: 'year' } }], 'per must be one of minute, hour, day'],
    [[{ match, fault: { kind: 'scale', field: 'price', factor: 0 } }], 'factor must be a number above 0'],
    [
      [{ match: { protocol: 'baostock' }, fault: { kind: 'http', status: 500, body: '' } }],
      'http is for tushare and akshare only',
    ],
  ];
  for (const [value, problem] of cases) expect(problemOf(value)).toContain(problem);
});
