import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

/** Messages that people should see as one, and what they are seen as. */
const GOLDEN: readonly (readonly [string, readonly string[]])[] = [
  [
    'The server at <ip>:<port> did not answer within <n> s.',
    [
      'The server at 127.0.0.1:53412 did not answer within 30 s.',
      'The server at 10.1.2.3:80 did not answer within 1.5 s.',
    ],
  ],
  [
    'push2his.eastmoney.com:<port> closed the connection',
    ['push2his.eastmoney.com:443 closed the connection', 'push2his.eastmoney.com:8443 closed the connection'],
  ],
  [
    'connect ECONNREFUSED <ip>:<port>',
    [
      'connect ECONNREFUSED 127.0.0.1:5432',
      'connect ECONNREFUSED [::1]:5432',
      'connect ECONNREFUSED [fe80::1:2]:80',
    ],
  ],
  [
    'no rows of <symbol> on <day>',
    [
      'no rows of 600000.SH on 2024-01-31',
      'no rows of sz.000001 on 20240131',
      'no rows of bj920163 on 2024/1/5',
    ],
  ],
  [
    'no rows of <symbol>',
    ['no rows of 600000.SH', 'no rows of 600000.SH, 000001.SZ, 300750.SZ', 'no rows of 600000.SH 600004.SH'],
  ],
  [
    'run <n> failed at <time>',
    [
      'run 12 failed at 2026-11-22T14:38:33.123Z',
      'run 4711 failed at 14:38:33',
      'run 1,234 failed at 2026-11-22 14:38:33+08:00',
    ],
  ],
  ['There is no data set <text>.', ['There is no data set "daily_bar".', 'There is no data set “日线”.']],
  [
    'the worker <id> is gone',
    [
      'the worker 6f1b2c3d-0001-4002-8003-123456789abc is gone',
      'the worker 9f86d081884c7d65 is gone',
      'the worker 0x7ffdead is gone',
    ],
  ],
  ['cannot write <path>', ['cannot write /var/lib/tapekeeper/work/7', 'cannot write C:\\Users\\x\\data.csv']],
  [
    'exit code <n> after <n>s',
    ['exit code 1 after 12s', 'exit code -9 after 0.3s', 'exit code 137 after 1e3s'],
  ],
  [
    '抱歉,您每分钟最多访问该接口<n>次',
    ['抱歉,您每分钟最多访问该接口50次', '抱歉,您每分钟最多访问该接口200次'],
  ],
  ["it doesn't answer, it can't", ["it doesn't answer, it can't"]],
  ['a red word', ['a \u001b[31mred\u001b[0m  word\n']],
  ['deadbeef facade', ['deadbeef facade']],
  ['', ['', '   ']],
];

describe('messages of one kind of failure', () => {
  it.each(GOLDEN)('read: %s', (fingerprint, messages) => {
    for (const message of messages) expect(fingerprintOf(message)).toBe(fingerprint);
  });

  it('of other kinds stay apart', () => {
    const messages = [
      'no answer from push2.eastmoney.com',
      'no answer from datacenter.eastmoney.com',
      'HTTP status 403',
      'the answer is no JSON',
    ];
    expect(new Set(messages.map(fingerprintOf)).size).toBe(messages.length);
  });

  it('are the same whatever number is in them', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        // eight digits can be a day
        fc.pre([a, b].every((n) => String(n).length !== 8));
        expect(fingerprintOf(`item ${a} of ${a} failed`)).toBe(fingerprintOf(`item ${b} of ${b} failed`));
      }),
    );
  });

  it('are cut between letters, never within one', () => {
    for (let before = 236; before < 242; before++)
      expect(fingerprintOf(`${'x '.repeat(before).slice(0, before)}😀😀`).isWellFormed()).toBe(true);
  });

  it('are short, and taken apart at once, however long and odd they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), (text) => {
        expect(fingerprintOf(text).length).toBeLessThanOrEqual(240);
        expect(fingerprintOf(text).isWellFormed()).toBe(true);
      }),
    );
    const hostile = ['"', "'", '/a', '1.', '1,', ' ', '[:', '0x', 'a1', '<n> ', '600000.SH, ', '2024-01-31T'];
    for (const part of hostile) expect(fingerprintOf(part.repeat(20_000)).length).toBeLessThanOrEqual(240);
  });
});
