import { expect, test } from 'vitest';
import { isUserName, userNameOf } from './userName.ts';

test.each([
  [' Ann ', 'ann', true],
  ['LI.WEI@example.com', 'li.wei@example.com', true],
  ['ａｎｎ', 'ann', true],
  ['7up', '7up', false],
  ['', '', false],
  ['.ann', '.ann', false],
  ['two words', 'two words', false],
  ['李伟', '李伟', false],
  ['System', 'system', false],
  ['installation', 'installation', false],
  ['a'.repeat(65), 'a'.repeat(65), false],
])('%j is kept as %j, and whether it may be a name is %s', (typed, name, isName) => {
  expect(userNameOf(typed)).toBe(name);
  expect(isUserName(name)).toBe(isName);
});
