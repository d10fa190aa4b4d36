import type { Severity } from './notice.ts';
import { RULE_KIND_NAMES, ruleKindSpec, type RuleKind, type ScopeKind } from './ruleKinds.ts';

/** What a rule is about: everything, or one job (by key), data set or source. */
export type RuleScope = { readonly kind: 'all' } | { readonly kind: ScopeKind; readonly name: string };

export interface AlertRule {
  readonly kind: RuleKind;
  readonly scope: RuleScope;
  readonly enabled: boolean;
  readonly severity: Severity;
  /** Every number of the kind. */
  readonly params: Readonly<Record<string, number>>;
}

/** A change of a rule as people write it: what is left out stays as it is by default. */
export interface RuleEdit {
  readonly kind: RuleKind;
  readonly scope: RuleScope;
  readonly enabled?: boolean | undefined;
  readonly severity?: Severity | undefined;
  readonly params?: Readonly<Record<string, number>> | undefined;
}

/** What a signal may be about, for rules and silences. */
export interface AlertSubject {
  /** Key of a job. */
  readonly job?: string;
  readonly dataset?: string;
  readonly source?: string;
}

/**
 * The rule of a kind before anybody has changed it: on, for everything.
 * @example defaultRule('stuck').params.minutes // 10
 */
export function defaultRule(kind: RuleKind): AlertRule {
  const { severity, params } = ruleKindSpec(kind);
  const numbers = Object.entries(params).map(([name, { fallback }]) => [name, fallback] as const);
  return { kind, scope: { kind: 'all' }, enabled: true, severity, params: Object.fromEntries(numbers) };
}

/**
 * All rules with the edits applied: one of each kind for everything, then the narrower ones. A narrower one
 * takes what it does not say from the one for everything.
 * @example rulesWith([]).length // one a kind
 */
export function rulesWith(edits: readonly RuleEdit[]): readonly AlertRule[] {
  const ofAll = new Map(
    RULE_KIND_NAMES.map((kind) => {
      const own = edits.find((edit) => edit.kind === kind && edit.scope.kind === 'all');
      return [kind, own === undefined ? defaultRule(kind) : edited(defaultRule(kind), own)];
    }),
  );
  const narrower = edits
    .filter(({ scope }) => scope.kind !== 'all')
    .map((edit) => edited(ofAll.get(edit.kind)!, edit));
  return [...ofAll.values(), ...narrower];
}

function edited(base: AlertRule, edit: RuleEdit): AlertRule {
  return {
    kind: base.kind,
    scope: edit.scope,
    enabled: edit.enabled ?? base.enabled,
    severity: edit.severity ?? base.severity,
    params: { ...base.params, ...edit.params },
  };
}

const NARROWNESS: readonly ScopeKind[] = ['job', 'dataset', 'source'];

/**
 * The rule that holds for a subject: the narrowest that names it, else that for everything; undefined where
 * it is off.
 * @example ruleFor(rulesWith([]), 'stuck', { job: 'sync_daily_data' })
 */
export function ruleFor(
  rules: readonly AlertRule[],
  kind: RuleKind,
  subject: AlertSubject = {},
): AlertRule | undefined {
  const ofKind = rules.filter((rule) => rule.kind === kind);
  const named = NARROWNESS.map((name) =>
    ofKind.find(({ scope }) => scope.kind === name && scope.name === subject[name]),
  ).find((rule) => rule !== undefined);
  const rule = named ?? ofKind.find(({ scope }) => scope.kind === 'all');
  return rule?.enabled === true ? rule : undefined;
}

/** What is wrong with an edit, in words; undefined where nothing is. */
export function ruleFault({ kind, scope, params = {} }: RuleEdit): string | undefined {
  const spec = ruleKindSpec(kind);
  if (scope.kind !== 'all' && !spec.scopes.includes(scope.kind)) {
    const known = ['all', ...spec.scopes].join(', ');
    return `a rule of ${kind} cannot be for one ${scope.kind}; it can be for ${known}`;
  }
  for (const [name, value] of Object.entries(params)) {
    const param = Object.hasOwn(spec.params, name) ? spec.params[name] : undefined;
    if (param === undefined) {
      const known = Object.keys(spec.params).join(', ') || 'none';
      return `${kind} has no number "${name}"; it has: ${known}`;
    }
    if (!Number.isFinite(value) || value < param.min || value > param.max)
      return `${name} of ${kind} has to be from ${param.min} to ${param.max} ${param.unit}`;
  }
  return undefined;
}
