import {
  DEFAULT_TARGETS,
  INCIDENT_TIMING,
  RULE_KIND_NAMES,
  ruleKindSpec,
  type RuleKind,
} from '../../packages/core/src/index.ts';
import { code, list, page, table } from './markdown.ts';

/** `docs/reference/alert-rules.md`: every rule with its numbers. */
export function alertRulesPage(): string {
  return page('Rules of alerts', [
    'All of them are on from the first start. [Alerts](../alerts.md) says what becomes of what they object to, and how\n' +
      'they are changed.',
    table(
      ['rule', 'severity', 'can be for one', 'what'],
      RULE_KIND_NAMES.map((kind) => {
        const { severity, scopes, title } = ruleKindSpec(kind);
        return [code(kind), severity, scopes.join(', ') || '-', title.en];
      }),
    ),
    ...RULE_KIND_NAMES.flatMap(section),
    '## Targets by default',
    'They hold for data sets that jobs collect by themselves, until somebody sets another.',
    table(
      ['data set', 'due', 'share', 'objective'],
      DEFAULT_TARGETS.map(({ dataset, due, share, objective }) => [
        code(dataset),
        code(due),
        `${share * 100} %`,
        `${objective * 100} %`,
      ]),
    ),
    '## Times',
    list([
      `told of once it has been there for ${minutes(INCIDENT_TIMING.formMs.critical)} (critical) or ${minutes(INCIDENT_TIMING.formMs.warning)} (others)`,
      `over once it has been away for ${minutes(INCIDENT_TIMING.holdMs)}, twice as long each time that the same cause came back within a day, at most ${minutes(INCIDENT_TIMING.longestHoldMs)}`,
      ...(['critical', 'warning', 'info'] as const).map(
        (severity) => `reminders of ${severity}: ${remindersOf(INCIDENT_TIMING.remindMs[severity])}`,
      ),
    ]),
  ]);
}

function section(kind: RuleKind): readonly string[] {
  const { about, advice, params } = ruleKindSpec(kind);
  const rows = Object.entries(params).map(([name, { fallback, unit, min, max, about: meaning }]) => [
    code(name),
    `${fallback} ${unit}`,
    `${min} to ${max}`,
    meaning,
  ]);
  return [
    `## ${kind}`,
    `${about} ${advice.en}`,
    ...(rows.length === 0 ? [] : [table(['number', 'default', 'may be', 'meaning'], rows)]),
  ];
}

function remindersOf(pauses: readonly number[]): string {
  if (pauses.length === 0) return 'none';
  let at = 0;
  const times = pauses.slice(0, -1).map((pause) => minutes((at += pause)));
  const rest = `then every ${minutes(pauses.at(-1) ?? 0)}`;
  return times.length === 0 ? rest.replace('then ', '') : `after ${times.join(', ')}, ${rest}`;
}

function minutes(ms: number): string {
  const all = ms / 60_000;
  return all % 60 === 0 ? `${all / 60} h` : `${all} min`;
}
