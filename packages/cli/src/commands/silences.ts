import { Command } from 'commander';
import type { NewSilenceBody, Silence } from '@tapekeeper/contract';
import { wholeNumber } from '../arguments.ts';
import { asking } from '../asking.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { table } from '../output/table.ts';
import { authorOf, required } from './accept.ts';

interface SilenceOptions {
  readonly cause?: string;
  readonly kind?: string;
  readonly job?: string;
  readonly dataset?: string;
  readonly source?: string;
  readonly hours?: string;
  readonly reason?: string;
  readonly author?: string;
}

const USUAL_HOURS = 8;

/** `alerts silence`, `alerts silences` and `alerts unsilence`. */
export function silenceCommands({ say, act }: Frame): readonly Command[] {
  const add = new Command('silence')
    .description(say('help.alertsSilence'))
    .option('--cause <cause>', say('option.cause'))
    .option('--kind <kind>', say('option.ruleKind'))
    .option('--job <key>', say('option.job'))
    .option('--dataset <name>', say('option.dataset'))
    .option('--source <name>', say('option.ofSource'))
    .option('--hours <count>', say('option.forHours'))
    .option('--reason <text>', say('option.reason'))
    .option('--author <name>', say('option.author'))
    .action(act((context, options: SilenceOptions) => silence(context, options)));
  const list = new Command('silences')
    .description(say('help.alertsSilences'))
    .option('--past', say('option.past'))
    .action(act((context, options: { past?: boolean }) => listSilences(context, options.past === true)));
  const end = new Command('unsilence')
    .description(say('help.alertsUnsilence'))
    .argument('<silence>', say('argument.silence'))
    .action(act((context, id: string) => unsilence(context, id)));
  return [add, list, end];
}

function silence(context: Context, options: SilenceOptions): Promise<number> {
  const { output, say } = context;
  const reason = required(context, 'alerts silence', '--reason', options.reason);
  const hours = options.hours === undefined ? USUAL_HOURS : wholeNumber(context, '--hours', options.hours);
  const { cause, kind, job, dataset, source } = options;
  const given = Object.entries({ cause, kind, job, dataset, source }).filter(
    ([, value]) => value !== undefined,
  );
  return asking(context, async (api) => {
    const made = await api.createSilence({
      matcher: Object.fromEntries(given) as NewSilenceBody['matcher'],
      minutes: hours * 60,
      reason,
      author: authorOf(options),
    });
    output.result(made);
    output.line(say('alerts.silenced', { id: made.id, until: instant(made.until) }));
  });
}

function listSilences(context: Context, past: boolean): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const found = await api.silences({ past });
    output.result(found);
    if (found.silences.length === 0) {
      output.line(say('alerts.noSilences'));
      return;
    }
    const columns = [
      { title: say('column.id'), align: 'right' },
      { title: say('column.until') },
      { title: say('column.matcher') },
      { title: say('column.reason') },
    ] as const;
    output.line(
      table(
        columns,
        found.silences.map((one) => [
          String(one.id),
          instant(one.endedAt ?? one.until),
          matcherText(context, one),
          `${one.reason} (${one.author})`,
        ]),
      ),
    );
  });
}

function matcherText({ say }: Context, { matcher }: Silence): string {
  const parts = Object.entries(matcher).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? say('alerts.everything') : parts.join(' ');
}

function unsilence(context: Context, text: string): Promise<number> {
  const { output, say } = context;
  const id = wholeNumber(context, 'silence', text);
  return asking(context, async (api) => {
    output.result(await api.endSilence(id));
    output.line(say('alerts.unsilenced', { id }));
  });
}
