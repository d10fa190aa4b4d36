import {
  daysToRead,
  keyColumns,
  shanghaiDay,
  type DatasetId,
  type PlainDay,
  type Row,
  type SourceId,
} from '@tapekeeper/core';
import type { CoverageGain, Item } from '../../ports/runStore.ts';
import type { Market } from '../market.ts';

/** The days of a stream that an item has read to their end, with the rows that each had. */
export function streamGains(
  dataset: DatasetId,
  source: SourceId,
  item: Item,
  market: Market,
  rowDays: readonly PlainDay[],
): readonly CoverageGain[] {
  if (item.shape === 'symbol') return symbolRead(dataset, source, item, market);
  const rows = new Map<PlainDay, number>();
  for (const day of rowDays) rows.set(day, (rows.get(day) ?? 0) + 1);
  const days = daysToRead({
    dataset,
    from: item.from,
    to: item.to,
    known: [],
    calendar: market.tradingDays,
  });
  return days.map((day) => ({
    kind: 'day',
    dataset,
    source,
    day,
    members: NOBODY,
    rows: rows.get(day) ?? 0,
  }));
}

/** The day that a row of a stream belongs to: of its key, of its announcement, or of its publication. */
export function streamDay(dataset: DatasetId, row: Row): PlainDay | undefined {
  const day = row[keyColumns(dataset).day ?? 'ann_date'];
  if (typeof day === 'string') return day as PlainDay;
  const at = row['published_at'];
  return typeof at === 'number' ? shanghaiDay(at) : undefined;
}

const NOBODY = new Uint8Array();

function symbolRead(
  dataset: DatasetId,
  source: SourceId,
  item: Item,
  market: Market,
): readonly CoverageGain[] {
  const symbol = market.byId.get(item.instrumentId ?? -1)?.symbol;
  if (symbol === undefined) return [];
  return [{ kind: 'fresh', dataset, source, scope: `${source} ${symbol}`, from: null, through: null }];
}
