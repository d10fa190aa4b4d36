import { dayBarOf, intervalBars, spanBars, type Interval, type Row, type Span } from '@tapekeeper/core';

interface Joiner {
  add(row: Row): Row | undefined;
  end(): Row | undefined;
}

/** Five-minute bars as longer ones. */
export function intervalBatches(
  batches: AsyncIterable<readonly Row[]>,
  interval: Interval,
): AsyncGenerator<readonly Row[], void> {
  return joined(batches, intervalBars(interval));
}

/** Daily bars as weekly or monthly ones. */
export function spanBatches(
  batches: AsyncIterable<readonly Row[]>,
  span: Span,
): AsyncGenerator<readonly Row[], void> {
  const joiner = spanBars(span);
  return joined(batches, { add: (row) => joiner.add(dayBarOf(row)), end: () => joiner.end() });
}

/** The bars with an earlier one put before the first of its symbol. */
export async function* afterEarlier(
  batches: AsyncIterable<readonly Row[]>,
  earlier: readonly Row[],
): AsyncGenerator<readonly Row[], void> {
  const bySymbol = new Map(earlier.map((row) => [row['symbol'], row]));
  for await (const batch of batches) {
    const rows: Row[] = [];
    for (const row of batch) {
      const first = bySymbol.get(row['symbol']);
      if (first !== undefined) rows.push(first);
      bySymbol.delete(row['symbol']);
      rows.push(row);
    }
    yield rows;
  }
}

async function* joined(
  batches: AsyncIterable<readonly Row[]>,
  joiner: Joiner,
): AsyncGenerator<readonly Row[], void> {
  for await (const batch of batches) {
    const bars = batch.map((row) => joiner.add(row)).filter((bar) => bar !== undefined);
    if (bars.length > 0) yield bars;
  }
  const last = joiner.end();
  if (last !== undefined) yield [last];
}
