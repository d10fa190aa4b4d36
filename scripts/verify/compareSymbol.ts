import type { Database } from '../../packages/server/src/store/connection.ts';
import type { Comparison } from './comparison.ts';
import { storedRows } from './stored.ts';
import type { SymbolTruth, Values } from './truth.ts';

/**
 * Compares all that the database holds of one symbol with the file, value by value. While a collection
 * goes on (`part`) rows may still be to come, but what is there must be right.
 */
export async function compareSymbol(
  check: Comparison,
  db: Database,
  truth: SymbolTruth,
  extent: 'whole' | 'part' = 'whole',
): Promise<void> {
  for (const [table, expected] of Object.entries(truth.tables)) {
    const stored = await storedRows(db, table, truth.symbol);
    for (const [day, values] of expected) {
      const where = `${truth.symbol} ${day} of ${table}`;
      const row = stored.get(day);
      if (row === undefined) {
        if (extent === 'whole' && saysSomething(values)) check.lose(where);
        continue;
      }
      stored.delete(day);
      for (const [column, value] of Object.entries(values)) check.value(where, column, value, row[column]);
    }
    for (const day of stored.keys()) check.exceed(`${truth.symbol} ${day} of ${table}`);
  }
}

/** A row of nothing but empty cells need not be kept. */
function saysSomething(values: Values): boolean {
  return Object.values(values).some((value) => value !== null && typeof value !== 'boolean');
}
