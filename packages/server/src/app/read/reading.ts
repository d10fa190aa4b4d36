import {
  AppError,
  ADJUSTS,
  DATASETS,
  INTERVALS,
  keyColumns,
  parseDay,
  parseSymbol,
  PRICE_COLUMNS,
  shanghaiInstant,
  type Adjust,
  type Column,
  type DatasetId,
  type Instant,
  type Interval,
  type PlainDay,
} from '@tapekeeper/core';
import type { DataReader } from '../../ports/dataReader.ts';
import { readDataset, readDay } from '../requestSync.ts';

/** A wish to read data as a person writes it; nothing in it has been checked. */
export interface DataQuestion {
  readonly dataset: string;
  readonly symbols?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly adjust?: string | undefined;
  /** A day, for all that was believed by its end in Shanghai, or an instant with its zone. */
  readonly asOf?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  /** Minutes of `minute_bars`. */
  readonly interval?: number | undefined;
}

/** A checked wish. */
export interface Reading {
  readonly dataset: DatasetId;
  /** The stored data set whose rows it is made of. */
  readonly base: DatasetId;
  readonly columns: readonly Column[];
  readonly symbols: readonly string[] | null;
  /** The column that the days are of; null for lists, which have none. */
  readonly dayColumn: string | null;
  readonly from: PlainDay | null;
  readonly to: PlainDay | null;
  readonly adjust: Adjust;
  readonly asOf: Instant | null;
  readonly interval: Interval;
}

const ADJUSTABLE: readonly DatasetId[] = ['daily_bars', 'weekly_bars', 'monthly_bars', 'minute_bars'];

/** Days of data sets that have none in their key. */
const OTHER_DAY_COLUMNS: Partial<Record<DatasetId, string>> = {
  news: 'published_at',
  announcements: 'ann_date',
};

const DAY_MINUTES = 24 * 60;
const KEPT_INTERVAL = INTERVALS[0];
/** An instant as people and programs write it, with the zone that makes it one. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Checks a wish. Raises the usage errors of the registry, which say what can be asked instead. */
export async function resolveReading(
  reader: Pick<DataReader, 'unknownSymbols'>,
  question: DataQuestion,
): Promise<Reading> {
  const dataset = readDataset(question.dataset);
  const { columns: known, derivedFrom } = DATASETS[dataset];
  const dayColumn = keyColumns(dataset).day ?? OTHER_DAY_COLUMNS[dataset] ?? null;
  const from = question.from === undefined ? null : readDay(question.from);
  const to = question.to === undefined ? null : readDay(question.to);
  if (dayColumn === null && (from !== null || to !== null))
    throw refused(`${dataset} is a list without days: leave out from and to.`);
  if (from !== null && to !== null && to < from) throw new AppError('day_order', { from, to });
  const adjust = readAdjust(dataset, question.adjust);
  return {
    dataset,
    base: derivedFrom ?? dataset,
    columns: readColumns(dataset, question.columns).map((name) => columnOf(known, name, adjust)),
    symbols: await readSymbols(reader, dataset, question.symbols),
    dayColumn,
    from,
    to,
    adjust,
    asOf: readInstant(question.asOf),
    interval: readInterval(dataset, question.interval),
  };
}

function refused(problem: string): AppError {
  return new AppError('bad_request', { problem });
}

/** An adjusted price may be missing, where no factor is known. */
function columnOf(known: readonly Column[], name: string, adjust: Adjust): Column {
  const column = known.find((one) => one.name === name) as Column;
  const isPrice = (PRICE_COLUMNS as readonly string[]).includes(name);
  return adjust !== 'none' && isPrice ? { ...column, nullable: true } : column;
}

function readAdjust(dataset: DatasetId, text: string | undefined): Adjust {
  if (text === undefined) return 'none';
  const adjust = ADJUSTS.find((one) => one === text);
  if (adjust === undefined) throw refused(`adjust is "${text}", which is none of ${ADJUSTS.join(', ')}.`);
  if (adjust !== 'none' && !ADJUSTABLE.includes(dataset))
    throw refused(`${dataset} has no prices to adjust; ${ADJUSTABLE.join(', ')} have.`);
  return adjust;
}

function readColumns(dataset: DatasetId, wished: readonly string[] | undefined): readonly string[] {
  const known = DATASETS[dataset].columns.map((column) => column.name);
  if (wished === undefined || wished.length === 0) return known;
  for (const name of wished) {
    if (!known.includes(name))
      throw refused(`${dataset} has no column "${name}"; it has ${known.join(', ')}.`);
  }
  return [...new Set(wished)];
}

async function readSymbols(
  reader: Pick<DataReader, 'unknownSymbols'>,
  dataset: DatasetId,
  wished: readonly string[] | undefined,
): Promise<readonly string[] | null> {
  if (wished === undefined || wished.length === 0) return null;
  if (!DATASETS[dataset].columns.some((column) => column.name === 'symbol'))
    throw refused(`${dataset} has no column of symbols to choose by.`);
  const symbols = wished.map((text) => {
    const symbol = parseSymbol(text);
    if (symbol === undefined) throw new AppError('unknown_symbol', { symbol: text });
    return symbol;
  });
  const [unknown] = await reader.unknownSymbols(symbols);
  if (unknown !== undefined) throw new AppError('unknown_symbol', { symbol: unknown });
  return [...new Set(symbols)].toSorted();
}

function readInterval(dataset: DatasetId, minutes: number | undefined): Interval {
  if (minutes === undefined) return KEPT_INTERVAL;
  if (dataset !== 'minute_bars') throw refused(`interval goes with minute_bars, and ${dataset} has none.`);
  const interval = INTERVALS.find((one) => one === minutes);
  if (interval === undefined)
    throw refused(`interval is ${minutes}, which is none of ${INTERVALS.join(', ')}.`);
  return interval;
}

function readInstant(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const day = parseDay(text);
  if (day !== undefined) return shanghaiInstant(day, DAY_MINUTES) - 1;
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw refused(`asOf is "${text}": write a day, 2024-01-31, or an instant, 2024-01-31T17:00:00+08:00.`);
  return at;
}
