import { addDays, type FactorPoint, type PlainDay, type Row } from '@tapekeeper/core';
import type { DataSnapshot, RowFilter } from '../../ports/dataReader.ts';
import type { Reading } from './reading.ts';

/** Gives the factors of one symbol after the other; the symbols have to be asked for in their order. */
export type FactorSeries = (symbol: string) => Promise<readonly FactorPoint[]>;

const COLUMNS = ['symbol', 'trade_date', 'adj_factor'];
const BATCH_ROWS = 5000;

export interface FactorPlace {
  /** Symbol at which the reading begins; the first one where it is left out. */
  readonly firstSymbol?: string | undefined;
  /** Bars before the first day that are adjusted too. */
  readonly barsBefore?: readonly Row[];
}

/**
 * The factors that a reading needs, read beside its bars from the same snapshot, a symbol at a time. The
 * last factor before the first day is among them, for days without one of their own.
 */
export async function factorSeries(
  snapshot: DataSnapshot,
  { symbols, from, to, asOf }: Pick<Reading, 'symbols' | 'from' | 'to' | 'asOf'>,
  { firstSymbol, barsBefore = [] }: FactorPlace,
): Promise<FactorSeries> {
  const ofSymbols: RowFilter[] = symbols === null ? [] : [{ column: 'symbol', anyOf: symbols }];
  const query = { dataset: 'adj_factors', columns: COLUMNS, filters: ofSymbols, asOf } as const;
  const places = barsBefore.map((row) => ({ symbol: String(row['symbol']), day: addDays(dayOf(row), 1) }));
  const earlier = new Map<unknown, FactorPoint[]>();
  for (const row of [
    ...(places.length === 0 ? [] : await snapshot.lastBefore(query, places)),
    ...(from === null ? [] : await snapshot.lastBefore(query, from)),
  ]) {
    earlier.set(row['symbol'], [...(earlier.get(row['symbol']) ?? []), pointOf(row)]);
  }
  const days = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
  const rows = oneByOne(
    snapshot.batches(
      {
        ...query,
        filters: [...ofSymbols, { column: 'trade_date', ...days }],
        ...(firstSymbol === undefined ? {} : { behind: { values: [firstSymbol], inclusive: true } }),
      },
      BATCH_ROWS,
    ),
  );
  let ahead = await rows.next();
  return async (symbol) => {
    const points = [...(earlier.get(symbol) ?? [])];
    while (!ahead.done && String(ahead.value['symbol']) <= symbol) {
      if (ahead.value['symbol'] === symbol) points.push(pointOf(ahead.value));
      ahead = await rows.next();
    }
    return points;
  };
}

async function* oneByOne(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<Row, void> {
  for await (const batch of batches) yield* batch;
}

function pointOf(row: Row): FactorPoint {
  return { day: dayOf(row), factor: Number(row['adj_factor']) };
}

function dayOf(row: Row): PlainDay {
  return String(row['trade_date']) as PlainDay;
}
