import { expect, test } from 'vitest';
import { sameValue } from './sameValue.ts';

test.each([
  [
    { a: 1, b: { c: [1, 2] } },
    { b: { c: [1, 2] }, a: 1 },
  ],
  [{ a: undefined }, {}],
  [null, null],
  [[], []],
])('%j and %j say the same', (one, other) => {
  expect(sameValue(one, other)).toBe(true);
  expect(sameValue(other, one)).toBe(true);
});

test.each<readonly [unknown, unknown]>([
  [{ a: 1 }, { a: '1' }],
  [{ a: null }, {}],
  [
    [1, 2],
    [2, 1],
  ],
  [[], {}],
  [{}, null],
  [{ a: 1 }, { a: 1, b: 2 }],
])('%j and %j do not', (one, other) => {
  expect(sameValue(one, other)).toBe(false);
  expect(sameValue(other, one)).toBe(false);
});
