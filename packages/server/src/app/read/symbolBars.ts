import { dayBarOf, type DayBar } from '@tapekeeper/core';
import type { DataSnapshot } from '../../ports/dataReader.ts';
import type { SymbolBars } from '../../ports/exporter.ts';
import { factorSeries } from './factorSeries.ts';
import { baseQuery } from './readTable.ts';
import type { Reading } from './reading.ts';

const BATCH_ROWS = 5000;

/** The daily bars of a reading symbol by symbol, each with its factors; `onRows` hears how many came in all. */
export async function* symbolBars(
  snapshot: DataSnapshot,
  reading: Reading,
  onRows: (rows: number) => void,
): AsyncGenerator<SymbolBars, void> {
  const factorsOf = await factorSeries(snapshot, reading, {});
  const ended = async (symbol: string, bars: readonly DayBar[]): Promise<SymbolBars> => ({
    symbol,
    bars,
    factors: await factorsOf(symbol),
  });
  let bars: DayBar[] = [];
  let rows = 0;
  for await (const batch of snapshot.batches(baseQuery(reading), BATCH_ROWS)) {
    for (const row of batch) {
      const bar = dayBarOf(row);
      const [before] = bars;
      if (before !== undefined && before.symbol !== bar.symbol) {
        yield ended(before.symbol, bars);
        bars = [];
      }
      bars.push(bar);
    }
    rows += batch.length;
    onRows(rows);
  }
  const [last] = bars;
  if (last !== undefined) yield ended(last.symbol, bars);
}
