import { addDays, boardOf, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import { readDay, readText } from '../../cell.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { createGathering, type Found } from '../gathering.ts';
import { readSzse, sixDigits } from './officialLists.ts';
import { symbolOfStockCode } from '../symbols.ts';
import type { AllQuestion } from '../tradeCalendar.ts';

export const NAME_COLUMNS: readonly string[] = ['symbol', 'start_date', 'name', 'end_date'];

interface Change {
  readonly symbol: Symbol;
  readonly day: PlainDay;
  readonly name: string;
}

/**
 * Names that stocks of Shenzhen took within a range, each to the day before the next. The name under which
 * a stock was first listed is no change, and in none of these rows.
 */
export async function readNameChanges(
  client: AkshareClient,
  { from, to }: AllQuestion,
  asking: Asking,
): Promise<Found> {
  const gathering = createGathering('szse', 'name_changes', 'set_aside');
  const headings = ['变更日期', '证券代码', '变更后简称'];
  const changes = new Map<Symbol, Change[]>();
  for (const raw of await readSzse(client, 'SSGSGMXX', 'tab2', 'name_changes', headings, asking)) {
    const [date = '', code = '', newName] = raw;
    const symbol = symbolOfStockCode(sixDigits(code));
    if (symbol && boardOf(symbol) === undefined) continue;
    const day = readDay(date.replace(/ 00:00:00$/, ''));
    const name = readText(newName);
    if (symbol && day && name) changes.set(symbol, [...(changes.get(symbol) ?? []), { symbol, day, name }]);
    else gathering.take('a change of name cannot be read', raw);
  }
  for (const ofStock of changes.values())
    for (const row of rowsOfStock(ofStock))
      if (String(row['start_date']) >= from && String(row['start_date']) <= to) gathering.take(row, row);
  return { columns: NAME_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

/** Of two names of one day the latter of the sheet stays without an earlier end. */
function rowsOfStock(changes: readonly Change[]): readonly Row[] {
  const ordered = changes.toSorted((one, other) => (one.day < other.day ? -1 : Number(one.day > other.day)));
  return ordered.map(({ symbol, day, name }, index): Row => {
    const next = ordered.slice(index + 1).find((later) => later.day > day);
    return { symbol, start_date: day, name, end_date: next ? addDays(next.day, -1) : null };
  });
}
