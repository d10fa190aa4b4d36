import { expect, test } from 'vitest';
import { readTime } from './readTimes.ts';

test.each([
  ['2024-01-02', 'begins', '2024-01-01T16:00:00Z'],
  ['2024-01-02', 'ends', '2024-01-02T16:00:00Z'],
  ['20240102', 'begins', '2024-01-01T16:00:00Z'],
  ['2024-01-02T08:00:00', 'begins', '2024-01-02T00:00:00Z'],
  ['2024-01-02 08:00', 'ends', '2024-01-02T00:00:00Z'],
  ['2024-01-02T08:00:00.5', 'ends', '2024-01-02T00:00:00.500Z'],
  ['2024-01-02T08:00:00Z', 'begins', '2024-01-02T08:00:00Z'],
  ['2024-01-02T08:00:00+09:00', 'begins', '2024-01-01T23:00:00Z'],
] as const)('%s %s at %s', (written, end, instant) => {
  expect(readTime('start_time', written, end)).toBe(Date.parse(instant));
});

test.each(['', '  ', null, undefined])('%j says nothing', (written) => {
  expect(readTime('start_time', written, 'begins')).toBeNull();
});

test.each(['yesterday', '2024-13-01', '2024-01-02T25:00', "'; DROP TABLE run", '2024-02-30T00:00:00Zulu'])(
  '%j is no time',
  (written) => {
    expect(() => readTime('start_time', written, 'begins')).toThrow('start_time 不是有效的时间');
  },
);
