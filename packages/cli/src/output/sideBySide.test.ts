import { expect, it } from 'vitest';
import { sideBySide } from './sideBySide.ts';

it('wraps both texts to half the width and keeps their spaces', () => {
  expect(sideBySide(['raw', 'read'], ['abcdefgh', '{\n  "a": 1\n}'], 12)).toBe(
    ['raw    read', 'abcde  {', 'fgh      "a"', '       : 1', '       }'].join('\n'),
  );
});

it('counts Chinese letters as two columns', () => {
  expect(sideBySide(['原始', 'b'], ['平安银行', 'x'], 10)).toBe('原始  b\n平安  x\n银行');
});
