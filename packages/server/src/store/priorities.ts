import type { DatasetId, SourceId } from '@tapekeeper/core';
import type { StoredPriority } from '../ports/priorityStore.ts';
import { sql, type Database } from './connection.ts';

export async function priorities(db: Database): Promise<readonly StoredPriority[]> {
  return db.rows(sql`
    SELECT dataset, sources, changed_by AS "changedBy", changed_at AS "changedAt"
    FROM tapekeeper.source_priority ORDER BY dataset`);
}

export async function setPriority(
  db: Database,
  dataset: DatasetId | '*',
  sources: readonly SourceId[],
  author: string,
): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.source_priority (dataset, sources, changed_by)
    VALUES (${dataset}, ${[...sources]}::text[], ${author})
    ON CONFLICT (dataset) DO UPDATE
      SET sources = EXCLUDED.sources, changed_by = EXCLUDED.changed_by, changed_at = tapekeeper.now()`);
}

export async function clearPriority(db: Database, dataset: DatasetId | '*'): Promise<boolean> {
  const cleared = await db.rows(sql`
    DELETE FROM tapekeeper.source_priority WHERE dataset = ${dataset} RETURNING dataset`);
  return cleared.length > 0;
}
