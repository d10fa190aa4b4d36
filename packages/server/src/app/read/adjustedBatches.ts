import { adjustedRow, adjuster, type Adjust, type PlainDay, type Row } from '@tapekeeper/core';
import type { FactorSeries } from './factorSeries.ts';

/** Bars in the order of their symbols, with adjusted prices. */
export async function* adjustedBatches(
  batches: AsyncIterable<readonly Row[]>,
  factorsOf: FactorSeries,
  adjust: Exclude<Adjust, 'none'>,
): AsyncGenerator<readonly Row[], void> {
  let symbol: string | undefined;
  let adjustmentOn = adjuster([], adjust);
  for await (const batch of batches) {
    const adjusted: Row[] = [];
    for (const row of batch) {
      if (row['symbol'] !== symbol) {
        symbol = String(row['symbol']);
        adjustmentOn = adjuster(await factorsOf(symbol), adjust);
      }
      adjusted.push(adjustedRow(row, adjustmentOn(String(row['trade_date']) as PlainDay)));
    }
    yield adjusted;
  }
}
