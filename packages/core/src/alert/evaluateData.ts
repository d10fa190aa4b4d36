import { isoInstant } from '../day.ts';
import type { AlertFacts, DatasetFacts } from './facts.ts';
import { CAUSE, needsOfDataset } from './needs.ts';
import { ruleFor, type AlertRule } from './rule.ts';
import type { RuleKind } from './ruleKinds.ts';
import type { Signal, SignalWeight } from './signal.ts';

type Part = (rules: readonly AlertRule[], facts: AlertFacts, one: DatasetFacts) => readonly Signal[];

/** What is wrong with the data that are there, or should be. */
export function evaluateData(rules: readonly AlertRule[], facts: AlertFacts): readonly Signal[] {
  return facts.datasets.flatMap((one) => PARTS.flatMap((part) => part(rules, facts, one)));
}

const missed: Part = (rules, facts, one) => {
  const rule = ruleFor(rules, 'freshness_missed', { dataset: one.dataset });
  if (rule === undefined) return [];
  const late = one.waiting
    .filter((day) => !day.isMet && day.dueAt <= facts.now && day.share !== null)
    .slice(-(rule.params['days'] ?? 1));
  const [first] = late;
  if (first === undefined) return [];
  const values = { days: late.map(({ day }) => day).join(', '), percent: percentOf(first.share ?? 0) };
  return [
    signalOf(facts, one, 'freshness_missed', rule, { ...values, due: isoInstant(first.dueAt) }, first.dueAt),
  ];
};

const atRisk: Part = (rules, facts, one) => {
  const rule = ruleFor(rules, 'freshness_at_risk', { dataset: one.dataset });
  if (rule === undefined || one.hasOpenRun) return [];
  const soonMs = (rule.params['minutes'] ?? 0) * 60_000;
  const day = one.waiting.find(
    ({ dueAt, isMet, share }) => !isMet && share !== null && dueAt > facts.now && dueAt - facts.now <= soonMs,
  );
  if (day === undefined) return [];
  const values = { days: day.day, percent: percentOf(day.share ?? 0), due: isoInstant(day.dueAt) };
  return [signalOf(facts, one, 'freshness_at_risk', rule, values, null)];
};

const coverage: Part = (rules, facts, one) => {
  const rule = ruleFor(rules, 'coverage_below', { dataset: one.dataset });
  if (rule === undefined || one.cells === null || one.cells.expected === 0) return [];
  const { expected, gaps, from, to } = one.cells;
  const percent = 100 * (1 - gaps / expected);
  if (percent >= (rule.params['percent'] ?? 0)) return [];
  // rounded down: a share that is too low must not read as the one that is wanted
  const values = { percent: Math.floor(percent * 100) / 100, gaps, from, to };
  return [{ ...signalOf(facts, one, 'coverage_below', rule, values, null), weight: weightOf(one) }];
};

const behind: Part = (rules, facts, one) => {
  const rule = ruleFor(rules, 'symbols_behind', { dataset: one.dataset });
  if (rule === undefined) return [];
  const most = rule.params['days'] ?? 1;
  const symbols = one.behind.filter(({ gaps }) => gaps >= most);
  if (symbols.length === 0) return [];
  const named = symbols.slice(0, 5).map(({ symbol, gaps }) => `${symbol} (${gaps})`);
  const values = { count: symbols.length, symbols: named.join(', '), days: most };
  return [{ ...signalOf(facts, one, 'symbols_behind', rule, values, null), weight: weightOf(one) }];
};

/** The usual is a median, so that one odd day among the last ones does no harm. */
const drift: Part = (rules, facts, one) => {
  const rule = ruleFor(rules, 'rows_drift', { dataset: one.dataset });
  if (rule === undefined) return [];
  const { percent: most = 100, days = 1 } = rule.params;
  const newest = one.rows.at(-1);
  const before = one.rows.slice(-days - 1, -1).map(({ rows }) => rows);
  const usual = median(before);
  if (newest === undefined || before.length < days / 2 || usual === 0) return [];
  const percent = (100 * (newest.rows - usual)) / usual;
  if (Math.abs(percent) < most) return [];
  const values = { day: newest.day, rows: newest.rows, usual, percent: Math.round(percent) };
  return [{ ...signalOf(facts, one, 'rows_drift', rule, values, null), needs: [] }];
};

const PARTS: readonly Part[] = [missed, atRisk, coverage, behind, drift];

function signalOf(
  facts: AlertFacts,
  one: DatasetFacts,
  kind: RuleKind,
  rule: AlertRule,
  values: Signal['values'],
  since: number | null,
): Signal {
  return {
    key: `${kind}:${one.dataset}`,
    kind,
    severity: rule.severity,
    cause: CAUSE.dataset(one.dataset),
    subject: { dataset: one.dataset },
    since,
    values: { dataset: one.dataset, ...values },
    needs: needsOfDataset(facts, one),
    weight: 'opens',
    evidence: null,
  };
}

/** While a run of the data set is open, gaps may be about to be filled. */
function weightOf({ hasOpenRun }: DatasetFacts): SignalWeight {
  return hasOpenRun ? 'keeps' : 'opens';
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

function percentOf(share: number): number {
  return Math.floor(share * 1000) / 10;
}
