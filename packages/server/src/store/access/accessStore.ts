import type { AccessStore } from '../../ports/accessStore.ts';
import { sql, type Database } from '../connection.ts';

/** Users and their proofs in the database. */
export function createAccessStore(db: Database): AccessStore {
  return { hasAdmin: () => hasAdmin(db) } as AccessStore;
}

async function hasAdmin(db: Database): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    SELECT EXISTS (SELECT 1 FROM tapekeeper.user_account
      WHERE role = 'admin' AND enabled AND deleted_at IS NULL AND password_hash IS NOT NULL) AS found`);
  return found;
}
