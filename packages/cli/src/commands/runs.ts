import { Command } from 'commander';
import { runStateSchema, type Run } from '@tapekeeper/contract';
import { AppError, EXIT, type RunState } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { requireDataset } from '../requireDataset.ts';
import { count, duration, instant, orDash } from '../output/format.ts';
import { runDetails } from '../output/runDetails.ts';
import { stateText } from '../output/style.ts';
import { table } from '../output/table.ts';
import { openForReading } from '../session.ts';
import { spanOf, subjectOf } from '../output/runSubject.ts';
import { runControlCommands } from './runControl.ts';
import { runLogCommand } from './runLog.ts';

interface Options {
  readonly state?: string;
  readonly dataset?: string;
  readonly limit?: string;
}

const DEFAULT_LIMIT = 20;

/** `runs`: what was done lately; `runs 12`: one of them, symbol by symbol where there is something to say. */
export function runsCommand(frame: Frame): Command {
  const { say, act } = frame;
  const command = new Command('runs')
    .description(say('help.runs'))
    .argument('[run]', say('argument.run'))
    .option('--state <states>', say('option.state'))
    .option('--dataset <name>', say('option.dataset'))
    .option('--limit <count>', say('option.limit'))
    .action(act((context, run: string | undefined, options: Options) => showRuns(context, run, options)))
    .addCommand(runLogCommand(frame));
  for (const child of runControlCommands(frame)) command.addCommand(child);
  return command;
}

async function showRuns(context: Context, run: string | undefined, options: Options): Promise<number> {
  const id = run === undefined ? undefined : wholeNumber(context, 'RUN', run);
  const query = {
    limit: options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(context, '--limit', options.limit),
    ...(options.state !== undefined && { states: statesOf(context, options.state) }),
    ...(options.dataset !== undefined && { dataset: requireDataset(context, options.dataset) }),
  };
  const session = await openForReading(context);
  try {
    if (id !== undefined) await runDetails(context, session.api, await session.api.run(id));
    else showList(context, await session.api.runs(query));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function statesOf(context: Context, text: string): readonly RunState[] {
  return text.split(',').map((word) => {
    const state = runStateSchema.safeParse(word.trim());
    if (state.success) return state.data;
    const known = runStateSchema.options.join(', ');
    throw new AppError('usage', { problem: context.say('usage.state', { word, known }), command: 'runs ' });
  });
}

function showList(
  { output, say }: Context,
  list: { readonly runs: readonly Run[]; readonly next: number | null },
): void {
  output.result(list);
  if (list.runs.length === 0) {
    output.line(say('runs.none'));
    return;
  }
  output.line(
    table(
      [
        { title: say('column.run'), align: 'right' },
        { title: say('column.dataset') },
        { title: say('column.span') },
        { title: say('column.state') },
        { title: say('column.items'), align: 'right' },
        { title: say('column.failed'), align: 'right' },
        { title: say('column.rows'), align: 'right' },
        { title: say('column.took'), align: 'right' },
        { title: say('column.started') },
      ],
      list.runs.map((run) => [
        String(run.id),
        run.parentRunId === null ? subjectOf(run) : `  ${subjectOf(run)}`,
        spanOf(run),
        stateText(run.state),
        count(run.progress.itemsTotal),
        orDash(run.progress.itemsFailed || null),
        count(run.rowsWritten),
        run.runningMs === null ? '-' : duration(run.runningMs),
        instant(run.startedAt),
      ]),
    ),
  );
}
