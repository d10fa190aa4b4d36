import { describe, expect, it } from 'vitest';
import { slownessOf } from './slowness.ts';

describe('an expression that is slow', () => {
  it.each([
    ['(a+)+$', ''],
    ['^(\\d+)*$', ''],
    ['^(a|a)*$', ''],
    ['^(a|aa)+$', ''],
    ['^abc(\\w+\\s?)*$', ''],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', ''],
    ['^"(?:[^"]|"")*"(?:"(?:[^"]|"")*")*$', ''],
    ['^(?=(x+)+y)', ''],
    ['^(?:FROM|-?\\d+)+$', 'i'],
  ])('with each letter twice as much is found: %s', (source, flags) => {
    expect(slownessOf(source, flags)?.letters).toBeLessThanOrEqual(4000);
  });

  it.each([
    ['^\\s*\\s*\\s*x', '', 4000],
    ['\\s+$', '', 50_000],
    ['\\d+\\.?\\d*;', '', 50_000],
    ['a.*b', 's', 50_000],
  ])('with the length of its text is found: %s', (source, flags, letters) => {
    const found = slownessOf(source, flags);
    expect(found?.letters).toBeLessThanOrEqual(letters);
  });
});

describe('an expression that is not', () => {
  it.each([
    ['^[a-z]+$', ''],
    ['^\\d{4}-\\d{2}-\\d{2}$', ''],
    ['(?<!\\s)\\s+$', ''],
    ["^'(?:[^'\\\\]|'')*'(?!')$", ''],
    ['^(?:(?<year>\\d+)|\\p{Lu}\\P{L}*)$', 'u'],
    ['[^]', 'g'],
    ['(a)\\1|\\x41\\u0042', ''],
  ])('stands all attacks: %s', (source, flags) => {
    expect(slownessOf(source, flags)).toBeUndefined();
  });

  it('is held to the length of its texts where these are short', () => {
    expect(slownessOf('\\s+$', '')).toBeDefined();
    expect(slownessOf('\\s+$', '', 500)).toBeUndefined();
  });
});
