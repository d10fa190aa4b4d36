import { Command } from 'commander';
import type { RevisionList } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly symbol?: string;
  readonly day?: string;
  readonly since?: string;
  readonly until?: string;
  readonly before?: string;
  readonly limit?: string;
}

/** `revisions DATASET`: rows that were corrected, with what they were. */
export function revisionsCommand({ say, act }: Frame): Command {
  return new Command('revisions')
    .description(say('help.revisions'))
    .argument('<dataset>', say('argument.dataset'))
    .option('--symbol <symbol>', say('argument.symbol'))
    .option('--day <day>', say('argument.day'))
    .option('--since <time>', say('option.since'))
    .option('--until <time>', say('option.until'))
    .option('--before <id>', say('option.before'))
    .option('--limit <count>', say('option.limit'))
    .action(act((context, dataset: string, options: Options) => show(context, dataset, options)));
}

async function show(context: Context, name: string, options: Options): Promise<number> {
  const { output, say } = context;
  const query = {
    dataset: requireDataset(context, name),
    symbol: options.symbol,
    day: options.day,
    since: options.since,
    until: options.until,
    before: options.before === undefined ? undefined : wholeNumber(context, '--before', options.before),
    limit: options.limit === undefined ? 20 : wholeNumber(context, '--limit', options.limit),
  };
  const session = await openForReading(context);
  try {
    const found = await session.api.revisions(query);
    output.result(found);
    output.line(
      found.revisions.length === 0 ? say('revisions.none') : revisionTable(context, found.revisions),
    );
    if (found.next !== null) output.line(say('page.next', { id: found.next }));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function revisionTable({ say }: Context, revisions: RevisionList['revisions']): string {
  return table(
    [
      { title: say('column.id'), align: 'right' },
      { title: say('column.symbol') },
      { title: say('column.day') },
      { title: say('column.was') },
      { title: say('column.now') },
      { title: say('column.source') },
      { title: say('column.run'), align: 'right' },
      { title: say('column.from') },
      { title: say('column.until') },
    ],
    revisions.map(({ id, symbol, day, was, now, changed, source, runId, knownFrom, knownUntil }) => [
      String(id),
      symbol,
      day,
      changed.map((column) => `${column} ${valueText(was[column])}`).join(', '),
      changed.map((column) => valueText(now?.[column])).join(', '),
      source,
      String(runId),
      instant(knownFrom),
      instant(knownUntil),
    ]),
  );
}

/** A value of a row; those of JSON columns as JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
