import { Command } from 'commander';
import type { QuarantinedRow } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { pairs, table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';
import { authorOf, required } from './accept.ts';
import { valueText } from './revisions.ts';

interface ListOptions {
  readonly dataset?: string;
  readonly rule?: string;
  readonly source?: string;
  readonly run?: string;
  readonly symbol?: string;
  readonly state?: string;
  readonly before?: string;
  readonly limit?: string;
}

interface SettleOptions {
  readonly author?: string;
  readonly reason?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** `quarantine`: refused rows, one of them, how many; and what a person decides about them. */
export function quarantineCommand({ say, act }: Frame): Command {
  const command = new Command('quarantine').description(say('help.quarantine'));
  command.addCommand(
    new Command('list')
      .description(say('help.quarantineList'))
      .option('--dataset <name>', say('option.dataset'))
      .option('--rule <name>', say('option.rule'))
      .option('--source <name>', say('option.ofSource'))
      .option('--run <run>', say('argument.run'))
      .option('--symbol <symbol>', say('argument.symbol'))
      .option('--state <state>', say('option.quarantineState'))
      .option('--before <id>', say('option.before'))
      .option('--limit <count>', say('option.limit'))
      .action(act((context, options: ListOptions) => list(context, options))),
    { isDefault: true },
  );
  command.addCommand(
    new Command('show')
      .description(say('help.quarantineShow'))
      .argument('<id>', say('argument.rowId'))
      .action(act((context, id: string) => show(context, id))),
  );
  command.addCommand(
    new Command('counts')
      .description(say('help.quarantineCounts'))
      .action(act((context) => showCounts(context))),
  );
  command.addCommand(
    new Command('release')
      .description(say('help.quarantineRelease'))
      .argument('<ids...>', say('argument.rowIds'))
      .option('--force', say('option.forceRelease'))
      .option('--reason <text>', say('option.reason'))
      .option('--author <name>', say('option.author'))
      .option('--dry-run', say('option.dryRun'))
      .action(
        act((context, ids: readonly string[], options: SettleOptions) => release(context, ids, options)),
      ),
  );
  command.addCommand(
    new Command('discard')
      .description(say('help.quarantineDiscard'))
      .argument('<ids...>', say('argument.rowIds'))
      .option('--reason <text>', say('option.reason'))
      .option('--author <name>', say('option.author'))
      .action(
        act((context, ids: readonly string[], options: SettleOptions) => discard(context, ids, options)),
      ),
  );
  return command;
}

async function list(context: Context, options: ListOptions): Promise<number> {
  const { output, say } = context;
  const number = (name: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : wholeNumber(context, name, text);
  const query = {
    dataset: options.dataset === undefined ? undefined : requireDataset(context, options.dataset),
    rule: options.rule,
    source: options.source,
    symbol: options.symbol,
    state: options.state,
    run: number('--run', options.run),
    before: number('--before', options.before),
    limit: number('--limit', options.limit) ?? 20,
  };
  const session = await openForReading(context);
  try {
    const found = await session.api.quarantine(query);
    output.result(found);
    output.line(found.rows.length === 0 ? say('quarantine.none') : rowTable(context, found.rows));
    if (found.next !== null) output.line(say('page.next', { id: found.next }));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function rowTable({ say }: Context, rows: readonly QuarantinedRow[]): string {
  return table(
    [
      { title: say('column.id'), align: 'right' },
      { title: say('column.dataset') },
      { title: say('column.symbol') },
      { title: say('column.day') },
      { title: say('column.rule') },
      { title: say('column.detail') },
      { title: say('column.source') },
      { title: say('column.run'), align: 'right' },
      { title: say('column.at') },
    ],
    rows.map((row) => [
      String(row.id),
      row.dataset,
      orDash(row.symbol),
      orDash(row.day),
      row.rule,
      orDash(row.detail),
      row.source,
      String(row.runId),
      instant(row.at),
    ]),
  );
}

async function show(context: Context, text: string): Promise<number> {
  const { output, say, language } = context;
  const id = wholeNumber(context, 'ID', text);
  const session = await openForReading(context);
  try {
    const row = await session.api.quarantinedRow(id);
    output.result(row);
    output.line(rowTable(context, [row]));
    if (row.wants !== null)
      output.line(`\n${say('quarantine.wants', { rule: row.rule, wants: row.wants[language] })}`);
    if (row.settledAt !== null) {
      const [by, reason] = [row.settledBy ?? '', row.settledReason ?? ''];
      output.line(say('quarantine.settled', { state: row.state, at: instant(row.settledAt), by, reason }));
    }
    output.line(`\n${pairs(Object.entries(row.row).map(([name, value]) => [name, valueText(value)]))}`);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function showCounts(context: Context): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const { counts, upTo } = await session.api.quarantineCounts();
    output.result({ counts, upTo });
    const rows = counts.map((one) => [
      one.dataset,
      one.rule,
      one.rows < upTo ? count(one.rows) : `≥ ${count(upTo)}`,
    ]);
    const columns = [
      { title: say('column.dataset') },
      { title: say('column.rule') },
      { title: say('column.rows'), align: 'right' as const },
    ];
    output.line(rows.length === 0 ? say('quarantine.none') : table(columns, rows));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function release(context: Context, ids: readonly string[], options: SettleOptions): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const released = await session.api.releaseQuarantine({
      ids: numbersOf(context, ids),
      author: authorOf(options),
      force: options.force ?? false,
      reason:
        options.force === true
          ? required(context, 'quarantine release', '--reason', options.reason)
          : options.reason,
      dryRun: options.dryRun ?? false,
    });
    output.result(released);
    const columns = ['column.id', 'column.outcome', 'column.rule', 'column.detail'] as const;
    output.line(
      table(
        columns.map((key) => ({ title: say(key) })),
        released.rows.map((row) => [String(row.id), row.outcome, orDash(row.rule), orDash(row.detail)]),
      ),
    );
    return released.rows.every(({ outcome }) => outcome === 'released' || outcome === 'forced')
      ? EXIT.ok
      : EXIT.partial;
  } finally {
    await session.close();
  }
}

async function discard(context: Context, ids: readonly string[], options: SettleOptions): Promise<number> {
  const { output, say } = context;
  const reason = required(context, 'quarantine discard', '--reason', options.reason);
  const wanted = numbersOf(context, ids);
  const session = await openForReading(context);
  try {
    const discarded = await session.api.discardQuarantine({ ids: wanted, author: authorOf(options), reason });
    output.result(discarded);
    output.line(say('quarantine.discarded', { done: discarded.ids.length, asked: wanted.length }));
    return discarded.ids.length === wanted.length ? EXIT.ok : EXIT.partial;
  } finally {
    await session.close();
  }
}

function numbersOf(context: Context, ids: readonly string[]): number[] {
  return [...new Set(ids.flatMap((text) => text.split(',')).map((text) => wholeNumber(context, 'ID', text)))];
}
