import { describe, expect, test } from 'vitest';
import { DATASETS, DATASET_IDS } from '../dataset/catalogue.ts';
import { QUALITY_RULES, ROW_RULES, ruleOf } from './rules.ts';

describe.each(DATASET_IDS)('the rules of %s', (dataset) => {
  const rules = QUALITY_RULES[dataset];

  test('are each there once, in both languages', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, text } of rules) {
      expect(id).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
      expect(text.en).not.toBe('');
      expect(text.zh).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  test('include every rule of its rows', () => {
    for (const rule of ROW_RULES[dataset]) expect(rules).toContain(rule);
  });

  test('replay refused rows only, after data sets that others require', () => {
    const required = Object.values(DATASETS).flatMap(({ requires }) => requires.map((each) => each.dataset));
    for (const { action, replayAfter } of rules.filter((rule) => rule.replayAfter !== undefined)) {
      expect(action).toBe('refuse');
      expect(required).toContain(replayAfter);
    }
  });
});

test('a rule is found by its id, and what is no rule is not', () => {
  expect(ruleOf('unknown_symbol')).toMatchObject({ action: 'refuse', replayAfter: 'stock_basics' });
  expect(ruleOf('toString')).toBeUndefined();
});
