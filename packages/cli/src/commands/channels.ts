import { Command, Option } from 'commander';
import type { Channel } from '@tapekeeper/contract';
import { CHANNEL_KINDS, EXIT, SEVERITIES, type ChannelKind } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import { bodyOf, changedBody, kindOf, type ChannelOptions } from '../channelBody.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';
import { authorOf } from './accept.ts';
import { typedSecret } from './secrets.ts';

interface AddOptions extends ChannelOptions {
  readonly kind: string;
  /** False for `--no-secret`. */
  readonly secret?: boolean;
  readonly stdin?: boolean;
  readonly author?: string;
}

interface NoticesOptions {
  readonly channel?: string;
  readonly limit?: string;
}

const LINES = 20;

/** `channels`: where notices go. */
export function channelsCommand({ say, act }: Frame): Command {
  const command = new Command('channels').description(say('help.channels'));
  const numbered = (name: string, key: Parameters<typeof say>[0]): Command =>
    new Command(name).description(say(key)).argument('<channel>', say('argument.channel'));
  const withSettings = (child: Command): Command =>
    child
      .addOption(new Option('--language <language>', say('option.channelLanguage')).choices(['en', 'zh']))
      .addOption(new Option('--least <severity>', say('option.channelLeast')).choices(SEVERITIES))
      .option('--disabled', say('option.channelOff'))
      .option('--url <address>', say('option.channelUrl'))
      .option('--mail-host <host>', say('option.mailHost'))
      .option('--mail-port <port>', say('option.mailPort'))
      .addOption(
        new Option('--security <way>', say('option.mailSecurity')).choices(['tls', 'starttls', 'none']),
      )
      .option('--user <name>', say('option.mailUser'))
      .option('--from <address>', say('option.mailFrom'))
      .option('--to <addresses>', say('option.mailTo'));

  const list = new Command('list').description(say('help.channelsList')).action(act(listChannels));
  const add = withSettings(
    new Command('add')
      .description(say('help.channelsAdd'))
      .argument('<name>', say('argument.channelName'))
      .requiredOption('--kind <kind>', say('option.channelKind')),
  )
    .option('--stdin', say('option.secretStdin'))
    .option('--no-secret', say('option.channelNoSecret'))
    .option('--author <name>', say('option.keptBy'))
    .action(act((context, name: string, options: AddOptions) => addChannel(context, name, options)));
  const set = withSettings(numbered('set', 'help.channelsSet'))
    .option('--enabled', say('option.channelOn'))
    .option('--name <name>', say('option.channelName'))
    .action(act((context, id: string, options: ChannelOptions) => setChannel(context, id, options)));
  const remove = numbered('remove', 'help.channelsRemove').action(
    act((context, id: string) => removeChannel(context, id)),
  );
  const test = numbered('test', 'help.channelsTest').action(
    act((context, id: string) => testChannel(context, id)),
  );
  const notices = new Command('notices')
    .description(say('help.channelsNotices'))
    .option('--channel <channel>', say('option.noticesOfChannel'))
    .option('--limit <count>', say('option.noticesLimit'))
    .action(act((context, options: NoticesOptions) => listNotices(context, options)));
  for (const child of [add, set, remove, test, notices]) command.addCommand(child);
  return command.addCommand(list, { isDefault: true });
}

function listChannels(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const { channels } = await api.channels();
    output.result({ channels });
    const keys = [
      'column.channelId',
      'column.name',
      'column.kind',
      'column.least',
      'column.sends',
      'column.hasSecret',
    ] as const;
    const yes = (is: boolean): string => say(is ? 'channels.yes' : 'channels.no');
    const rows = channels.map((one) => [
      String(one.id),
      one.name,
      one.kind,
      one.leastSeverity,
      yes(one.enabled),
      yes(one.hasSecret),
    ]);
    const titles = keys.map((key) => ({ title: say(key) }));
    output.line(rows.length === 0 ? say('channels.none') : table(titles, rows));
  });
}

async function addChannel(context: Context, name: string, options: AddOptions): Promise<number> {
  const { output, say } = context;
  const kind = kindOf(context, options.kind, CHANNEL_KINDS);
  const asked =
    options.secret === false ? '' : await typedSecret(options.stdin === true, questionOf(context, kind));
  const secret = asked === '' ? {} : { secret: asked };
  return asking(context, async (api) => {
    const body = bodyOf(context, name, kind, options);
    const made = await api.createChannel({ ...body, ...secret, author: authorOf(options) });
    output.result(made);
    output.line(say('channels.made', { name: made.name, id: made.id }));
  });
}

function questionOf({ say }: Context, kind: ChannelKind): string {
  if (kind === 'email') return say('channels.askPassword');
  return say(kind === 'webhook' ? 'channels.askKey' : 'channels.askRobot');
}

function setChannel(context: Context, id: string, options: ChannelOptions): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const number = wholeNumber(context, 'channel', id);
    const former: Channel = await api.channel(number);
    const changed = await api.updateChannel(number, changedBody(context, former, options));
    output.result(changed);
    output.line(say('channels.changed', { name: changed.name }));
  });
}

function removeChannel(context: Context, id: string): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const removed = await api.deleteChannel(wholeNumber(context, 'channel', id));
    output.result(removed);
    output.line(say('channels.removed', { name: removed.name }));
  });
}

async function testChannel(context: Context, id: string): Promise<number> {
  const { output, say } = context;
  let ok = false;
  await asking(context, async (api) => {
    const tested = await api.testChannel(wholeNumber(context, 'channel', id));
    ({ ok } = tested);
    output.result(tested);
    output.line(
      say(ok ? 'channels.tested' : 'channels.testFailed', { said: tested.said, ms: count(tested.ms) }),
    );
  });
  return ok ? EXIT.ok : EXIT.unavailable;
}

function listNotices(context: Context, options: NoticesOptions): Promise<number> {
  const { output, say, language } = context;
  return asking(context, async (api) => {
    const { notices, next } = await api.notices({
      limit: options.limit === undefined ? LINES : wholeNumber(context, '--limit', options.limit),
      ...(options.channel !== undefined && { channel: wholeNumber(context, '--channel', options.channel) }),
    });
    output.result({ notices, next });
    const keys = [
      'column.at',
      'column.channel',
      'column.severity',
      'column.notice',
      'column.state',
      'column.attempts',
      'column.error',
    ] as const;
    const rows = notices.map((one) => [
      instant(one.createdAt),
      one.channelName,
      one.severity,
      one.title[language],
      one.state,
      count(one.attempts),
      orDash(one.error),
    ]);
    const titles = keys.map((key) => ({ title: say(key) }));
    output.line(rows.length === 0 ? say('channels.noNotices') : table(titles, rows));
  });
}
