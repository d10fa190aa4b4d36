import { Command } from 'commander';
import type { DatasetCoverage } from '@tapekeeper/contract';
import { cellsOf, EXIT } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash, percent } from '../output/format.ts';
import { bold } from '../output/style.ts';
import { table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
}

/** `coverage [DATASET]`: how complete and fresh the data are, and where the worst gaps lie. */
export function coverageCommand({ say, act }: Frame): Command {
  return new Command('coverage')
    .description(say('help.coverage'))
    .argument('[dataset]', say('argument.dataset'))
    .option('--from <day>', say('option.from'))
    .option('--to <day>', say('option.to'))
    .action(
      act((context, dataset: string | undefined, options: Options) =>
        showCoverage(context, dataset, options),
      ),
    );
}

async function showCoverage(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { output } = context;
  const dataset = name === undefined ? undefined : requireDataset(context, name);
  const session = await openForReading(context);
  try {
    const coverage = await session.api.coverage({ dataset, from: options.from, to: options.to });
    const grids = coverage.datasets.filter((one) => isGrid(one));
    const lists = coverage.datasets.filter((one) => !isGrid(one));
    output.result(coverage);
    if (grids.length > 0) output.line(gridTable(context, grids));
    if (grids.length > 0 && lists.length > 0) output.line();
    if (lists.length > 0) output.line(listTable(context, lists));
    for (const grid of grids) {
      if (grid.worst.length > 0) output.line(`\n${gapsOf(context, grid)}`);
    }
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function isGrid({ dataset }: DatasetCoverage): boolean {
  return cellsOf(dataset) !== undefined;
}

function gridTable({ say }: Context, grids: readonly DatasetCoverage[]): string {
  return table(
    [
      { title: say('column.dataset') },
      { title: say('column.span') },
      { title: say('column.covered'), align: 'right' },
      { title: say('column.expected'), align: 'right' },
      { title: say('column.suspended'), align: 'right' },
      { title: say('column.absent'), align: 'right' },
      { title: say('column.gaps'), align: 'right' },
      { title: say('column.newestComplete') },
    ],
    grids.map(({ dataset, from, to, cells, newestCompleteDay }) => [
      dataset,
      from === null || to === null ? '-' : `${from} – ${to}`,
      cells === null ? '-' : percent(cells.expected - cells.gaps, cells.expected),
      orDash(cells?.expected),
      orDash(cells?.suspended),
      orDash(cells?.absent),
      orDash(cells?.gaps),
      orDash(newestCompleteDay),
    ]),
  );
}

function listTable({ say }: Context, lists: readonly DatasetCoverage[]): string {
  return table(
    [
      { title: say('column.list') },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.freshAsOf') },
      { title: say('column.through') },
    ],
    lists.map(({ dataset, estimatedRows, freshAsOf, throughDay }) => [
      dataset,
      orDash(estimatedRows || null),
      instant(freshAsOf),
      orDash(throughDay),
    ]),
  );
}

function gapsOf({ say }: Context, { dataset, worst, symbolsWithGaps }: DatasetCoverage): string {
  const head = bold(say('coverage.worst', { dataset, symbols: count(symbolsWithGaps) }));
  const rows = table(
    [
      { title: say('column.symbol') },
      { title: say('column.gaps'), align: 'right' },
      { title: say('column.span') },
    ],
    worst.map(({ symbol, gaps, first, last }) => [symbol, count(gaps), `${first} – ${last}`]),
  );
  return `${head}\n${rows}\n${say('coverage.repair', { dataset })}`;
}
