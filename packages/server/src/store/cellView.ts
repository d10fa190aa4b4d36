import { cellsOf, keyColumns, type DatasetId, type PlainDay } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import type { CellFacts } from '../ports/viewStore.ts';

/** Everything that is known of one cell of a grid: a few index look-ups, whatever the history. */
export async function cell(
  db: Database,
  dataset: DatasetId,
  instrumentId: number,
  symbol: string,
  day: PlainDay,
): Promise<CellFacts> {
  if (cellsOf(dataset) === undefined) throw new TypeError(`${dataset} has no cells`);
  const dayColumn = sql.ref(`t.${keyColumns(dataset).day}`);
  const [stored, coveredBy, exceptions, revisions, quarantined, flags, failures] = await Promise.all([
    db.maybe<{
      row: Record<string, unknown>;
      source: CellFacts['source'];
      runId: number;
      knownAt: number;
    }>(sql`
      SELECT to_jsonb(t) AS row, t.source, t.run_id AS "runId", t.known_at AS "knownAt"
      FROM ${sql.table(`market.${dataset}`)} AS t WHERE t.symbol = ${symbol} AND ${dayColumn} = ${day}
      ORDER BY t.known_at DESC LIMIT 1`),
    db.rows<{ source: CellFacts['coveredBy'][number] }>(sql`
      SELECT source FROM tapekeeper.coverage_range
      WHERE dataset = ${dataset} AND instrument_id = ${instrumentId} AND from_day <= ${day} AND to_day >= ${day}
      UNION
      SELECT source FROM tapekeeper.coverage_day
      WHERE dataset = ${dataset} AND day = ${day} AND ${instrumentId} < octet_length(members) * 8
        AND get_bit(members, ${instrumentId}) = 1`),
    db.rows<CellFacts['exceptions'][number]>(sql`
      SELECT kind, nullif(source, '*') AS source, run_id AS "runId", reason, author, at FROM tapekeeper.coverage_exception
      WHERE dataset = ${dataset} AND instrument_id = ${instrumentId} AND day = ${day} ORDER BY at`),
    db.rows<CellFacts['revisions'][number]>(sql`
      SELECT was, source, run_id AS "runId", known_from AS "knownFrom", known_until AS "knownUntil"
      FROM tapekeeper.revision WHERE dataset = ${dataset} AND symbol = ${symbol} AND day = ${day} ORDER BY known_from`),
    db.rows<CellFacts['quarantined'][number]>(sql`
      SELECT rule, detail, source, at FROM tapekeeper.quarantine
      WHERE dataset = ${dataset} AND symbol = ${symbol} AND day = ${day} AND state = 'held' ORDER BY id DESC LIMIT 20`),
    db.rows<CellFacts['flags'][number]>(sql`
      SELECT rule, detail FROM tapekeeper.row_flag WHERE dataset = ${dataset} AND symbol = ${symbol} AND day = ${day}`),
    recentFailures(db, dataset, instrumentId, day),
  ]);
  return {
    row: stored?.row ?? null,
    source: stored?.source ?? null,
    runId: stored?.runId ?? null,
    knownAt: stored?.knownAt ?? null,
    coveredBy: coveredBy.map((row) => row.source),
    exceptions,
    revisions,
    quarantined,
    flags,
    failures,
  };
}

/** Looks only into the newest runs of the data set: what failed long ago explains nothing today. */
async function recentFailures(
  db: Database,
  dataset: DatasetId,
  instrumentId: number,
  day: PlainDay,
): Promise<CellFacts['failures']> {
  const newest = await db.rows<{ id: number }>(sql`
    SELECT id FROM tapekeeper.run WHERE dataset = ${dataset} ORDER BY id DESC LIMIT 20`);
  // given as values, so that only their partitions are planned for: a join would plan for all of them
  const runs = sql`ANY(${newest.map((run) => run.id)}::bigint[])`;
  return db.rows(sql`
    SELECT t.run_id AS "runId", t.source, t.error_code AS code, a.error_message AS message, t.finished_at AS at
    FROM tapekeeper.item t
    LEFT JOIN LATERAL (
      SELECT error_message FROM tapekeeper.attempt a
      WHERE a.run_id = ${runs} AND a.run_id = t.run_id AND a.item_no = t.no AND a.error_code IS NOT NULL
      ORDER BY a.no DESC LIMIT 1) AS a ON true
    WHERE t.run_id = ${runs} AND t.state = 'failed' AND t.from_day <= ${day} AND t.to_day >= ${day}
      AND (t.instrument_id = ${instrumentId}
           OR (${instrumentId} < octet_length(t.members) * 8 AND get_bit(t.members, ${instrumentId}) = 1))
    ORDER BY t.run_id DESC LIMIT 5`);
}
