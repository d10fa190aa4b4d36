import { describe, expect, it, test } from 'vitest';
import { ruleFault, ruleFor, rulesWith, type RuleEdit } from './rule.ts';
import { RULE_KIND_NAMES, ruleKindSpec } from './ruleKinds.ts';

const ALL = { kind: 'all' } as const;

describe('rules', () => {
  test.each(RULE_KIND_NAMES)('%s is on by default, with numbers within their bounds', (kind) => {
    const rule = ruleFor(rulesWith([]), kind);
    expect(rule).toMatchObject({ enabled: true, severity: ruleKindSpec(kind).severity });
    expect(ruleFault({ kind, scope: ALL, params: rule?.params })).toBeUndefined();
  });

  it('hold for the narrowest of what they name, which takes from the wider one what it does not say', () => {
    const rules = rulesWith([
      { kind: 'stuck', scope: ALL, params: { minutes: 20 } },
      { kind: 'stuck', scope: { kind: 'dataset', name: 'daily_bars' }, severity: 'critical' },
      { kind: 'stuck', scope: { kind: 'job', name: 'quotes' }, enabled: false },
    ]);
    expect(ruleFor(rules, 'stuck', { job: 'other' })?.params).toEqual({ times: 3, minutes: 20 });
    expect(ruleFor(rules, 'stuck', { job: 'other', dataset: 'daily_bars' })).toMatchObject({
      severity: 'critical',
      params: { minutes: 20 },
    });
    expect(ruleFor(rules, 'stuck', { job: 'quotes', dataset: 'daily_bars' })).toBeUndefined();
  });

  it('that are off for everything can be on for one', () => {
    const rules = rulesWith([
      { kind: 'stuck', scope: ALL, enabled: false },
      { kind: 'stuck', scope: { kind: 'job', name: 'quotes' }, enabled: true },
    ]);
    expect(ruleFor(rules, 'stuck')).toBeUndefined();
    expect(ruleFor(rules, 'stuck', { job: 'quotes' })).toBeDefined();
  });

  test.each<[RuleEdit, RegExp]>([
    [{ kind: 'disk_low', scope: { kind: 'job', name: 'a' } }, /cannot be for one job/],
    [{ kind: 'stuck', scope: ALL, params: { constructor: 1 } }, /has no number "constructor"/],
    [{ kind: 'stuck', scope: ALL, params: { minutes: Number.NaN } }, /from 1 to/],
    [{ kind: 'right_missing', scope: ALL, params: { any: 1 } }, /it has: none/],
  ])('are refused with what is wrong: %j', (edit, words) => {
    expect(ruleFault(edit)).toMatch(words);
  });
});
