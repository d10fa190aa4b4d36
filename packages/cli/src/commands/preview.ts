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
import { previewTrigger, type PreviewMoment } from '@tapekeeper/server/upkeep/previewTrigger';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { bold } from '../output/style.ts';
import { table } from '../output/table.ts';
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

/** `preview`: when a trigger is due, from the calendar at hand; no installation is needed. */
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
    .action(act((context, options: Options) => Promise.resolve(preview(context, options))));
}

function preview(context: Context, options: Options): number {
  const { output, language } = context;
  const zone = requireZone(options.tz);
  const from = options.from === undefined ? Date.now() : readTime(options.from, zone);
  const trigger = triggerOf(context, options, zone, from);
  const schedule = { ...scheduleOf(trigger), tradingDaysOnly: options.tradingDays === true };
  const { words, moments } = previewTrigger({ schedule, from, count: countOf(context, options.count) });
  if (output.json) output.result(moments.map((moment) => result(moment, zone)));
  else output.line(`${bold(words[language])}\n\n${momentTable(context, moments, zone)}`);
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
function result({ at, day, assumed }: PreviewMoment, zone: Zone): object {
  return { at: isoInstant(at), local: isoLocal(at, zone), day, assumed };
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

/** `2026-11-23T15:30:00+08:00` */
function isoLocal(at: Instant, zone: Zone): string {
  const offset = zone.offsetAt(at);
  const sign = offset < 0 ? '-' : '+';
  return isoInstant(zone.wallAt(at)).slice(0, 19) + sign + isoInstant(Math.abs(offset)).slice(11, 16);
}

function usage(problem: string): AppError {
  return new AppError('usage', { problem, command: 'preview ' });
}
