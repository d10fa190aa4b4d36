import Table from 'cli-table3';
import { bold } from './style.ts';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
}

/** No lines, two spaces between columns: rows can be read, copied and cut. */
const BARE = Object.fromEntries(
  ['top', 'bottom', 'left', 'right'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
  ]),
);
const LINES = { ...BARE, mid: '', 'mid-mid': '', middle: '  ' };

/** Rows under a head, aligned also where Chinese letters take two columns. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  return laidOut(rows, {
    head: columns.map((column) => bold(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
  });
}

/** Names and values, one pair a line. */
export function pairs(rows: readonly (readonly [name: string, value: string])[]): string {
  return laidOut(rows, { colAligns: ['left', 'left'] });
}

function laidOut(
  rows: readonly (readonly string[])[],
  options: ConstructorParameters<typeof Table>[0],
): string {
  const style = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] };
  const made = new Table({ ...options, chars: LINES, style });
  made.push(...rows.map((row) => [...row]));
  const lines = made.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}
