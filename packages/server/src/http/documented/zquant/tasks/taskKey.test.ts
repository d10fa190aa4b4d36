import { isJobKey } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taskKeyOf } from './taskKey.ts';

test('every name has a key, and the same name the same one', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc.integer({ min: 1, max: 999 }),
      (name, no) => {
        expect(isJobKey(taskKeyOf(name, no))).toBe(true);
        expect(taskKeyOf(name, no)).toBe(taskKeyOf(name, no));
      },
    ),
  );
});

test('a name of digits, and one of Chinese, have keys that tell them apart', () => {
  expect(taskKeyOf('123', 1)).toMatch(/^123_[0-9a-f]{8}$/);
  expect(taskKeyOf('数据同步', 1)).toMatch(/^task_[0-9a-f]{8}$/);
  expect(taskKeyOf('数据同步', 1)).not.toBe(taskKeyOf('数据同步二', 1));
  expect(taskKeyOf('Sync all bars', 2)).toMatch(/^sync_all_bars_[0-9a-f]{8}_2$/);
});
