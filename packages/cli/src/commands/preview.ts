import { Command } from 'commander';
import {
  AppError,
  DEFAULT_ZONE,
  EXIT,
  isoInstant,
  localTime,
  parseDuration,
  readTime,
  requireZone,
  scheduleOf,
  weekday,
  type Instant,
  type Trigger,
  type Zone,
} from '@tapekeeper/core';
import { previewTrigger } from '@tapekeeper/server/upkeep/previewTrigger';
import { wholeNumber } from '../arguments.ts';
import { askPreview, type PreviewMoment } from '../askPreview.ts';
import { askServer, createClient } from '@tapekeeper/client';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { bold } from '../output/style.ts';
import { table } from '../output/table.ts';
import { serverOf } from '../session.ts';
import type { TextKey } from '../texts.ts';

interface Options {
  readonly cron?: string;
  readonly session?: string;
  readonly interval?: string;
  readonly anchor?: string;
  readonly tz: string;
  readonly from?: string;
  readonly count: string;
  readonly tradingDays?: boolean;
}

const MOST_MOMENTS = 10_000;

/**
 * `preview`: when a trigger is due. A server that runs is asked, since its calendar has what people have
 * corrected; none is started, and none is needed.
 */
export function previewCommand({ say, act }: Frame): Command {
  return new Command('preview')
    .description(say('help.preview'))
    .option('--cron <expression>', say('option.previewCron'))
    .option('--session <rule>', say('option.previewSession'))
    .option('--interval <time>', say('option.previewInterval'))
    .option('--anchor <time>', say('option.previewAnchor'))
    .option('--tz <zone>', say('option.previewTz'), DEFAULT_ZONE)
    .option('--from <time>', say('option.previewFrom'))
    .option('--count <number>', say('option.previewCount'), '10')
    .option('--trading-days', say('option.previewTradingDays'))
    .action(act((context, options: Options) => preview(context, options)));
}

async function preview(context: Context, options: Options): Promise<number> {
  const { output, language, say } = context;
  const zone = requireZone(options.tz);
  const from = options.from === undefined ? Date.now() : readTime(options.from, zone);
  const trigger = triggerOf(context, options, zone, from);
  const schedule = { ...scheduleOf(trigger), tradingDaysOnly: options.tradingDays === true };
  const count = countOf(context, options.count);
  const found = await serverOf(context);
  const question = { schedule, from, count, key: null, zone };
  const { words, moments } =
    found === undefined
      ? previewTrigger(question)
      : await askPreview(createClient(askServer(found)), question);
  if (moments.length === 0) throw new AppError('trigger_never_due', { years: 5, from: isoInstant(from) });
  if (output.json) {
    output.result(moments.map(result));
    return EXIT.ok;
  }
  output.line(`${bold(words[language])}\n\n${momentTable(context, moments, zone)}`);
  output.note(found === undefined ? say('preview.builtin') : say('preview.server', { url: found.url }));
  return EXIT.ok;
}

function triggerOf({ say }: Context, options: Options, zone: Zone, from: Instant): Trigger {
  const { cron, session, interval, anchor } = options;
  const given = [cron, session, interval].filter((one) => one !== undefined);
  if (given.length !== 1) throw usage(say('usage.previewKind'));
  if (anchor !== undefined && interval === undefined) throw usage(say('usage.previewAnchor'));
  if (cron !== undefined) return { kind: 'cron', expression: cron, zone: zone.name };
  if (session !== undefined) return { kind: 'session', rule: session };
  const everySeconds = parseDuration(interval ?? '');
  if (everySeconds === undefined) throw usage(say('usage.previewInterval', { text: interval ?? '' }));
  return { kind: 'interval', everySeconds, anchor: anchor === undefined ? from : readTime(anchor, zone) };
}

function countOf(context: Context, text: string): number {
  const count = wholeNumber(context, '--count', text);
  if (count >= 1 && count <= MOST_MOMENTS) return count;
  throw usage(context.say('usage.previewCount', { most: MOST_MOMENTS }));
}

/** What programs are told of a moment; `at` comes first. */
function result({ at, local, day, assumed }: PreviewMoment): object {
  return { at: isoInstant(at), local, day, assumed };
}

function momentTable({ say }: Context, moments: readonly PreviewMoment[], zone: Zone): string {
  return table(
    [
      { title: `${say('column.local')} (${zone.name})` },
      { title: say('column.weekday') },
      { title: say('column.utc') },
      { title: say('column.note') },
    ],
    moments.map((moment) => [
      localTime(moment.at, zone),
      say(WEEKDAYS[weekday(zone.dayAt(moment.at))] ?? 'weekday.0'),
      isoInstant(moment.at).replace('.000Z', 'Z'),
      noteOf(say, moment, zone),
    ]),
  );
}

/** What one might not expect: a day that nobody has announced, or a session of another day. */
function noteOf(say: Context['say'], { at, day, assumed }: PreviewMoment, zone: Zone): string {
  const notes = [
    zone.name === DEFAULT_ZONE && zone.dayAt(at) !== day ? say('preview.ofDay', { day }) : '',
    assumed ? say('preview.assumed') : '',
  ];
  return notes.filter((note) => note !== '').join(', ');
}

const WEEKDAYS: readonly TextKey[] = [
  'weekday.0',
  'weekday.1',
  'weekday.2',
  'weekday.3',
  'weekday.4',
  'weekday.5',
  'weekday.6',
];

function usage(problem: string): AppError {
  return new AppError('usage', { problem, command: 'preview ' });
}
