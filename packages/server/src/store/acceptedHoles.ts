import type { DatasetId } from '@tapekeeper/core';
import type { AcceptedHole, IdPage, NewAcceptedHole } from '../ports/qualityStore.ts';
import { sql, type Database, type RawBuilder, type Transaction } from './connection.ts';
import { emitEvent } from './events.ts';

/** Under which the cells of accepted holes stand: no source has said anything of them. */
const NOBODY = '*';

const COLUMNS = sql`id, dataset, symbols, from_day AS "from", to_day AS "to", cells, reason, author, at,
  revoked_at AS "revokedAt", revoked_by AS "revokedBy"`;

export async function coverageChanges(db: Database): Promise<number> {
  const row = await db.maybe<{ version: number }>(sql`SELECT version FROM tapekeeper.coverage_change`);
  return row?.version ?? 0;
}

/** Says in the caller's transaction that what was counted of the coverage no longer holds. */
export async function noteCoverageChange(tx: Transaction, dataset: DatasetId): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.coverage_change (version) VALUES (1)
    ON CONFLICT (only_row) DO UPDATE SET version = coverage_change.version + 1`);
  await emitEvent(tx, 'coverage', { dataset });
}

export async function acceptHole(db: Database, hole: NewAcceptedHole): Promise<AcceptedHole | undefined> {
  if (hole.cells.length === 0) return undefined;
  return db.transaction(async (tx) => {
    const { id } = await tx.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.accepted_hole (dataset, symbols, from_day, to_day, cells, reason, author)
      VALUES (${hole.dataset}, ${hole.symbols === null ? null : [...hole.symbols]}::text[], ${hole.from}, ${hole.to},
        ${hole.cells.length}, ${hole.reason}, ${hole.author}) RETURNING id`);
    const { cells } = await tx.one<{ cells: number }>(sql`
      WITH taken AS (
        INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, reason, author, accepted_hole_id)
        SELECT ${hole.dataset}, instrument_id, day, ${NOBODY}, 'accepted', ${hole.reason}, ${hole.author}, ${id}
        FROM unnest(${hole.cells.map((cell) => cell.instrumentId)}::int[], ${hole.cells.map((cell) => cell.day)}::date[])
          AS new (instrument_id, day)
        WHERE NOT EXISTS (
          SELECT 1 FROM tapekeeper.coverage_exception e
          WHERE e.dataset = ${hole.dataset} AND e.instrument_id = new.instrument_id AND e.day = new.day)
        ORDER BY instrument_id, day
        ON CONFLICT (dataset, instrument_id, day, source) DO NOTHING RETURNING 1)
      SELECT count(*)::int AS cells FROM taken`);
    if (cells === 0) {
      await tx.rows(sql`DELETE FROM tapekeeper.accepted_hole WHERE id = ${id}`);
      return undefined;
    }
    await noteCoverageChange(tx, hole.dataset);
    return tx.one<AcceptedHole>(sql`
      UPDATE tapekeeper.accepted_hole SET cells = ${cells} WHERE id = ${id} RETURNING ${COLUMNS}`);
  });
}

export async function acceptedHole(db: Database, id: number): Promise<AcceptedHole | undefined> {
  return db.maybe(sql`SELECT ${COLUMNS} FROM tapekeeper.accepted_hole WHERE id = ${id}`);
}

export async function acceptedHoles(
  db: Database,
  dataset: DatasetId | null,
  { before, limit }: IdPage,
): Promise<readonly AcceptedHole[]> {
  const older = before === null ? sql`` : sql`AND id < ${before}`;
  return db.rows(sql`SELECT ${COLUMNS} FROM tapekeeper.accepted_hole WHERE ${ofDataset(dataset)} ${older}
    ORDER BY ${dataset === null ? sql`` : sql`dataset DESC,`} id DESC LIMIT ${limit}`);
}

/** As a range from a data set to itself, so that only the index on data sets has the order asked for. */
export function ofDataset(dataset: DatasetId | null): RawBuilder<unknown> {
  return dataset === null
    ? sql`true`
    : sql`dataset >= ${dataset} COLLATE "C" AND dataset <= ${dataset} COLLATE "C"`;
}

export async function revokeHole(
  db: Database,
  id: number,
  author: string,
): Promise<AcceptedHole | undefined> {
  return db.transaction(async (tx) => {
    const hole = await tx.maybe<AcceptedHole>(sql`
      UPDATE tapekeeper.accepted_hole SET revoked_at = tapekeeper.now(), revoked_by = ${author}
      WHERE id = ${id} AND revoked_at IS NULL RETURNING ${COLUMNS}`);
    if (hole === undefined) return undefined;
    await tx.rows(sql`DELETE FROM tapekeeper.coverage_exception WHERE accepted_hole_id = ${id}`);
    await noteCoverageChange(tx, hole.dataset);
    return hole;
  });
}
