import { DATASETS, keyColumns, type DatasetId } from '@tapekeeper/core';
import { sql, type Database, type RawBuilder } from '../connection.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { TableSize, TableStatistics, TakenStatistics } from '../../ports/taskStore.ts';

/** Larger tables are not read as a whole: some half a million rows. */
const COUNTED_BYTES = 128 * 1024 * 1024;
/** A row of a table that the server has no statistics of. */
const USUAL_ROW_BYTES = 150;

const STATEMENT_TIMED_OUT = '57014';

/** Days of data sets whose key has none. */
const OTHER_DAYS: Partial<Record<DatasetId, string>> = { announcements: 'ann_date' };

export async function tableSize(db: Database, dataset: DatasetId): Promise<TableSize> {
  const { bytes, estimate } = await db.one<{ bytes: number; estimate: number }>(sql`
    SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes,
      coalesce(sum(pg_relation_size(c.oid)::float8 / current_setting('block_size')::int *
        CASE WHEN c.relpages > 0 AND c.reltuples >= 0 THEN c.reltuples / c.relpages
             ELSE current_setting('block_size')::int / ${USUAL_ROW_BYTES}::float8 END), 0)::bigint AS estimate
    FROM pg_partition_tree(${`market.${dataset}`}::regclass) AS p JOIN pg_class c ON c.oid = p.relid AND c.relkind = 'r'`);
  const symbols = keyColumns(dataset).owner === 'symbol' ? await countSymbols(db, dataset) : null;
  if (bytes > COUNTED_BYTES)
    return { rows: estimate, rowsExact: false, bytes, symbols, firstDay: null, lastDay: null };
  const day = keyColumns(dataset).day ?? OTHER_DAYS[dataset];
  const counted = await db.one<Pick<TableSize, 'rows' | 'firstDay' | 'lastDay'>>(sql`
    SELECT count(*)::bigint AS rows,
      ${day === undefined ? sql`NULL` : sql`min(${sql.ref(day)})`}::date AS "firstDay",
      ${day === undefined ? sql`NULL` : sql`max(${sql.ref(day)})`}::date AS "lastDay"
    FROM ${sql.table(`market.${dataset}`)}`);
  return { ...counted, symbols, rowsExact: true, bytes };
}

/** Goes from symbol to symbol along the key, which takes a few reads each; null where it takes too long. */
async function countSymbols(db: Database, dataset: DatasetId): Promise<number | null> {
  const table = sql.table(`market.${dataset}`);
  try {
    return (await db.one<{ symbols: number }>(alongTheKey(table))).symbols;
  } catch (error) {
    if ((error as { code?: unknown }).code === STATEMENT_TIMED_OUT) return null;
    throw error;
  }
}

function alongTheKey(table: RawBuilder<unknown>): RawBuilder<{ symbols: number }> {
  return sql`
    WITH RECURSIVE each AS (
      (SELECT symbol FROM ${table} ORDER BY symbol LIMIT 1)
      UNION ALL
      SELECT (SELECT t.symbol FROM ${table} t WHERE t.symbol > each.symbol ORDER BY t.symbol LIMIT 1)
      FROM each WHERE each.symbol IS NOT NULL
    )
    SELECT count(symbol)::bigint AS symbols FROM each`;
}

export async function saveStatistics(db: Database, run: RunId, taken: TableStatistics): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.table_statistics (dataset, taken_on, taken_at, run_id, rows, rows_exact, bytes, symbols,
      first_day, last_day, expected_cells, gap_cells, fresh_as_of, last_run_id, last_run_state)
    SELECT ${taken.dataset}, (t.at AT TIME ZONE 'Asia/Shanghai')::date, t.at, ${run}, ${taken.rows}, ${taken.rowsExact},
      ${taken.bytes}, ${taken.symbols}::bigint, ${taken.firstDay}::date, ${taken.lastDay}::date,
      ${taken.expectedCells}::bigint, ${taken.gapCells}::bigint,
      to_timestamp(${taken.freshAsOf}::float8 / 1000), ${taken.lastRunId}::bigint, ${taken.lastRunState}
    FROM (SELECT tapekeeper.now() AS at) AS t
    ON CONFLICT (dataset, taken_on) DO UPDATE SET taken_at = EXCLUDED.taken_at, run_id = EXCLUDED.run_id,
      rows = EXCLUDED.rows, rows_exact = EXCLUDED.rows_exact, bytes = EXCLUDED.bytes, symbols = EXCLUDED.symbols,
      first_day = EXCLUDED.first_day, last_day = EXCLUDED.last_day, expected_cells = EXCLUDED.expected_cells,
      gap_cells = EXCLUDED.gap_cells, fresh_as_of = EXCLUDED.fresh_as_of, last_run_id = EXCLUDED.last_run_id,
      last_run_state = EXCLUDED.last_run_state`);
}

/** One look along the key for each data set, however many years there are. */
export async function latestStatistics(db: Database): Promise<readonly TakenStatistics[]> {
  return db.rows(sql`
    SELECT s.dataset, s.taken_on AS "takenOn", s.taken_at AS "takenAt", s.run_id AS "runId", s.rows,
      s.rows_exact AS "rowsExact", s.bytes, s.symbols, s.first_day AS "firstDay", s.last_day AS "lastDay",
      s.expected_cells AS "expectedCells", s.gap_cells AS "gapCells", s.fresh_as_of AS "freshAsOf",
      s.last_run_id AS "lastRunId", s.last_run_state AS "lastRunState"
    FROM unnest(${Object.keys(DATASETS)}::text[]) WITH ORDINALITY AS d (name, place)
    CROSS JOIN LATERAL (
      SELECT * FROM tapekeeper.table_statistics t WHERE t.dataset = d.name ORDER BY t.taken_on DESC LIMIT 1) AS s
    ORDER BY d.place`);
}
