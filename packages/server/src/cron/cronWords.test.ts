import { expect, test } from 'vitest';
import { cronWords } from './cronWords.ts';

test.each([
  ['30 17 * * 1-5', 'At 17:30, Monday through Friday', '在17:30，星期一至星期五'],
  ['0 0 * * 7', 'At 00:00, only on Sunday', '在00:00，仅星期日'],
  ['*/5 9-15 * * 1-5', 'Every 5 minutes, between 09:00 and 15:59, Monday through Friday', /每隔 5 分钟/],
  ['0 0 LW * *', 'At 00:00, on the last weekday of the month', /每月的最后一个工作日/],
  ['0 0 * * 5#3', 'At 00:00, on the third Friday of the month', /第三个 星期五/],
  // either is enough, and both are needed
  ['0 0 13 * 5', 'At 00:00, on day 13 of the month, or on Friday', /13 号，或者为星期五/],
  ['0 0 */2 * 1', 'At 00:00, every 2 days in a month, only on Monday', /仅星期一/],
])('%s is put in words', (expression, en, zh) => {
  expect(cronWords(expression, 'en')).toBe(en);
  expect(cronWords(expression, 'zh')).toMatch(zh);
});

test('the expression stands for itself where the library has no words', () => {
  expect(cronWords(' 0 0  * * MON#L', 'en')).toBe('0 0 * * MON#L');
});

test('what cannot be read is refused', () => expect(() => cronWords('soon', 'en')).toThrow('five fields'));
