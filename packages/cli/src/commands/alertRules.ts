import { Command } from 'commander';
import type { RuleList, SetRulesBody } from '@tapekeeper/contract';
import { AppError, defaultRule } from '@tapekeeper/core';
import { asking } from '../asking.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { table } from '../output/table.ts';
import { authorOf } from './accept.ts';

interface RuleOptions {
  readonly job?: string;
  readonly dataset?: string;
  readonly source?: string;
  readonly on?: boolean;
  readonly off?: boolean;
  readonly severity?: string;
  readonly params?: string;
  readonly reset?: boolean;
  readonly author?: string;
}

type Edit = SetRulesBody['rules'][number];

/** `alerts rules` lists them, `alerts rule` changes one. */
export function ruleCommands({ say, act }: Frame): readonly Command[] {
  const list = new Command('rules').description(say('help.alertsRules')).action(act(listRules));
  const set = new Command('rule')
    .description(say('help.alertsRule'))
    .argument('<kind>', say('argument.ruleKind'))
    .option('--job <key>', say('option.job'))
    .option('--dataset <name>', say('option.dataset'))
    .option('--source <name>', say('option.ofSource'))
    .option('--on', say('option.ruleOn'))
    .option('--off', say('option.ruleOff'))
    .option('--severity <severity>', say('option.ruleSeverity'))
    .option('--params <numbers>', say('option.ruleParams'))
    .option('--reset', say('option.ruleReset'))
    .option('--author <name>', say('option.author'))
    .action(act((context, kind: string, options: RuleOptions) => changeRule(context, kind, options)));
  return [list, set];
}

function listRules(context: Context): Promise<number> {
  return asking(context, async (api) => {
    const found = await api.alertRules();
    context.output.result(found);
    context.output.line(rulesTable(context, found.rules));
  });
}

function rulesTable({ say, language }: Context, rules: RuleList['rules']): string {
  return table(
    [
      { title: say('column.ruleKind') },
      { title: say('column.scope') },
      { title: say('column.severity') },
      { title: say('column.params') },
      { title: say('column.title') },
    ],
    rules.map(({ kind, scope, enabled, severity, params, title }) => [
      kind,
      scope.kind === 'all' ? say('alerts.everything') : `${scope.kind} ${scope.name}`,
      enabled ? severity : say('alerts.off'),
      Object.entries(params)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
      title[language],
    ]),
  );
}

/** The change is added to those that are there already, under the version that was read with them. */
function changeRule(context: Context, kind: string, options: RuleOptions): Promise<number> {
  const { output, say } = context;
  const params = options.params === undefined ? undefined : readParams(context, options.params);
  return asking(context, async (api) => {
    const { version, rules } = await api.alertRules();
    const scope = scopeOf(options);
    const isSame = (edit: Edit): boolean =>
      edit.kind === kind && JSON.stringify(edit.scope) === JSON.stringify(scope);
    const edits = rules.filter(({ isEdited }) => isEdited).map(editOf);
    const before = edits.find(isSame);
    const after = {
      ...before,
      kind: kind as Edit['kind'],
      scope,
      ...(options.on === true && { enabled: true }),
      ...(options.off === true && { enabled: false }),
      ...(options.severity !== undefined && { severity: options.severity as 'info' }),
      ...(params !== undefined && { params: { ...before?.params, ...params } }),
    };
    const others = edits.filter((edit) => !isSame(edit));
    const changed = await api.setAlertRules({
      version,
      rules: options.reset === true ? others : [...others, after],
      author: authorOf(options),
    });
    output.result(changed);
    output.line(say('alerts.ruleChanged', { version: changed.version }));
    output.line(
      rulesTable(
        context,
        changed.rules.filter((rule) => rule.kind === kind),
      ),
    );
  });
}

/** What a rule says apart from how the program brings it along. */
function editOf({ kind, scope, enabled, severity, params }: RuleList['rules'][number]): Edit {
  const plain = defaultRule(kind);
  const own = Object.entries(params).filter(([name, value]) => plain.params[name] !== value);
  return {
    kind,
    scope,
    ...(enabled !== plain.enabled && { enabled }),
    ...(severity !== plain.severity && { severity }),
    ...(own.length > 0 && { params: Object.fromEntries(own) }),
  };
}

function scopeOf({ job, dataset, source }: RuleOptions): NonNullable<Edit['scope']> {
  if (job !== undefined) return { kind: 'job', name: job };
  if (dataset !== undefined) return { kind: 'dataset', name: dataset };
  return source === undefined ? { kind: 'all' } : { kind: 'source', name: source };
}

function readParams({ say }: Context, text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, name, value] = /^\s*(\w+)\s*=\s*([\d.]+)\s*$/.exec(part) ?? [];
      if (name === undefined || value === undefined)
        throw new AppError('usage', { problem: say('alerts.badParams', { text }), command: 'alerts rule ' });
      return [name, Number(value)] as const;
    }),
  );
}
