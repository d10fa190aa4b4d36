import { errorText, isAppError, isoInstant } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronReader } from './cronReader.ts';

// The meaning of expressions is pinned by the golden table and the random rules of test/triggers.

const first = (expression: string, zone = 'UTC'): string | undefined => {
  const at = cronReader(expression, zone).next(Date.parse('2026-11-22T00:00:00Z'));
  return at === undefined ? undefined : isoInstant(at).slice(0, 19);
};

describe('a cron expression', () => {
  test('may have any spaces, and question marks for stars', () => {
    expect(first('  30\t17  * * * ')).toBe('2026-11-22T17:30:00');
    expect(first('30 17 ? * ?')).toBe('2026-11-22T17:30:00');
  });

  test('that no day fits is never due', () => {
    expect(first('0 0 30 2 *')).toBeUndefined();
    expect(first('0 0 31 4,6,9,11 *')).toBeUndefined();
  });

  test.each([
    ['* * * *', '* * * *'],
    ['* * * * * * *', '* * * * * * *'],
    ['', ''],
    ['@daily', '@daily'],
    ['60 * * * *', '60'],
    ['0 24 * * *', '24'],
    ['0 0 0 * *', '0'],
    ['0 0 * 13 *', '13'],
    ['0 0 * * 8', '8'],
    ['0 0 * * +1', '+1'],
    ['0 0 * * fri-mon', 'fri-mon'],
    ['5/15 * * * *', '5/15'],
    ['*/0 * * * *', '*/0'],
    ['0 22-2 * * *', '22-2'],
    ['0 0 L-3 * *', 'L-3'],
    ['0 0 * * 1#6', '1#6'],
    ['* * * * * 9', '9'],
    ['0 0 * * ¹', '¹'],
  ])('"%s" is refused, naming "%s"', (expression, part) => {
    const error = refusalOf(expression);
    expect(isAppError(error, 'bad_cron') && error.details['part']).toBe(part);
    expect(String(error)).toContain('"30 17 * * 1-5"');
  });

  test('has at most 256 characters', () => {
    const long = `${'0,'.repeat(123)}0 * * * * *`;
    expect(long).toHaveLength(257);
    expect(isAppError(refusalOf(long), 'cron_too_long')).toBe(true);
    expect(refusalOf(long.slice(2))).toBeUndefined();
  });

  test('needs a zone that there is', () => {
    expect(() => cronReader('* * * * *', 'Mars/Base')).toThrow('Asia/Shanghai');
  });

  test('of any text at all is read or refused', () => {
    const letters = fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 * / , - ? # L W mon jan'.split(' '), ' ', ' * ');
    const texts = fc.oneof(
      fc.string(),
      fc.array(letters, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const error = refusalOf(text);
        expect(error === undefined || isAppError(error, 'bad_cron')).toBe(true);
        if (isAppError(error)) expect(errorText(error.code, error.details, 'zh')).toContain('五个字段');
      }),
      { numRuns: 2000 },
    );
  });
});

function refusalOf(expression: string): unknown {
  try {
    cronReader(expression, 'UTC').next(0);
    return undefined;
  } catch (error) {
    return error;
  }
}
