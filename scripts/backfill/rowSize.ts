import {
  builtinCalendar,
  DATASETS,
  type CallShape,
  type Capability,
  type Column,
  type DatasetId,
  type Listing,
  type PlainDay,
  type Row,
  type SourceId,
} from '@tapekeeper/core';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { writeRows } from '../../packages/server/src/store/marketRows.ts';

const BATCH_ROWS = 8000;
/** About half a year: long enough for pages of the index to split and fill as they do over years. */
const DAYS = 120;

/**
 * Bytes that a row takes in the database with all that belongs to it: every column filled that the source
 * fills, written by the product's own writer in the order in which a backfill brings them, table and index
 * measured by the server.
 */
export async function measureRowBytes(
  owner: Database,
  listings: readonly Listing[],
  to: PlainDay,
  of: { readonly source: SourceId; readonly capability: Capability; readonly shape: CallShape },
): Promise<number> {
  const dataset = of.capability.dataset as DatasetId;
  const days = builtinCalendar().tradingDays(DATASETS[dataset].firstDay, to).slice(-DAYS);
  const columns = DATASETS[dataset].columns.filter(({ name }) => of.capability.columns.includes(name));
  const table = sql.table(`market.${dataset}`);
  await owner.rows(sql`TRUNCATE ${table}`);
  let batch: Row[] = [];
  let rows = 0;
  const flush = async (): Promise<void> => {
    const write = {
      dataset,
      source: of.source,
      columns: columns.map(({ name }) => name),
      rows: batch,
      mode: 'replace',
    } as const;
    await owner.transaction((tx) => writeRows(tx, write, { runId: 1, knownAt: 0 }));
    rows += batch.length;
    batch = [];
  };
  for (const [symbol, day] of cellsInOrder(listings, days, of.shape)) {
    batch.push(rowOf(columns, symbol, day, rows + batch.length));
    if (batch.length === BATCH_ROWS) await flush();
  }
  if (batch.length > 0) await flush();
  const { bytes } = await owner.one(sql<{ bytes: number }>`
    SELECT sum(pg_total_relation_size(relid))::bigint AS bytes FROM pg_partition_tree(${`market.${dataset}`}::regclass)
    WHERE isleaf AND pg_relation_size(relid) > 0`);
  await owner.rows(sql`TRUNCATE ${table}`);
  return bytes / rows;
}

function* cellsInOrder(
  listings: readonly Listing[],
  days: readonly PlainDay[],
  shape: CallShape,
): Generator<readonly [string, PlainDay]> {
  if (shape === 'day') for (const day of days) for (const { symbol } of listings) yield [symbol, day];
  else for (const { symbol } of listings) for (const day of days) yield [symbol, day];
}

function rowOf(columns: readonly Column[], symbol: string, day: PlainDay, at: number): Row {
  return Object.fromEntries(columns.map((column) => [column.name, valueOf(column, symbol, day, at)]));
}

/** Any value: numbers take the same room whatever they are. */
function valueOf({ name, type }: Column, symbol: string, day: PlainDay, at: number): Row[string] {
  if (name === 'symbol') return symbol;
  if (name === 'trade_date') return day;
  if (type === 'boolean') return false;
  return type === 'bigint' ? at : at / 100;
}
