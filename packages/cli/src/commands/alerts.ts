import { Command } from 'commander';
import type { Incident, IncidentDetail } from '@tapekeeper/contract';
import { wholeNumber } from '../arguments.ts';
import { asking } from '../asking.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { pairs, table } from '../output/table.ts';
import { authorOf } from './accept.ts';
import { ruleCommands } from './alertRules.ts';
import { silenceCommands } from './silences.ts';

interface ListOptions {
  readonly state?: string;
  readonly before?: string;
  readonly limit?: string;
}

/** `alerts`: incidents, rules and silences. */
export function alertsCommand(frame: Frame): Command {
  const { say, act } = frame;
  const command = new Command('alerts').description(say('help.alerts'));
  command.addCommand(
    new Command('list')
      .description(say('help.alertsList'))
      .option('--state <states>', say('option.incidentState'))
      .option('--before <id>', say('option.before'))
      .option('--limit <count>', say('option.limit'))
      .action(act((context, options: ListOptions) => list(context, options))),
    { isDefault: true },
  );
  command.addCommand(
    new Command('show')
      .description(say('help.alertsShow'))
      .argument('<incident>', say('argument.incident'))
      .action(act((context, id: string) => show(context, id))),
  );
  command.addCommand(
    new Command('ack')
      .description(say('help.alertsAck'))
      .argument('<incident>', say('argument.incident'))
      .option('--note <text>', say('option.note'))
      .option('--author <name>', say('option.author'))
      .action(
        act((context, id: string, options: { note?: string; author?: string }) =>
          acknowledge(context, id, options),
        ),
      ),
  );
  command.addCommand(
    new Command('now').description(say('help.alertsNow')).action(act((context) => showNow(context))),
  );
  for (const one of [...ruleCommands(frame), ...silenceCommands(frame)]) command.addCommand(one);
  return command;
}

function list(context: Context, options: ListOptions): Promise<number> {
  const { output, say, language } = context;
  const number = (name: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : wholeNumber(context, name, text);
  const query = {
    state: options.state,
    before: number('--before', options.before),
    limit: number('--limit', options.limit) ?? 20,
  };
  return asking(context, async (api) => {
    const found = await api.incidents(query);
    output.result(found);
    if (found.incidents.length === 0) {
      output.line(say('alerts.none'));
      return;
    }
    const columns = [
      { title: say('column.id'), align: 'right' },
      { title: say('column.severity') },
      { title: say('column.state') },
      { title: say('column.openedAt') },
      { title: say('column.incident') },
      { title: say('column.members'), align: 'right' },
      { title: say('column.acknowledged') },
    ] as const;
    output.line(
      table(
        columns,
        found.incidents.map((one) => [
          String(one.id),
          one.severity,
          one.state,
          instant(one.openedAt ?? one.firstSeenAt),
          one.title[language],
          count(presentOf(one).length),
          orDash(one.acknowledged?.by),
        ]),
      ),
    );
    if (found.next !== null) output.line(say('page.next', { id: found.next }));
  });
}

const presentOf = (incident: Incident): Incident['members'] =>
  incident.members.filter(({ isPresent }) => isPresent);

function show(context: Context, text: string): Promise<number> {
  const id = wholeNumber(context, 'incident', text);
  return asking(context, async (api) => {
    const detail = await api.incident(id);
    context.output.result(detail);
    for (const line of detailLines(context, detail)) context.output.line(line);
  });
}

function detailLines({ say, language }: Context, detail: IncidentDetail): readonly string[] {
  const { incident, advice, timeline } = detail;
  const members = incident.members.map(({ text, isPresent }) => `${isPresent ? '!' : ' '} ${text[language]}`);
  const entries = timeline.map((entry) => [
    instant(entry.at),
    entry.kind,
    entry.author ?? Object.values(entry.detail).map(String).join(' '),
  ]);
  return [
    `${incident.title[language]} (${incident.severity}, ${incident.state})`,
    pairs([
      [say('column.cause'), incident.cause],
      [say('column.openedAt'), instant(incident.openedAt ?? incident.firstSeenAt)],
      [say('column.acknowledged'), orDash(incident.acknowledged?.by)],
    ]),
    ...members,
    advice[language],
    ...(entries.length === 0
      ? []
      : [table([{ title: say('column.at') }, { title: '' }, { title: '' }], entries)]),
  ];
}

function acknowledge(
  context: Context,
  text: string,
  options: { readonly note?: string; readonly author?: string },
): Promise<number> {
  const { output, say } = context;
  const id = wholeNumber(context, 'incident', text);
  const { note } = options;
  return asking(context, async (api) => {
    const body = { author: authorOf(options), ...(note !== undefined && { note }) };
    const detail = await api.acknowledgeIncident(id, body);
    output.result(detail);
    output.line(say('alerts.acknowledged', { id, by: detail.incident.acknowledged?.by ?? '' }));
  });
}

function showNow(context: Context): Promise<number> {
  const { output, say, language } = context;
  return asking(context, async (api) => {
    const { lookedAt, signals } = await api.alertsNow();
    output.result({ lookedAt, signals });
    if (lookedAt === null) output.line(say('alerts.neverLooked'));
    else if (signals.length === 0) output.line(say('alerts.noSignals'));
    else {
      const columns = [
        { title: say('column.severity') },
        { title: say('column.ruleKind') },
        { title: say('column.incident') },
        { title: say('column.cause') },
      ] as const;
      output.line(
        table(
          columns,
          signals.map(({ severity, kind, text, group }) => [severity, kind, text[language], group]),
        ),
      );
    }
  });
}
