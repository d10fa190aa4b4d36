import { evaluateData } from './evaluateData.ts';
import { evaluateJobs } from './evaluateJobs.ts';
import { SYSTEM_PARTS } from './evaluateSystem.ts';
import type { AlertFacts } from './facts.ts';
import type { AlertRule } from './rule.ts';
import type { Signal } from './signal.ts';

/**
 * Everything that the rules object to at the time of the facts, each with what may stand behind it.
 * @example evaluateRules(rulesWith([]), facts).map(({ key }) => key) // ['disk_low']
 */
export function evaluateRules(rules: readonly AlertRule[], facts: AlertFacts): readonly Signal[] {
  return [
    ...SYSTEM_PARTS.flatMap((part) => part(rules, facts)),
    ...evaluateJobs(rules, facts),
    ...evaluateData(rules, facts),
  ];
}
