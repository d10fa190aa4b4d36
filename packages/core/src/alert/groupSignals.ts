import { SEVERITIES, type Severity } from './notice.ts';
import { CAUSE } from './needs.ts';
import { RULE_KIND_NAMES } from './ruleKinds.ts';
import type { Signal, SignalGroup } from './signal.ts';

/** So many jobs that fail alike have one cause, even if nothing else tells of it. */
const ALIKE = 3;

/**
 * Signals by the deepest cause that explains them: a late data set belongs to the job that fails, and that to
 * the host which is down. Reasons that nothing is wrong for are left out.
 * @example groupSignals(signals).map(({ cause }) => cause) // ['host:push2.eastmoney.com']
 */
export function groupSignals(signals: readonly Signal[]): readonly SignalGroup[] {
  const byCause = Map.groupBy(signals, ({ cause }) => cause);
  const roots = Map.groupBy(signals, ({ cause }) => rootOf(byCause, cause, new Set()));
  return withAlike(byCause, roots)
    .filter(({ members }) => members.some(({ weight }) => weight !== 'explains'))
    .toSorted((one, other) => (one.cause < other.cause ? -1 : 1));
}

/** The nearest explanation that is there is followed until there is none; a circle ends where it began. */
function rootOf(byCause: ReadonlyMap<string, readonly Signal[]>, cause: string, seen: Set<string>): string {
  seen.add(cause);
  const needs = byCause.get(cause)?.flatMap((signal) => signal.needs) ?? [];
  const next = needs.find((need) => byCause.has(need) && !seen.has(need));
  return next === undefined ? cause : rootOf(byCause, next, seen);
}

function withAlike(
  byCause: ReadonlyMap<string, readonly Signal[]>,
  roots: ReadonlyMap<string, readonly Signal[]>,
): SignalGroup[] {
  const failing = [...roots.keys()].flatMap((cause) => {
    const evidence = byCause.get(cause)?.find((signal) => signal.evidence !== null)?.evidence;
    return evidence === undefined || evidence === null ? [] : [{ cause, evidence }];
  });
  const alike = [...Map.groupBy(failing, ({ evidence }) => evidence)].filter(
    ([, causes]) => causes.length >= ALIKE,
  );
  const joined = new Set(alike.flatMap(([, causes]) => causes.map(({ cause }) => cause)));
  return [
    ...alike.map(([evidence, causes]) =>
      groupOf(
        CAUSE.failures(evidence),
        causes.flatMap(({ cause }) => roots.get(cause) ?? []),
      ),
    ),
    ...[...roots].filter(([cause]) => !joined.has(cause)).map(([cause, members]) => groupOf(cause, members)),
  ];
}

function groupOf(cause: string, members: readonly Signal[]): SignalGroup {
  const ordered = members.toSorted(
    (one, other) =>
      Number(other.cause === cause) - Number(one.cause === cause) ||
      Number(other.weight === 'opens') - Number(one.weight === 'opens') ||
      worse(other.severity, one.severity) ||
      RULE_KIND_NAMES.indexOf(one.kind) - RULE_KIND_NAMES.indexOf(other.kind) ||
      (one.key < other.key ? -1 : 1),
  );
  const [head] = ordered;
  if (head === undefined) throw new RangeError(`the group ${cause} has no signals`);
  return { cause, head, members: ordered, severity: worst(ordered) };
}

/** The worst of what is wrong; of what is only a reason, nothing. */
function worst(signals: readonly Signal[]): Severity {
  return signals
    .filter(({ weight }) => weight !== 'explains')
    .reduce<Severity>((most, { severity }) => (worse(severity, most) > 0 ? severity : most), 'info');
}

/**
 * Positive where the first is worse.
 * @example worse('critical', 'info') // 2
 */
export function worse(one: Severity, other: Severity): number {
  return SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other);
}
