import { expect, it } from 'vitest';
import { isJobKey } from './key.ts';

it.each(['a', 'tushare_historical_sync', '2nd.try', 'x-1', 'a'.repeat(64)])('%s is a key', (key) => {
  expect(isJobKey(key)).toBe(true);
});

it.each(['', '12', 'A', '_a', '.a', 'a b', 'a/b', '任务', 'a\n', 'a'.repeat(65)])('%j is no key', (key) => {
  expect(isJobKey(key)).toBe(false);
});
