import {
  boardOf,
  Bitmap,
  builtinCalendar,
  exchangeOf,
  EXCHANGES,
  type DatasetId,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { generatedExceptions } from './generatedListings.ts';

/** Puts a calendar and a list of listings straight into the tables, as if a source had just sent them. */
export async function seedLists(owner: Database, listings: readonly Listing[]): Promise<void> {
  const calendar = builtinCalendar();
  const days = calendar.tradingDays(calendar.firstDay, calendar.lastKnownDay);
  await owner.rows(sql`
    INSERT INTO market.trade_calendar (exchange, cal_date, is_open, source, run_id, known_at)
    SELECT exchange, day, day IN (SELECT unnest(${[...days]}::date[])), 'tushare', 0, clock_timestamp()
    FROM unnest(${[...EXCHANGES]}::text[]) AS exchange, (
      SELECT each::date AS day
      FROM generate_series(${calendar.firstDay}::date, ${calendar.lastKnownDay}::date, '1 day') AS each) AS days`);
  await owner.rows(sql`
    INSERT INTO market.stock_basics (symbol, name, exchange, board, list_status, list_date, source, run_id, known_at)
    SELECT symbol, 'Stock ' || left(symbol, 6), exchange, board, 'L', list_date, 'tushare', 0, clock_timestamp()
    FROM unnest(
      ${listings.map((one) => one.symbol)}::text[], ${listings.map((one) => exchangeOf(one.symbol))}::text[],
      ${listings.map((one) => boardOf(one.symbol) ?? null)}::text[], ${listings.map((one) => one.listDate)}::date[]
    ) AS new (symbol, exchange, board, list_date)`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.instrument (id, symbol) SELECT * FROM unnest(
      ${listings.map((one) => one.instrumentId)}::int[], ${listings.map((one) => one.symbol)}::text[])`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.symbol_alias (alias, source, instrument_id) SELECT symbol, '*', id FROM tapekeeper.instrument`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.coverage_fresh (dataset, scope, source, run_id, as_of, from_day, through_day)
    SELECT 'trade_calendar', exchange, 'tushare', 0, clock_timestamp(), ${calendar.firstDay}::date, ${calendar.lastKnownDay}::date
    FROM unnest(${[...EXCHANGES]}::text[]) AS exchange
    UNION ALL SELECT 'stock_basics', '*', 'tushare', 0, clock_timestamp(), NULL, NULL`);
}

export interface Coverage {
  readonly dataset: DatasetId;
  readonly listings: readonly Listing[];
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** How many of the last trading days still lie as one row a day; all of them is what no fold has seen yet. */
  readonly unfoldedDays: number;
}

/** Puts complete coverage straight into the tables: ranges, day rows, and exceptions as real bars have them. */
export async function seedCoverage(owner: Database, coverage: Coverage): Promise<void> {
  const { dataset, listings, from, to } = coverage;
  const days = builtinCalendar().tradingDays(from, to);
  const folded = days.slice(0, Math.max(0, days.length - coverage.unfoldedDays));
  const lastFolded = folded.at(-1);
  if (lastFolded !== undefined) await seedRanges(owner, dataset, listings, from, lastFolded);
  await seedDays(owner, dataset, listings, days.slice(folded.length));
  const exceptions = generatedExceptions(listings, from, to);
  await owner.rows(sql`
    INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, run_id)
    SELECT ${dataset}, id, day, 'tushare', 'suspended', 0 FROM unnest(
      ${exceptions.map((cell) => cell.instrumentId)}::int[], ${exceptions.map((cell) => cell.day)}::date[]) AS new (id, day)`);
  await owner.rows(
    sql`ANALYZE tapekeeper.coverage_range, tapekeeper.coverage_day, tapekeeper.coverage_exception`,
  );
}

async function seedRanges(
  owner: Database,
  dataset: DatasetId,
  listings: readonly Listing[],
  from: PlainDay,
  to: PlainDay,
): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.coverage_range (dataset, instrument_id, source, from_day, to_day)
    SELECT ${dataset}, id, 'tushare', greatest(listed, ${from}::date), ${to} FROM unnest(
      ${listings.map((one) => one.instrumentId)}::int[], ${listings.map((one) => one.listDate)}::date[]) AS new (id, listed)`);
}

async function seedDays(
  owner: Database,
  dataset: DatasetId,
  listings: readonly Listing[],
  days: readonly PlainDay[],
): Promise<void> {
  const members = days.map((day) =>
    Bitmap.of(listings.filter((one) => (one.listDate ?? day) <= day).map((one) => one.instrumentId)),
  );
  await owner.rows(sql`
    INSERT INTO tapekeeper.coverage_day (dataset, day, source, run_id, members, rows)
    SELECT ${dataset}, day, 'tushare', 0, members, rows FROM unnest(
      ${[...days]}::date[], ${members.map((one) => Buffer.from(one.toBytes()))}::bytea[],
      ${members.map((one) => one.count())}::int[]) AS new (day, members, rows)`);
}
