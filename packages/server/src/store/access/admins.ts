import { AppError } from '@tapekeeper/core';
import type { UserId } from '../../ports/accessStore.ts';
import { sql, type Queries, type Transaction } from '../connection.ts';

/** Held while it is decided who administers, so that two admins cannot remove each other at once. */
const ADMINS_LOCK = 7206_310;

/** Users who can log in and administer. */
const ADMINS = sql`role = 'admin' AND enabled AND deleted_at IS NULL AND password_hash IS NOT NULL`;

export async function hasAdmin(db: Queries): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    SELECT EXISTS (SELECT 1 FROM tapekeeper.user_account WHERE ${ADMINS}) AS found`);
  return found;
}

export async function lockAdmins(tx: Transaction): Promise<void> {
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${ADMINS_LOCK})`);
}

/** Throws `last_admin` where that user is the only one who administers. */
export async function requireOtherAdmin(tx: Transaction, id: UserId): Promise<void> {
  await lockAdmins(tx);
  const { isAdmin, others, name } = await tx.one<{
    isAdmin: boolean;
    others: boolean;
    name: string | null;
  }>(sql`
    SELECT EXISTS (SELECT 1 FROM tapekeeper.user_account WHERE ${ADMINS} AND id = ${id}) AS "isAdmin",
      EXISTS (SELECT 1 FROM tapekeeper.user_account WHERE ${ADMINS} AND id <> ${id}) AS others,
      (SELECT name FROM tapekeeper.user_account WHERE id = ${id}) AS name`);
  if (isAdmin && !others) throw new AppError('last_admin', { name: name ?? String(id) });
}
