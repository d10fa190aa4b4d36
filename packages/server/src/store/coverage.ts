import type { DatasetId, PlainDay, SourceId, UniverseId } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import type {
  CoverageException,
  CoverageStore,
  CoveredDay,
  CoveredRange,
  DatasetCoverage,
  Freshness,
  ListedInstrument,
  PlannedQuestion,
} from '../ports/coverageStore.ts';
import type { RunId } from '../ports/runStore.ts';

export async function instruments(
  db: Database,
  universe: UniverseId = 'stocks',
): Promise<readonly ListedInstrument[]> {
  if (universe === 'indices') {
    return db.rows(sql`
      SELECT i.id AS "instrumentId", i.symbol, b.name,
        coalesce(b.base_date, b.list_date, '1990-12-19') AS "listDate", b.expire_date AS "delistDate"
      FROM tapekeeper.instrument i JOIN market.index_basics b ON b.symbol = i.symbol ORDER BY i.id`);
  }
  return db.rows(sql`
    SELECT i.id AS "instrumentId", i.symbol, b.name, b.list_date AS "listDate", b.delist_date AS "delistDate"
    FROM tapekeeper.instrument i JOIN market.stock_basics b ON b.symbol = i.symbol ORDER BY i.id`);
}

export async function aliases(db: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<{ alias: string; symbol: string }>(sql`
    SELECT a.alias, i.symbol FROM tapekeeper.symbol_alias a JOIN tapekeeper.instrument i ON i.id = a.instrument_id
    WHERE a.source = '*' AND a.alias <> i.symbol`);
  return new Map(rows.map(({ alias, symbol }) => [alias, symbol]));
}

export async function calendarDays(db: Database): Promise<readonly { day: PlainDay; isOpen: boolean }[]> {
  return db.rows(sql`
    SELECT cal_date AS day, is_open AS "isOpen" FROM market.trade_calendar WHERE exchange = 'XSHG' ORDER BY cal_date`);
}

/** A sum over all days, not the newest time: of two changes at once the older one may be committed last. */
export async function calendarVersion(db: Database): Promise<string> {
  const { version } = await db.one<{ version: string }>(sql`
    SELECT count(*) || ' ' || coalesce(sum(hashfloat8(date_part('epoch', known_at))), 0) AS version
    FROM market.trade_calendar WHERE exchange = 'XSHG'`);
  return version;
}

export async function coverageOf(
  db: Database,
  dataset: DatasetId,
  from: PlainDay,
  to: PlainDay,
  instrumentIds: readonly number[] | null,
): Promise<DatasetCoverage> {
  const only = instrumentIds === null ? sql`` : sql`AND instrument_id = ANY(${[...instrumentIds]}::int[])`;
  const [ranges, days, exceptions] = await Promise.all([
    db.rows<CoveredRange>(sql`
      SELECT instrument_id AS "instrumentId", source, from_day AS "from", to_day AS "to" FROM tapekeeper.coverage_range
      WHERE dataset = ${dataset} AND from_day <= ${to} AND to_day >= ${from} ${only}`),
    db.rows<CoveredDay>(sql`
      SELECT day, source, members, rows, at FROM tapekeeper.coverage_day
      WHERE dataset = ${dataset} AND day BETWEEN ${from} AND ${to} ORDER BY day`),
    db.rows<CoverageException>(sql`
      SELECT instrument_id AS "instrumentId", day, source, kind FROM tapekeeper.coverage_exception
      WHERE dataset = ${dataset} AND day BETWEEN ${from} AND ${to} ${only}`),
  ]);
  return { ranges, days, exceptions };
}

export async function unsettledDays(
  db: Database,
  dataset: DatasetId,
): Promise<readonly { day: PlainDay; members: Uint8Array }[]> {
  return db.rows(sql`
    SELECT day, members FROM tapekeeper.unsettled_day WHERE dataset = ${dataset} ORDER BY day`);
}

export async function plannedQuestions(db: Database, run: RunId): Promise<readonly PlannedQuestion[]> {
  return db.rows(sql`
    SELECT from_day AS "from", to_day AS "to", instrument_id AS "instrumentId", members, state = 'cancelled' AS "isDropped"
    FROM tapekeeper.item WHERE run_id = ${run} AND state IN ('done', 'failed', 'cancelled')`);
}

export async function unpublishedDays(db: Database, run: RunId): Promise<readonly PlainDay[]> {
  const days = await db.rows<{ day: PlainDay }>(sql`
    SELECT DISTINCT from_day AS day FROM tapekeeper.item
    WHERE run_id = ${run} AND state = 'failed' AND error_code = 'not_ready'`);
  return days.map(({ day }) => day);
}

export async function freshness(db: Database, dataset: DatasetId): Promise<readonly Freshness[]> {
  return db.rows(sql`
    SELECT dataset, scope, source, as_of AS "asOf", from_day AS "from", through_day AS "through"
    FROM tapekeeper.coverage_fresh WHERE dataset = ${dataset} ORDER BY scope`);
}

export async function coveredSpan(
  db: Database,
  dataset: DatasetId,
): Promise<{ from: PlainDay; to: PlainDay } | undefined> {
  const span = await db.one<{ from: PlainDay | null; to: PlainDay | null }>(sql`
    SELECT least((SELECT min(from_day) FROM tapekeeper.coverage_range WHERE dataset = ${dataset}),
                 (SELECT min(day) FROM tapekeeper.coverage_day WHERE dataset = ${dataset})) AS "from",
           greatest((SELECT max(to_day) FROM tapekeeper.coverage_range WHERE dataset = ${dataset}),
                    (SELECT max(day) FROM tapekeeper.coverage_day WHERE dataset = ${dataset})) AS "to"`);
  return span.from === null || span.to === null ? undefined : { from: span.from, to: span.to };
}

export async function recentDayRows(
  db: Database,
  dataset: DatasetId,
  source: SourceId,
  before: PlainDay,
  count: number,
): Promise<readonly number[]> {
  const rows = await db.rows<{ rows: number }>(sql`
    SELECT rows FROM tapekeeper.coverage_day
    WHERE dataset = ${dataset} AND source = ${source} AND day < ${before} ORDER BY day DESC LIMIT ${count}`);
  return rows.map((row) => row.rows);
}

export async function foldDays(
  db: Database,
  dataset: DatasetId,
  source: SourceId,
  before: PlainDay,
  fold: Parameters<CoverageStore['foldDays']>[3],
): Promise<number> {
  return db.transaction(async (tx) => {
    const days = await tx.rows<{ day: PlainDay; members: Uint8Array }>(sql`
      DELETE FROM tapekeeper.coverage_day WHERE dataset = ${dataset} AND source = ${source} AND day < ${before}
      RETURNING day, members`);
    if (days.length === 0) return 0;
    const ranges = await tx.rows<{ instrumentId: number; from: PlainDay; to: PlainDay }>(sql`
      DELETE FROM tapekeeper.coverage_range WHERE dataset = ${dataset} AND source = ${source}
      RETURNING instrument_id AS "instrumentId", from_day AS "from", to_day AS "to"`);
    const folded = fold(days, ranges);
    await tx.rows(sql`
      INSERT INTO tapekeeper.coverage_range (dataset, instrument_id, source, from_day, to_day)
      SELECT ${dataset}, instrument_id, ${source}, from_day, to_day FROM unnest(
        ${folded.map((range) => range.instrumentId)}::int[], ${folded.map((range) => range.from)}::date[],
        ${folded.map((range) => range.to)}::date[]) AS new (instrument_id, from_day, to_day)`);
    return days.length;
  });
}
