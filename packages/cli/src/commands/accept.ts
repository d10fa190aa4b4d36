import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { AcceptedHole, HoleReport } from '@tapekeeper/contract';
import { AppError, EXIT } from '@tapekeeper/core';
import { symbolList, wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly symbols?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly author?: string;
  readonly dryRun?: boolean;
  readonly list?: boolean;
  readonly revoke?: string;
}

/** `accept DATASET`: gaps that are to be counted no longer; `--list` and `--revoke` for what has been accepted. */
export function acceptCommand({ say, act }: Frame): Command {
  return new Command('accept')
    .description(say('help.accept'))
    .argument('[dataset]', say('argument.dataset'))
    .option('--symbols <list>', say('option.symbols'))
    .option('--from <day>', say('option.from'))
    .option('--to <day>', say('option.acceptTo'))
    .option('--reason <text>', say('option.reason'))
    .option('--author <name>', say('option.author'))
    .option('--dry-run', say('option.dryRun'))
    .option('--list', say('option.acceptList'))
    .option('--revoke <id>', say('option.revoke'))
    .action(
      act((context, dataset: string | undefined, options: Options) => accept(context, dataset, options)),
    );
}

async function accept(context: Context, name: string | undefined, options: Options): Promise<number> {
  const dataset = name === undefined ? undefined : requireDataset(context, name);
  if (options.revoke !== undefined) return revoke(context, options.revoke, options);
  if (options.list === true) return list(context, dataset);
  const { output } = context;
  const body = {
    dataset: required(context, 'accept', 'DATASET', dataset),
    symbols: options.symbols === undefined ? undefined : [...(await symbolList(context, options.symbols))],
    from: required(context, 'accept', '--from', options.from),
    to: options.to,
    reason: required(context, 'accept', '--reason', options.reason),
    author: authorOf(options),
    dryRun: options.dryRun ?? false,
  };
  const session = await openForReading(context);
  try {
    const report = await session.api.acceptHole(body);
    output.result(report);
    output.line(reportText(context, report, body.dryRun));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function reportText({ say }: Context, report: HoleReport, isDryRun: boolean): string {
  const { cells, hole, openDays, first } = report;
  const others = {
    covered: count(cells.covered),
    suspended: count(cells.suspended),
    absent: count(cells.absent),
    accepted: count(cells.accepted),
  };
  const lines = [
    hole !== null
      ? say('accept.done', { cells: count(hole.cells), id: hole.id })
      : cells.gaps === 0
        ? say('accept.nothing')
        : say('accept.would', { cells: count(cells.gaps) }),
    ...(cells.expected > cells.gaps ? [say('accept.others', others)] : []),
    ...(openDays > 0 ? [say('accept.openDays', { days: openDays })] : []),
    ...(isDryRun ? first.map(({ symbol, day }) => `  ${symbol}  ${day}`) : []),
  ];
  return lines.join('\n');
}

async function list(context: Context, dataset: string | undefined): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const found = await session.api.acceptedHoles({ dataset });
    output.result(found);
    output.line(found.holes.length === 0 ? say('accept.none') : holeTable(context, found.holes));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function holeTable({ say }: Context, holes: readonly AcceptedHole[]): string {
  return table(
    [
      { title: say('column.id'), align: 'right' },
      { title: say('column.dataset') },
      { title: say('column.symbols') },
      { title: say('column.span') },
      { title: say('column.cells'), align: 'right' },
      { title: say('column.reason') },
      { title: say('column.author') },
      { title: say('column.at') },
      { title: say('column.revoked') },
    ],
    holes.map((hole) => [
      String(hole.id),
      hole.dataset,
      hole.symbols === null ? say('run.allSymbols') : shortList(hole.symbols),
      `${hole.from} – ${hole.to}`,
      count(hole.cells),
      hole.reason,
      hole.author,
      instant(hole.at),
      orDash(hole.revokedBy),
    ]),
  );
}

function shortList(symbols: readonly string[]): string {
  return symbols.length <= 2 ? symbols.join(' ') : `${symbols.slice(0, 2).join(' ')} +${symbols.length - 2}`;
}

async function revoke(context: Context, text: string, options: Options): Promise<number> {
  const { output, say } = context;
  const id = wholeNumber(context, '--revoke', text);
  const session = await openForReading(context);
  try {
    const hole = await session.api.revokeHole(id, authorOf(options));
    output.result(hole);
    output.line(say('accept.revoked', { id, cells: count(hole.cells) }));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** Who gives the command: the one who is named, else the user of this machine. */
export function authorOf({ author }: { readonly author?: string | undefined }): string {
  return author ?? userInfo().username;
}

/** What a command cannot do without. Throws `usage`. */
export function required<T>({ say }: Context, command: string, what: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new AppError('usage', { problem: say('usage.missingArgument', { what }), command: `${command} ` });
}
