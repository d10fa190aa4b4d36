import { Command } from 'commander';
import type { Statistics } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, orDash, percent, size } from '../output/format.ts';
import { table } from '../output/table.ts';
import { openForReading } from '../session.ts';

/** `statistics`: the newest figures of each data set. */
export function statisticsCommand({ say, act }: Frame): Command {
  return new Command('statistics')
    .description(say('help.statistics'))
    .action(act((context) => show(context)));
}

async function show(context: Context): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const statistics = await session.api.statistics();
    output.result(statistics);
    if (statistics.tables.length === 0) output.line(say('statistics.none'));
    else output.line(tableOf(context, statistics));
    if (statistics.tables.some(({ rowsExact }) => !rowsExact)) output.line(say('statistics.estimated'));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function tableOf({ say }: Context, { tables }: Statistics): string {
  return table(
    [
      { title: say('column.dataset') },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.tableSize'), align: 'right' },
      { title: say('column.symbols'), align: 'right' },
      { title: say('column.span') },
      { title: say('column.covered'), align: 'right' },
      { title: say('column.lastRunOf') },
      { title: say('column.countedOn') },
    ],
    tables.map((one) => [
      one.dataset,
      `${one.rowsExact ? '' : '~'}${count(one.rows)}`,
      size(one.bytes),
      orDash(one.symbols),
      one.firstDay === null ? '-' : `${one.firstDay} – ${one.lastDay}`,
      one.expectedCells === null || one.gapCells === null
        ? '-'
        : percent(one.expectedCells - one.gapCells, one.expectedCells),
      one.lastRun === null ? '-' : `${one.lastRun.id} ${one.lastRun.state}`,
      one.takenOn,
    ]),
  );
}
