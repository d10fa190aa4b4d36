import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationWords, parseDuration, printDuration } from './duration.ts';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['1h30m', 5400],
  ['1h 30m 5s', 5405],
  ['2d', 172_800],
  [' 6H ', 21_600],
  ['0s', 0],
])('%s is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

test.each(['', '15', 'm', '1m1h', '1.5h', '-5m', '5 minutes', '5m5m'])(
  '"%s" is no length of time',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 366 * 86_400 }), (seconds) => {
      expect(parseDuration(printDuration(seconds))).toBe(seconds);
    }),
  );
});

test('is put in words', () => {
  expect(durationWords(5400)).toEqual({ en: '1 hour 30 minutes', zh: '1 小时 30 分钟' });
  expect(durationWords(86_401)).toEqual({ en: '1 day 1 second', zh: '1 天 1 秒' });
  expect(durationWords(0)).toEqual({ en: '0 seconds', zh: '0 秒' });
});
