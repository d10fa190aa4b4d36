import type { BackupNote } from '../ports/taskStore.ts';
import { sql, type Queries } from './connection.ts';

/** Called once a backup has been read back. */
export async function noteBackup(db: Queries, { runId, file, bytes, rows }: BackupNote): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.backup (run_id, file, bytes, rows) VALUES (${runId}::bigint, ${file}, ${bytes}, ${rows})`);
}

/** When the newest backup was made and where; undefined where there was none. */
export async function lastBackup(
  db: Queries,
): Promise<{ readonly ageMs: number; readonly file: string } | undefined> {
  return db.maybe(sql`
    SELECT (extract(epoch FROM tapekeeper.now() - made_at) * 1000)::float8 AS "ageMs", file
    FROM tapekeeper.backup ORDER BY id DESC LIMIT 1`);
}
