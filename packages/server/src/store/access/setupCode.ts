import { AppError } from '@tapekeeper/core';
import type { NewUser, User } from '../../ports/accessStore.ts';
import { sql, type Database, type Queries } from '../connection.ts';
import { recordDecision } from '../operations.ts';
import { hasAdmin, lockAdmins } from './admins.ts';
import { createUser } from './users.ts';

export async function keepSetupCode(db: Database, digest: Uint8Array, lifeMs: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockAdmins(tx);
    if (await hasAdmin(tx)) return false;
    await tx.rows(sql`
      INSERT INTO tapekeeper.setup_code (digest, expires_at)
      VALUES (${Buffer.from(digest)}, tapekeeper.now() + ${lifeMs}::float8 * interval '1 ms')
      ON CONFLICT (only_row) DO UPDATE
      SET digest = excluded.digest, created_at = tapekeeper.now(), expires_at = excluded.expires_at`);
    return true;
  });
}

export async function isSetupCode(db: Queries, digest: Uint8Array): Promise<boolean> {
  const found = await db.maybe(sql`
    SELECT 1 AS one FROM tapekeeper.setup_code WHERE digest = ${Buffer.from(digest)} AND expires_at > tapekeeper.now()`);
  return found !== undefined && !(await hasAdmin(db));
}

/** Of many at once one makes the admin: the lock lets them in one after the other, and the code is spent then. */
export async function createFirstAdmin(
  db: Database,
  user: NewUser,
  codeDigest: Uint8Array | null,
): Promise<User> {
  return db.transaction(async (tx) => {
    await lockAdmins(tx);
    if (await hasAdmin(tx)) throw new AppError('setup_refused');
    const spent = await tx.rows(sql`
      DELETE FROM tapekeeper.setup_code
      WHERE ${codeDigest === null} OR (digest = ${Buffer.from(codeDigest ?? [])} AND expires_at > tapekeeper.now())
      RETURNING 1`);
    if (codeDigest !== null && spent.length === 0) throw new AppError('setup_refused');
    const made = await createUser(tx, user);
    if (codeDigest === null) {
      await recordDecision(tx, 'autoFirstAdmin', {
        kind: 'user',
        id: String(made.id),
        before: null,
        after: { name: made.name, role: made.role },
      });
    }
    return made;
  });
}
