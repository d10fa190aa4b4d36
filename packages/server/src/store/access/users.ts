import { AppError } from '@tapekeeper/core';
import type { NewUser, User, UserChange, UserId, UserSecrets } from '../../ports/accessStore.ts';
import { sql, type Database, type Queries, type Transaction } from '../connection.ts';
import { requireOtherAdmin } from './admins.ts';
import { emitAccess } from './accessEvents.ts';

/** An address from which somebody has come in is known for so long. */
const KNOWN_ADDRESS_DAYS = 30;

const UNIQUE_VIOLATION = '23505';

const COLUMNS = sql`id, name, display_name AS "displayName", role, enabled, password_hash IS NOT NULL AS "hasPassword",
  version, created_at AS "createdAt", updated_at AS "updatedAt", last_login_at AS "lastLoginAt"`;

export async function users(db: Queries, after: string, limit: number): Promise<readonly User[]> {
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.user_account
    WHERE deleted_at IS NULL AND name > ${after} COLLATE "C" ORDER BY name LIMIT ${limit}`);
}

export async function user(db: Queries, id: UserId): Promise<User | undefined> {
  return db.maybe(
    sql`SELECT ${COLUMNS} FROM tapekeeper.user_account WHERE id = ${id} AND deleted_at IS NULL`,
  );
}

export async function userNamed(db: Queries, name: string): Promise<User | undefined> {
  return db.maybe(
    sql`SELECT ${COLUMNS} FROM tapekeeper.user_account WHERE name = ${name} AND deleted_at IS NULL`,
  );
}

export async function userSecrets(
  db: Queries,
  name: string,
  ip: string | null,
): Promise<UserSecrets | undefined> {
  const found = await db.maybe<User & Omit<UserSecrets, 'user'>>(sql`
    SELECT ${COLUMNS}, password_hash AS "passwordHash", proof_version AS "proofVersion",
      EXISTS (SELECT 1 FROM tapekeeper.session s WHERE s.user_id = u.id AND s.ip = ${ip}::inet
        AND s.created_at > tapekeeper.now() - make_interval(days => ${KNOWN_ADDRESS_DAYS})) AS "knownAddress"
    FROM tapekeeper.user_account u WHERE name = ${name} AND deleted_at IS NULL`);
  if (found === undefined) return undefined;
  const { passwordHash, proofVersion, knownAddress, ...account } = found;
  return { user: account, passwordHash, proofVersion, knownAddress };
}

export async function createUser(db: Queries, user: NewUser): Promise<User> {
  const { name, displayName, role, passwordHash } = user;
  try {
    return await db.one(sql`
      INSERT INTO tapekeeper.user_account (name, display_name, role, password_hash)
      VALUES (${name}, ${displayName}, ${role}, ${passwordHash}) RETURNING ${COLUMNS}`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new AppError('user_exists', { name }, error);
  }
}

export async function updateUser(db: Database, id: UserId, change: UserChange): Promise<User> {
  const { displayName, role, enabled, version } = change;
  return db.transaction(async (tx) => {
    const stays = role === 'admin' && enabled;
    const former = await lockedUser(tx, id, stays);
    if (former.version !== version)
      throw new AppError('user_changed', { name: former.name, found: former.version, version });
    const voided = former.enabled && !enabled;
    const changed = await tx.one<User>(sql`
      UPDATE tapekeeper.user_account SET display_name = ${displayName}, role = ${role}, enabled = ${enabled},
        proof_version = proof_version + ${voided ? 1 : 0}, version = version + 1, updated_at = tapekeeper.now()
      WHERE id = ${id} RETURNING ${COLUMNS}`);
    if (voided || role !== former.role) await emitAccess(tx, id, null);
    return changed;
  });
}

export async function setPassword(db: Database, id: UserId, passwordHash: string): Promise<User> {
  return db.transaction(async (tx) => {
    const changed = await tx.maybe<User>(sql`
      UPDATE tapekeeper.user_account SET password_hash = ${passwordHash}, proof_version = proof_version + 1,
        version = version + 1, updated_at = tapekeeper.now()
      WHERE id = ${id} AND deleted_at IS NULL RETURNING ${COLUMNS}`);
    if (changed === undefined) throw new AppError('unknown_user', { user: id });
    await emitAccess(tx, id, null);
    return changed;
  });
}

export async function rehashPassword(
  db: Queries,
  id: UserId,
  former: string,
  passwordHash: string,
): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.user_account SET password_hash = ${passwordHash}
    WHERE id = ${id} AND password_hash = ${former}`);
}

/** The row stays, since histories and sessions refer to it; the name is free again. */
export async function deleteUser(db: Database, id: UserId): Promise<User> {
  return db.transaction(async (tx) => {
    const former = await lockedUser(tx, id, false);
    await tx.rows(sql`
      UPDATE tapekeeper.user_account SET deleted_at = tapekeeper.now(), enabled = false, password_hash = NULL,
        proof_version = proof_version + 1, version = version + 1, updated_at = tapekeeper.now()
      WHERE id = ${id}`);
    await tx.rows(sql`
      UPDATE tapekeeper.api_token SET revoked_at = tapekeeper.now() WHERE user_id = ${id} AND revoked_at IS NULL`);
    await emitAccess(tx, id, null);
    return former;
  });
}

/** The user, locked; throws `last_admin` where nobody could administer any more without them. */
async function lockedUser(tx: Transaction, id: UserId, staysAdmin: boolean): Promise<User> {
  if (!staysAdmin) await requireOtherAdmin(tx, id);
  const found = await tx.maybe<User>(
    sql`SELECT ${COLUMNS} FROM tapekeeper.user_account WHERE id = ${id} AND deleted_at IS NULL FOR UPDATE`,
  );
  if (found === undefined) throw new AppError('unknown_user', { user: id });
  return found;
}
