import { DATASETS, type DatasetId, type FieldTally, type PlainDay } from '@tapekeeper/core';
import type {
  FormerRow,
  IdPage,
  MismatchFilter,
  NewReconciliation,
  Reconciliation,
  ReconciliationMismatch,
  ReconciliationResult,
  StoredRow,
} from '../ports/qualityStore.ts';
import type { StoredError } from '../ports/runStore.ts';
import { ofDataset } from './acceptedHoles.ts';
import { sql, type Database, type Queries, type RawBuilder } from './connection.ts';

/** Rows of symbols over days, for data sets with a row a symbol and day. */
export async function storedRows(
  db: Database,
  dataset: DatasetId,
  symbols: readonly string[],
  from: PlainDay,
  to: PlainDay,
): Promise<readonly StoredRow[]> {
  const columns = DATASETS[dataset].columns.map(
    (column) => sql`${sql.lit(column.name)}, t.${sql.ref(column.name)}`,
  );
  return db.rows(sql`
    SELECT t.symbol, t.trade_date AS day, t.source, jsonb_build_object(${sql.join(columns)}) AS row
    FROM ${sql.table(`market.${dataset}`)} AS t
    WHERE t.symbol = ANY(${[...symbols]}::text[]) AND t.trade_date BETWEEN ${from} AND ${to}
    ORDER BY t.symbol, t.trade_date`);
}

export async function formerRows(
  db: Database,
  dataset: DatasetId,
  symbols: readonly string[],
  day: PlainDay,
): Promise<readonly FormerRow[]> {
  return db.rows(sql`
    SELECT symbol, was FROM tapekeeper.revision
    WHERE dataset = ${dataset} AND symbol = ANY(${[...symbols]}::text[]) AND day = ${day} ORDER BY symbol, known_from`);
}

export async function beginReconciliation(db: Queries, begun: NewReconciliation): Promise<number> {
  const { id } = await db.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.reconciliation (dataset, day, seed, sample_size, author)
    VALUES (${begun.dataset}, ${begun.day}, ${begun.seed}, ${begun.sampleSize}, ${begun.author}) RETURNING id`);
  return id;
}

export async function touchReconciliation(db: Database, id: number): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.reconciliation SET alive_at = tapekeeper.now() WHERE id = ${id} AND state = 'running'`);
}

export async function saveReconciliation(
  db: Database,
  id: number,
  { cells, calls, notes, tallies, mismatches }: ReconciliationResult,
): Promise<void> {
  await db.transaction(async (tx) => {
    const open = await tx.rows(sql`
      UPDATE tapekeeper.reconciliation SET state = 'done', cells = ${cells}, calls = ${calls},
        notes = ${JSON.stringify(notes)}::jsonb, finished_at = tapekeeper.now()
      WHERE id = ${id} AND state = 'running' RETURNING id`);
    if (open.length === 0) return;
    await tx.rows(sql`
      INSERT INTO tapekeeper.reconciliation_tally
        (reconciliation_id, no, ours, theirs, field, compared, unit, adjustment, late, "real")
      SELECT ${id}, no, ours, theirs, field, compared, unit, adjustment, late, "real" FROM unnest(
        ${tallies.map((one) => one.ours)}::text[], ${tallies.map((one) => one.theirs)}::text[],
        ${tallies.map((one) => one.field)}::text[], ${tallies.map((one) => one.compared)}::int[],
        ${tallies.map((one) => one.unit)}::int[], ${tallies.map((one) => one.adjustment)}::int[],
        ${tallies.map((one) => one.late)}::int[], ${tallies.map((one) => one.real)}::int[]
      ) WITH ORDINALITY AS new (ours, theirs, field, compared, unit, adjustment, late, "real", no)`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.reconciliation_mismatch
        (reconciliation_id, no, symbol, day, ours, theirs, field, our_value, their_value, kind, detail)
      SELECT ${id}, no, symbol, day, ours, theirs, field, our_value, their_value, kind, detail FROM unnest(
        ${mismatches.map((one) => one.symbol)}::text[], ${mismatches.map((one) => one.day)}::date[],
        ${mismatches.map((one) => one.ours)}::text[], ${mismatches.map((one) => one.theirs)}::text[],
        ${mismatches.map((one) => one.field)}::text[], ${mismatches.map((one) => JSON.stringify(one.ourValue))}::jsonb[],
        ${mismatches.map((one) => JSON.stringify(one.theirValue))}::jsonb[],
        ${mismatches.map((one) => one.kind)}::text[], ${mismatches.map((one) => one.detail)}::text[]
      ) WITH ORDINALITY AS new (symbol, day, ours, theirs, field, our_value, their_value, kind, detail, no)`);
  });
}

export async function failReconciliation(db: Database, id: number, error: StoredError): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.reconciliation SET state = 'failed', error = ${JSON.stringify(error)}::jsonb,
      finished_at = tapekeeper.now()
    WHERE id = ${id} AND state = 'running'`);
}

export async function failSilentReconciliations(db: Database, silentMs: number): Promise<number> {
  const error: StoredError = {
    code: 'interrupted',
    message: 'the process that did it has ended',
    details: {},
  };
  const failed = await db.rows(sql`
    UPDATE tapekeeper.reconciliation SET state = 'failed', error = ${JSON.stringify(error)}::jsonb,
      finished_at = tapekeeper.now()
    WHERE state = 'running' AND alive_at < tapekeeper.now() - make_interval(secs => ${silentMs / 1000}) RETURNING id`);
  return failed.length;
}

const COLUMNS = sql`r.id, r.dataset, r.day, r.seed, r.sample_size AS "sampleSize", r.author, r.state, r.error, r.cells,
  r.calls, r.notes, r.started_at AS "startedAt", r.finished_at AS "finishedAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'ours', t.ours, 'theirs', t.theirs, 'field', t.field, 'compared', t.compared, 'unit', t.unit,
      'adjustment', t.adjustment, 'late', t.late, 'real', t."real") ORDER BY t.no), '[]')
   FROM tapekeeper.reconciliation_tally t WHERE t.reconciliation_id = r.id) AS tallies`;

type Stored = Omit<Reconciliation, 'tallies'> & { readonly tallies: readonly FieldTally[] };

export async function reconciliation(db: Database, id: number): Promise<Reconciliation | undefined> {
  return db.maybe<Stored>(sql`SELECT ${COLUMNS} FROM tapekeeper.reconciliation r WHERE r.id = ${id}`);
}

export async function reconciliations(
  db: Database,
  dataset: DatasetId | null,
  { before, limit }: IdPage,
): Promise<readonly Reconciliation[]> {
  const older = before === null ? sql`` : sql`AND id < ${before}`;
  return db.rows<Stored>(sql`
    SELECT ${COLUMNS} FROM (
      SELECT * FROM tapekeeper.reconciliation WHERE ${ofDataset(dataset)} ${older}
      ORDER BY ${dataset === null ? sql`` : sql`dataset DESC,`} id DESC LIMIT ${limit}
    ) AS r ORDER BY r.id DESC`);
}

export async function reconciliationMismatches(
  db: Database,
  id: number,
  { theirs, field, kind, after, limit }: MismatchFilter,
): Promise<readonly ReconciliationMismatch[]> {
  const only = (column: string, value: string | null): RawBuilder<unknown> =>
    value === null ? sql`` : sql`AND ${sql.ref(column)} = ${value}`;
  return db.rows(sql`
    SELECT no, symbol, day, ours, theirs, field, our_value AS "ourValue", their_value AS "theirValue", kind, detail
    FROM tapekeeper.reconciliation_mismatch
    WHERE reconciliation_id = ${id} AND no > ${after}::bigint ${only('theirs', theirs)} ${only('field', field)} ${only('kind', kind)}
    ORDER BY no LIMIT ${limit}`);
}
