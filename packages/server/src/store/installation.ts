import { AppError } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';

export type DataMode = 'live' | 'replay';

/** Stamps a new database with its mode; a database of the other mode is refused, untouched. */
export async function stampInstallation(
  db: Database,
  asked: DataMode,
): Promise<{ id: string; mode: DataMode }> {
  const stamped = await db.one<{ id: string; mode: DataMode }>(sql`
    WITH new AS (
      INSERT INTO tapekeeper.installation (mode) VALUES (${asked}) ON CONFLICT (only_row) DO NOTHING RETURNING id, mode)
    SELECT id, mode FROM new UNION ALL SELECT id, mode FROM tapekeeper.installation LIMIT 1`);
  if (stamped.mode !== asked) throw new AppError('mode_mismatch', { stamped: stamped.mode, asked });
  return stamped;
}
