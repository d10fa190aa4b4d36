import { DATASETS, type DatasetId, type Row } from '@tapekeeper/core';
import type { ListedInstrument } from '../../../packages/server/src/ports/coverageStore.ts';
import type { RowsWritten, RowWrite } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import type { MarketRow } from './tables.ts';

/** The rows of a data set by their key. */
export function marketRows({ tables }: Memory, dataset: DatasetId): Map<string, MarketRow> {
  const known = tables.market.get(dataset);
  if (known !== undefined) return known;
  const fresh = new Map<string, MarketRow>();
  tables.market.set(dataset, fresh);
  return fresh;
}

export function keyOfRow(dataset: DatasetId, row: Row): string {
  return DATASETS[dataset].key.map((column) => String(row[column])).join(' ');
}

/** Upserts by natural key; `fill` leaves what stands. Equal rows stay untouched, with their run. */
export function writeRows(memory: Memory, write: RowWrite, runId: number): RowsWritten {
  const { dataset, source } = write;
  const rows = marketRows(memory, dataset);
  const written = { inserted: 0, updated: 0, unchanged: 0 };
  if (dataset === 'stock_basics') admitInstruments(memory, write.rows);
  for (const row of write.rows) {
    const key = keyOfRow(dataset, row);
    const known = rows.get(key);
    if (known === undefined) {
      rows.set(key, { row, source, runId });
      written.inserted += 1;
    } else if (write.mode === 'fill' || write.columns.every((name) => known.row[name] === row[name])) {
      written.unchanged += 1;
    } else {
      rows.set(key, { row: { ...known.row, ...row }, source, runId });
      written.updated += 1;
    }
  }
  return written;
}

/** Ids stay small and without holes. */
function admitInstruments({ tables: { instruments } }: Memory, rows: readonly Row[]): void {
  for (const symbol of rows.map((row) => String(row['symbol'])).toSorted()) {
    if (!instruments.has(symbol)) instruments.set(symbol, instruments.size + 1);
  }
}

export function instruments(memory: Memory): readonly ListedInstrument[] {
  return [...memory.tables.instruments].flatMap(([symbol, instrumentId]) => {
    const row = marketRows(memory, 'stock_basics').get(symbol)?.row;
    if (row === undefined) return [];
    return [
      {
        instrumentId,
        symbol,
        name: String(row['name']),
        listDate: row['list_date'] as ListedInstrument['listDate'],
        delistDate: row['delist_date'] as ListedInstrument['delistDate'],
      },
    ];
  });
}

export function calendarDays(
  memory: Memory,
): readonly { day: ListedInstrument['listDate'] & string; isOpen: boolean }[] {
  return [...marketRows(memory, 'trade_calendar').values()]
    .filter(({ row }) => row['exchange'] === 'XSHG')
    .map(({ row }) => ({ day: row['cal_date'] as never, isOpen: row['is_open'] === true }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}
