import { DURATIONS, MEASURES, type Duration, type Measure } from '@tapekeeper/core';
import { sql, type RawBuilder } from '../connection.ts';

/** Names of `run_rollup`'s columns in the program and in the database: `rowsWritten` is `rows_written`. */
export function columnOf(name: Measure | Duration): RawBuilder<unknown> {
  return sql.id(name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** The measures as a list of expressions. */
export function eachMeasure(
  expression: (column: RawBuilder<unknown>, name: Measure) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql.join(MEASURES.map((name) => expression(columnOf(name), name)));
}

/** The histograms of durations as a list of expressions. */
export function eachDuration(
  expression: (column: RawBuilder<unknown>, name: Duration) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql.join(DURATIONS.map((name) => expression(columnOf(name), name)));
}
