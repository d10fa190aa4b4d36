import type { SourceRight, SourceStore } from '../ports/sourceStore.ts';
import { sql, type Database } from './connection.ts';

export async function rights(db: Database): Promise<readonly SourceRight[]> {
  return db.rows(sql`
    SELECT source, api, allowed, detail, checked_at AS "checkedAt" FROM tapekeeper.source_right ORDER BY source, api`);
}

export async function saveRight(db: Database, right: Parameters<SourceStore['saveRight']>[0]): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.source_right (source, api, allowed, detail)
    VALUES (${right.source}, ${right.api}, ${right.allowed}, ${right.detail})
    ON CONFLICT (source, api) DO UPDATE
      SET allowed = EXCLUDED.allowed, detail = EXCLUDED.detail, checked_at = clock_timestamp()`);
}
