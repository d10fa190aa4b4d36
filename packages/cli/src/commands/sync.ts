import { Command } from 'commander';
import type { NewRunBody } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { symbolList } from '../arguments.ts';
import { collect } from '../collect.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunText } from '../output/dryRunText.ts';
import { endOfRuns } from '../output/endOfRuns.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';

export interface SyncOptions {
  readonly from?: string;
  readonly to?: string;
  readonly symbols?: string;
  readonly set?: string;
  readonly source?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Undefined is yes. */
  readonly wait?: boolean;
}

/** `sync DATASET`: collects what is missing, in the running server or here. */
export function syncCommand({ say, act }: Frame): Command {
  const command = new Command('sync')
    .description(say('help.sync'))
    .argument('<dataset>', say('argument.dataset'));
  return withSyncOptions(command, say).action(
    act((context, dataset: string, options: SyncOptions) => sync(context, dataset, options)),
  );
}

/** The options that sync and repair share. */
export function withSyncOptions(command: Command, say: Frame['say']): Command {
  return command
    .option('--from <day>', say('option.syncFrom'))
    .option('--to <day>', say('option.syncTo'))
    .option('--symbols <list>', say('option.symbols'))
    .option('--set <name>', say('option.set'))
    .option('--source <list>', say('option.source'))
    .option('--force', say('option.force'))
    .option('--dry-run', say('option.dryRun'))
    .option('--wait', say('option.wait'))
    .option('--no-wait', say('option.noWait'));
}

async function sync(context: Context, name: string, options: SyncOptions): Promise<number> {
  const body = await bodyOf(context, 'sync', requireDataset(context, name), options);
  if (options.dryRun === true) return showPlans(context, [body]);
  const wait = options.wait !== false;
  const collected = await collect(context, wait, async () => [body]);
  const [run] = collected.runs;
  context.output.result({ run: run ?? null, stopped: collected.stopped });
  return endOfRuns(context, collected, wait);
}

/** The wish of a command line, as the interface takes it. */
export async function bodyOf(
  context: Context,
  type: 'sync' | 'repair',
  dataset: string,
  options: SyncOptions,
): Promise<NewRunBody> {
  return {
    type,
    dataset,
    from: options.from,
    to: options.to,
    symbols: options.symbols === undefined ? undefined : [...(await symbolList(context, options.symbols))],
    set: options.set,
    sources: options.source?.split(',').map((source) => source.trim()),
    force: options.force ?? false,
  };
}

/** What would be done, without doing it. */
export async function showPlans(context: Context, bodies: readonly NewRunBody[]): Promise<number> {
  const session = await openForReading(context);
  try {
    for (const body of bodies) {
      const plan = await session.api.planRun(body);
      context.output.line(dryRunText(context, plan));
      context.output.result(plan);
    }
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
