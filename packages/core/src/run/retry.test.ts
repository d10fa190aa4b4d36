import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../error/codes.ts';
import { isPermanent, retryPauseMs, type RetryRule } from './retry.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];
const rules = fc.record({
  attempts: fc.integer({ min: 1, max: 8 }),
  firstMs: fc.integer({ min: 1, max: 60_000 }),
  longestMs: fc.integer({ min: 1, max: 600_000 }),
});

/** The pauses of something that fails with these codes, one after the other, until it is given up. */
function pausesOf(rule: RetryRule, failing: readonly ErrorCode[], key: string): readonly number[] {
  const pauses: number[] = [];
  for (const [at, code] of failing.entries()) {
    const pause = retryPauseMs(rule, at + 1, code, key);
    if (pause === null) break;
    pauses.push(pause);
  }
  return pauses;
}

it('tries no more often than the rule says, whatever fails', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(fc.constantFrom(...codes), { maxLength: 20 }),
      fc.string(),
      (rule, failing, key) => {
        const tries = 1 + pausesOf(rule, failing, key).length;
        expect(tries).toBeLessThanOrEqual(rule.attempts);
      },
    ),
  );
});

it('waits between the doubled pause and a half more, and never longer than the longest', () => {
  fc.assert(
    fc.property(rules, fc.string(), (rule, key) => {
      const pauses = pausesOf(rule, Array<ErrorCode>(20).fill('timeout'), key);
      expect(pauses).toHaveLength(rule.attempts - 1);
      for (const [at, pause] of pauses.entries()) {
        const doubled = rule.firstMs * 2 ** at;
        expect(pause).toBeGreaterThanOrEqual(Math.min(rule.longestMs, doubled));
        expect(pause).toBeLessThanOrEqual(Math.min(rule.longestMs, Math.round(doubled * 1.5)));
      }
    }),
  );
});

it('never tries again what is refused for good', () => {
  for (const code of codes.filter(isPermanent)) {
    expect(retryPauseMs({ attempts: 9, firstMs: 1, longestMs: 1 }, 1, code, '')).toBeNull();
  }
});

it.each<[ErrorCode, boolean]>([
  ['unknown_symbol', true],
  ['permission_denied', true],
  ['bad_token', true],
  ['source_lacks_dataset', true],
  ['timeout', false],
  ['rate_limited', false],
  ['internal', false],
  ['database_unreachable', false],
  ['disk_full', false],
  ['interrupted', false],
])('takes %s for permanent: %s', (code, expected) => {
  expect(isPermanent(code)).toBe(expected);
});
