import type { Statistics } from '@tapekeeper/contract';
import type { Context } from '../context.ts';
import { count, orDash, percent, size } from './format.ts';
import { table } from './table.ts';

/** The newest figures of each data set. */
export function tableSizes({ say }: Context, { tables }: Statistics): string {
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
