import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXCHANGES } from '../symbol/symbol.ts';
import { isAppError } from '../error/appError.ts';
import {
  LONGEST_OFFSET_SECONDS,
  LONGEST_STEP_SECONDS,
  parseSessionRule,
  printSessionRule,
  type DayChoice,
  type SessionRule,
} from './sessionRule.ts';

describe('a session rule', () => {
  test.each([
    ['close(XSHG)+30m', 'close(XSHG)+30m'],
    ['open(XSHE)-15m', 'open(XSHE)-15m'],
    ['close(XBSE)', 'close(XBSE)'],
    [' Close( xshg ) + 90m ', 'close(XSHG)+1h30m'],
    ['close+30m', 'close(XSHG)+30m'],
    ['open(XSHG)-90s', 'open(XSHG)-1m30s'],
    ['close(XSHG)+0m', 'close(XSHG)'],
    ['close(XSHG)-0m', 'close(XSHG)'],
    ['close(XSHG)+2d', 'close(XSHG)+48h'],
    ['every 5m in session', 'every 5m in session'],
    ['EVERY 1h IN SESSION(XSHG)', 'every 1h in session'],
    ['every 30s in session (XBSE)', 'every 30s in session(XBSE)'],
    ['close(XSHG)+30m on last trading day of month', 'close(XSHG)+30m on last trading day of month'],
    ['open(XSHG)  on  first trading day of the week', 'open(XSHG) on first trading day of week'],
    [
      'every 1h in session on last trading day of quarter',
      'every 1h in session on last trading day of quarter',
    ],
    ['close(XSHG) on first trading day of year', 'close(XSHG) on first trading day of year'],
  ])('"%s" is %s', (text, printed) => expect(printSessionRule(parseSessionRule(text))).toBe(printed));

  test.each([
    ['', ''],
    ['noon(XSHG)', 'noon(XSHG)'],
    ['close(NYSE)+30m', 'NYSE'],
    ['close(XSHG)+30', '30'],
    ['close(XSHG)+', ''],
    ['close(XSHG)30m', 'close(XSHG)30m'],
    ['close(XSHG)+30m+30m', '30m+30m'],
    ['close(XSHG)+31d', '31d'],
    ['every 0s in session', '0s'],
    ['every 3h in session', '3h'],
    ['every in session', 'every in session'],
    ['close(XSHG) on second trading day of month', 'close(XSHG) on second trading day of month'],
    ['close(XSHG)+5m on last day of month', '5m on last day of month'],
    [`close(XSHG)${' '.repeat(200)}+x`, `close(XSHG)${' '.repeat(69)}…`],
  ])('"%s" is refused, naming "%s"', (text, part) => {
    const error = refusalOf(text);
    expect(isAppError(error, 'bad_session_rule') && error.details['part']).toBe(part);
    expect(String(error)).toContain('Write close(XSHG)+30m');
  });

  test('is read back as it was printed', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(parseSessionRule(printSessionRule(rule))).toEqual(rule);
      }),
    );
  });

  test('of any text at all is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(close|open|every)[ ()+\-XSHG0-9hms]*$/)),
        (text) => {
          const error = refusalOf(text);
          expect(error === undefined || isAppError(error, 'bad_session_rule')).toBe(true);
        },
      ),
    );
  });
});

const exchange = fc.constantFrom(...EXCHANGES);
const days: fc.Arbitrary<DayChoice | null> = fc.option(
  fc.record({
    which: fc.constantFrom('first', 'last'),
    of: fc.constantFrom('week', 'month', 'quarter', 'year'),
  }),
);
const rules: fc.Arbitrary<SessionRule> = fc.oneof(
  fc.record({
    kind: fc.constant('edge'),
    edge: fc.constantFrom('open', 'close'),
    offsetSeconds: fc.integer({ min: -LONGEST_OFFSET_SECONDS, max: LONGEST_OFFSET_SECONDS }),
    exchange,
    days,
  }),
  fc.record({
    kind: fc.constant('every'),
    everySeconds: fc.integer({ min: 1, max: LONGEST_STEP_SECONDS }),
    exchange,
    days,
  }),
);

function refusalOf(text: string): unknown {
  try {
    parseSessionRule(text);
    return undefined;
  } catch (error) {
    return error;
  }
}
