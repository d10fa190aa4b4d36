import type { DatasetId, PlainDay } from '@tapekeeper/core';
import type { FreshnessDay, StoredTarget } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';

const COLUMNS = sql`dataset, due, share, objective, version, since, updated_by AS "updatedBy"`;

export async function targets(db: Database): Promise<readonly StoredTarget[]> {
  return db.rows(sql`SELECT ${COLUMNS} FROM tapekeeper.freshness_target ORDER BY dataset`);
}

/** Days that were waited for under the former target, and are not due yet, are judged by the new one. */
export async function setTarget(
  db: Database,
  { dataset, due, share, objective, updatedBy }: Omit<StoredTarget, 'version' | 'since'>,
): Promise<StoredTarget> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`
      DELETE FROM tapekeeper.freshness_day WHERE dataset = ${dataset} AND met_at IS NULL AND due_at > tapekeeper.now()`);
    return tx.one(sql`
      INSERT INTO tapekeeper.freshness_target (dataset, due, share, objective, updated_by)
      VALUES (${dataset}, ${due}, ${share}, ${objective}, ${updatedBy})
      ON CONFLICT (dataset) DO UPDATE SET due = EXCLUDED.due, share = EXCLUDED.share, objective = EXCLUDED.objective,
        updated_by = EXCLUDED.updated_by, updated_at = tapekeeper.now(), version = freshness_target.version + 1
      RETURNING ${COLUMNS}`);
  });
}

export async function deleteTarget(db: Database, dataset: DatasetId): Promise<StoredTarget | undefined> {
  return db.maybe(sql`
    DELETE FROM tapekeeper.freshness_target WHERE dataset = ${dataset} RETURNING ${COLUMNS}`);
}

export async function freshnessDays(
  db: Database,
  dataset: DatasetId,
  from: PlainDay,
  to: PlainDay,
): Promise<readonly FreshnessDay[]> {
  return db.rows(sql`
    SELECT dataset, day, due_at AS "dueAt", met_at AS "metAt" FROM tapekeeper.freshness_day
    WHERE dataset = ${dataset} AND day BETWEEN ${from} AND ${to} ORDER BY day`);
}

export async function saveFreshnessDays(db: Database, days: readonly FreshnessDay[]): Promise<void> {
  if (days.length === 0) return;
  await db.rows(sql`
    INSERT INTO tapekeeper.freshness_day AS d (dataset, day, due_at, met_at)
    SELECT n.dataset, n.day, to_timestamp(n."dueAt" / 1000), to_timestamp(n."metAt" / 1000)
    FROM jsonb_to_recordset(${JSON.stringify(days)}::jsonb) AS n (dataset text, day date, "dueAt" float8, "metAt" float8)
    ON CONFLICT (dataset, day) DO UPDATE SET met_at = EXCLUDED.met_at WHERE d.met_at IS NULL AND EXCLUDED.met_at IS NOT NULL`);
}
