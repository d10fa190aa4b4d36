import {
  AppError,
  DATASETS,
  shanghaiInstant,
  spanEnd,
  spanStart,
  type Column,
  type PlainDay,
  type Row,
  type Span,
} from '@tapekeeper/core';
import type { Behind, DataReader, DataSnapshot, RowFilter, RowQuery } from '../../ports/dataReader.ts';
import { adjustedBatches } from './adjustedBatches.ts';
import { afterEarlier, intervalBatches, spanBatches } from './joinedBatches.ts';
import { factorSeries } from './factorSeries.ts';
import type { Reading } from './reading.ts';

/** A table on its way out. */
export interface OpenTable {
  readonly columns: readonly Column[];
  /** Rows in the order of the key; they hold the columns, and may hold more. */
  readonly batches: AsyncIterable<readonly Row[]>;
  /** Has to be called, however the reading ends. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Only rows behind the one with this key. */
  readonly after?: readonly (string | number)[];
  /** Most rows wanted. */
  readonly limit?: number;
  readonly kind: 'short' | 'long';
  /** Told after each batch of stored rows how many came in all. */
  readonly onRows?: (rows: number) => void;
}

const BATCH_ROWS = 2000;
const DAY_MINUTES = 24 * 60;

/** Opens a reading. Raises `no_factors`, `too_many_readers` and what the database raises. */
export async function openTable(
  reader: DataReader,
  reading: Reading,
  options: ReadOptions,
): Promise<OpenTable> {
  const snapshot = await reader.openSnapshot(options.kind);
  try {
    return {
      columns: reading.columns,
      batches: limited(await readBatches(snapshot, reading, options), options.limit),
      close: () => snapshot.close(),
    };
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

async function readBatches(
  snapshot: DataSnapshot,
  reading: Reading,
  options: ReadOptions,
): Promise<AsyncIterable<readonly Row[]>> {
  const { after, limit, onRows } = options;
  const span = spanOf(reading);
  const isJoined = span !== undefined || reading.interval !== 5;
  const firstSymbol = after === undefined ? undefined : String(after[0]);
  const query = baseQuery(reading, { after, joined: isJoined });
  const batchRows = Math.min(BATCH_ROWS, isJoined || limit === undefined ? BATCH_ROWS : limit);
  let rows: AsyncIterable<readonly Row[]> = counted(snapshot.batches(query, batchRows), onRows);
  const barsBefore = span === undefined ? [] : await lastBars(snapshot, reading, span);
  if (span !== undefined) rows = afterEarlier(rows, barsBefore);
  if (reading.adjust !== 'none') {
    await requireFactors(snapshot, reading);
    const factorsOf = await factorSeries(snapshot, reading, { firstSymbol, barsBefore });
    rows = adjustedBatches(rows, factorsOf, reading.adjust);
  }
  if (span !== undefined) rows = spanBatches(rows, span);
  else if (reading.interval !== 5) rows = intervalBatches(rows, reading.interval);
  return isJoined ? within(rows, reading, after) : rows;
}

/** The last bar of each symbol before the first span: its close is what the first bar is compared with. */
async function lastBars(snapshot: DataSnapshot, reading: Reading, span: Span): Promise<readonly Row[]> {
  if (reading.from === null) return [];
  const { filters, ...query } = baseQuery(reading, { joined: true });
  const ofSymbols = filters.filter((filter) => filter.column === 'symbol');
  return snapshot.lastBefore({ ...query, filters: ofSymbols }, spanStart(reading.from, span));
}

/** The rows of the stored data set that a reading is made of. */
export function baseQuery(
  reading: Reading,
  place: { readonly after?: readonly (string | number)[] | undefined; readonly joined: boolean } = {
    joined: false,
  },
): RowQuery {
  const { base, columns, symbols, asOf } = reading;
  const isWhole = place.joined || reading.adjust !== 'none';
  const key = DATASETS[base].key;
  const names = isWhole
    ? DATASETS[base].columns.map((column) => column.name)
    : [...new Set([...key, ...columns.map((column) => column.name)])];
  const behind = behindOf(place.after, place.joined);
  return {
    dataset: base,
    columns: names,
    filters: [...(symbols === null ? [] : [{ column: 'symbol', anyOf: symbols }]), ...dayFilters(reading)],
    asOf,
    ...(behind === undefined ? {} : { behind }),
  };
}

/** Bars that are joined to longer ones are read from the beginning of the symbol, whose earlier bars are left out. */
function behindOf(after: readonly (string | number)[] | undefined, joined: boolean): Behind | undefined {
  if (after === undefined) return undefined;
  return joined ? { values: after.slice(0, 1), inclusive: true } : { values: after, inclusive: false };
}

/** The days of whole spans, though only those that end within the question go out. */
function dayFilters(reading: Reading): RowFilter[] {
  const { dayColumn, dataset, from, to } = reading;
  if (dayColumn === null || (from === null && to === null)) return [];
  const span = spanOf(reading);
  const first = from !== null && span !== undefined ? spanStart(from, span) : from;
  const last = to !== null && span !== undefined ? spanEnd(to, span) : to;
  const isInstant = DATASETS[dataset].columns.find(({ name }) => name === dayColumn)?.type === 'instant';
  const begin = (day: PlainDay) => (isInstant ? shanghaiInstant(day, 0) : day);
  const end = (day: PlainDay) => (isInstant ? shanghaiInstant(day, DAY_MINUTES) - 1 : day);
  return [
    {
      column: dayColumn,
      ...(first === null ? {} : { from: begin(first) }),
      ...(last === null ? {} : { to: end(last) }),
    },
  ];
}

function spanOf({ dataset }: Reading): Span | undefined {
  if (dataset === 'weekly_bars') return 'week';
  return dataset === 'monthly_bars' ? 'month' : undefined;
}

/** Prices of a whole answer that are all missing would say nothing of why. */
async function requireFactors(snapshot: DataSnapshot, { symbols, to, asOf }: Reading): Promise<void> {
  const [found] = await snapshot.rows({
    dataset: 'adj_factors',
    columns: ['symbol'],
    filters: [
      ...(symbols === null ? [] : [{ column: 'symbol', anyOf: symbols }]),
      ...(to === null ? [] : [{ column: 'trade_date', to }]),
    ],
    asOf,
    limit: 1,
  });
  if (found !== undefined) return;
  const what = symbols === null ? 'any symbol' : symbols.slice(0, 3).join(', ');
  throw new AppError('no_factors', { what: to === null ? what : `${what} up to ${to}` });
}

async function* counted(
  batches: AsyncIterable<readonly Row[]>,
  onRows: ReadOptions['onRows'],
): AsyncGenerator<readonly Row[], void> {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    onRows?.(rows);
    yield batch;
  }
}

/** Of the joined bars those whose day was asked for, behind the place where the page begins. */
async function* within(
  batches: AsyncIterable<readonly Row[]>,
  { dataset, from, to }: Reading,
  after: readonly (string | number)[] | undefined,
): AsyncGenerator<readonly Row[], void> {
  const { key } = DATASETS[dataset];
  for await (const batch of batches) {
    const wanted = batch.filter((row) => {
      const day = String(row['trade_date']);
      return (
        (from === null || day >= from) &&
        (to === null || day <= to) &&
        (after === undefined || isBehind(row, key, after))
      );
    });
    if (wanted.length > 0) yield wanted;
  }
}

function isBehind(row: Row, key: readonly string[], after: readonly (string | number)[]): boolean {
  for (const [at, name] of key.entries()) {
    const value = row[name] as string | number;
    const other = after[at] as string | number;
    if (value !== other) return value > other;
  }
  return false;
}

async function* limited(
  batches: AsyncIterable<readonly Row[]>,
  limit: number | undefined,
): AsyncGenerator<readonly Row[], void> {
  let left = limit ?? Infinity;
  for await (const batch of batches) {
    yield batch.length <= left ? batch : batch.slice(0, left);
    left -= batch.length;
    if (left <= 0) return;
  }
}
