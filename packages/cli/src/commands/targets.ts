import { Command } from 'commander';
import { AppError } from '@tapekeeper/core';
import { asking } from '../asking.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count } from '../output/format.ts';
import { table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { authorOf } from './accept.ts';

interface SetOptions {
  readonly share?: string;
  readonly objective?: string;
  readonly author?: string;
}

/** `targets`: by when the days of data sets have to be complete, and how often they were. */
export function targetsCommand({ say, act }: Frame): Command {
  const command = new Command('targets').description(say('help.targets'));
  command.addCommand(
    new Command('list')
      .description(say('help.targetsList'))
      .option('--month <month>', say('option.month'))
      .action(act((context, options: { month?: string }) => list(context, options.month))),
    { isDefault: true },
  );
  command.addCommand(
    new Command('set')
      .description(say('help.targetsSet'))
      .argument('<dataset>', say('argument.dataset'))
      .argument('<due>', say('argument.due'))
      .option('--share <part>', say('option.share'))
      .option('--objective <part>', say('option.objective'))
      .option('--author <name>', say('option.author'))
      .action(
        act((context, dataset: string, due: string, options: SetOptions) =>
          set(context, dataset, due, options),
        ),
      ),
  );
  command.addCommand(
    new Command('clear')
      .description(say('help.targetsClear'))
      .argument('<dataset>', say('argument.dataset'))
      .action(act((context, dataset: string) => clear(context, dataset))),
  );
  return command;
}

function list(context: Context, month: string | undefined): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const found = await api.targets({ month });
    output.result(found);
    if (found.targets.length === 0) {
      output.line(say('targets.none'));
      return;
    }
    const columns = [
      { title: say('column.dataset') },
      { title: say('column.due') },
      { title: say('column.share'), align: 'right' },
      { title: say('column.objective'), align: 'right' },
      { title: say('column.missed'), align: 'right' },
      { title: say('column.allowed'), align: 'right' },
      { title: say('column.attained'), align: 'right' },
      { title: '' },
    ] as const;
    output.line(
      table(
        columns,
        found.targets.map(({ dataset, due, share, objective, budget, isDefault }) => [
          dataset,
          due,
          partText(share),
          partText(objective),
          count(budget.missed),
          count(budget.allowed),
          budget.attained === null ? '-' : partText(budget.attained),
          isDefault ? say('targets.default') : '',
        ]),
      ),
    );
  });
}

function set(context: Context, name: string, due: string, options: SetOptions): Promise<number> {
  const { output, say } = context;
  const dataset = requireDataset(context, name);
  const share = options.share === undefined ? undefined : part(context, '--share', options.share);
  const objective =
    options.objective === undefined ? undefined : part(context, '--objective', options.objective);
  return asking(context, async (api) => {
    const target = await api.setTarget(dataset, {
      due,
      ...(share !== undefined && { share }),
      ...(objective !== undefined && { objective }),
      author: authorOf(options),
    });
    output.result(target);
    output.line(say('targets.set', { dataset, due: target.due }));
  });
}

function clear(context: Context, name: string): Promise<number> {
  const { output, say } = context;
  const dataset = requireDataset(context, name);
  return asking(context, async (api) => {
    output.result(await api.clearTarget(dataset));
    output.line(say('targets.cleared', { dataset }));
  });
}

function part({ say }: Context, name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new AppError('usage', { problem: say('usage.number', { name, text }), command: 'targets set ' });
}

/** `99 %`, `99.5 %` */
function partText(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}
