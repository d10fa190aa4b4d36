import { Command } from 'commander';
import type { Cell } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant, orDash } from '../output/format.ts';
import { cellStatusText } from '../output/style.ts';
import { pairs, table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly dataset: string;
}

/** `why SYMBOL DAY`: everything that is known of one cell, and the reason of its state. */
export function whyCommand({ say, act }: Frame): Command {
  return new Command('why')
    .description(say('help.why'))
    .argument('<symbol>', say('argument.symbol'))
    .argument('<day>', say('argument.day'))
    .option('--dataset <name>', say('option.dataset'), 'daily_bars')
    .action(
      act((context, symbol: string, day: string, options: Options) => explain(context, symbol, day, options)),
    );
}

async function explain(context: Context, symbol: string, day: string, options: Options): Promise<number> {
  const { output } = context;
  const dataset = requireDataset(context, options.dataset);
  const session = await openForReading(context);
  try {
    const cell = await session.api.cell(dataset, symbol, day);
    output.result(cell);
    output.line(cellText(context, cell));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function cellText(context: Context, cell: Cell): string {
  const { say, language } = context;
  const parts = [
    `${cell.symbol}  ${cell.name}  ${cell.day}  ${cell.dataset}`,
    `${cellStatusText(cell.status)}  ${cell.because[language]}`,
    cell.row === null ? undefined : rowText(context, cell),
    section(say('why.revisions'), revisionTable(context, cell)),
    section(say('why.quarantined'), quarantineTable(context, cell)),
    section(say('why.flags'), flagTable(context, cell)),
    section(say('why.failures'), failureTable(context, cell)),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function rowText({ say }: Context, cell: Cell): string {
  const origin = pairs([
    [say('why.source'), orDash(cell.source)],
    [say('why.run'), orDash(cell.runId)],
    [say('why.knownSince'), instant(cell.knownAt)],
  ]);
  const values = Object.entries(cell.row ?? {}).filter(
    ([name, value]) => !KEYS.includes(name) && value !== null,
  );
  return `${origin}\n\n${pairs(values.map(([name, value]) => [name, String(value)]))}`;
}

/** Columns that the head of the answer shows. */
const KEYS: readonly string[] = ['symbol', 'trade_date'];

function section(title: string, content: string | undefined): string | undefined {
  return content === undefined ? undefined : `${title}\n${content}`;
}

function revisionTable({ say }: Context, cell: Cell): string | undefined {
  if (cell.revisions.length === 0) return undefined;
  return table(
    [
      { title: say('column.from') },
      { title: say('column.until') },
      { title: say('column.source') },
      { title: say('column.run'), align: 'right' },
      { title: say('column.was') },
    ],
    cell.revisions.map(({ was, source, runId, knownFrom, knownUntil }) => [
      instant(knownFrom),
      instant(knownUntil),
      source,
      String(runId),
      changesOf(was, cell.row),
    ]),
  );
}

/** Only what differs from the row of today; a revision repeats most of it. */
function changesOf(was: Readonly<Record<string, unknown>>, now: Cell['row']): string {
  return Object.entries(was)
    .filter(([name, value]) => value !== (now?.[name] ?? null))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function quarantineTable({ say }: Context, cell: Cell): string | undefined {
  if (cell.quarantined.length === 0) return undefined;
  return table(
    [
      { title: say('column.rule') },
      { title: say('column.detail') },
      { title: say('column.source') },
      { title: say('column.at') },
    ],
    cell.quarantined.map(({ rule, detail, source, at }) => [rule, orDash(detail), source, instant(at)]),
  );
}

function flagTable({ say }: Context, cell: Cell): string | undefined {
  if (cell.flags.length === 0) return undefined;
  return table(
    [{ title: say('column.rule') }, { title: say('column.detail') }],
    cell.flags.map(({ rule, detail }) => [rule, orDash(detail)]),
  );
}

function failureTable({ say }: Context, cell: Cell): string | undefined {
  if (cell.failures.length === 0) return undefined;
  return table(
    [
      { title: say('column.run'), align: 'right' },
      { title: say('column.source') },
      { title: say('column.error') },
      { title: say('column.at') },
    ],
    cell.failures.map(({ runId, source, code, message, at }) => [
      String(runId),
      source,
      message === null ? code : `${code}: ${message}`,
      instant(at),
    ]),
  );
}
