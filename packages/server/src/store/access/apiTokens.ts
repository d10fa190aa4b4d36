import { AppError } from '@tapekeeper/core';
import type { AccessStore, ApiTokenView, OwnedPage, ProvedUser, UserId } from '../../ports/accessStore.ts';
import { sql, type Database, type Queries } from '../connection.ts';
import { emitAccess } from './accessEvents.ts';

const COLUMNS = sql`t.id, t.user_id AS "userId", u.name AS "userName", t.name, t.prefix, t.scopes,
  t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.used_at AS "usedAt", t.revoked_at AS "revokedAt"`;

export async function createApiToken(
  db: Queries,
  token: Parameters<AccessStore['createApiToken']>[0],
): Promise<ApiTokenView> {
  const { userId, name, prefix, digest, scopes, lifeMs } = token;
  const made = await db.maybe<ApiTokenView>(sql`
    WITH t AS (
      INSERT INTO tapekeeper.api_token (user_id, name, prefix, digest, scopes, expires_at)
      SELECT id, ${name}, ${prefix}, ${Buffer.from(digest)}, ${scopes === null ? null : [...scopes]}::text[],
        tapekeeper.now() + ${lifeMs}::float8 * interval '1 ms'
      FROM tapekeeper.user_account WHERE id = ${userId} AND deleted_at IS NULL
      RETURNING *)
    SELECT ${COLUMNS} FROM t JOIN tapekeeper.user_account u ON u.id = t.user_id`);
  if (made === undefined) throw new AppError('unknown_user', { user: userId });
  return made;
}

export async function apiTokenUser(db: Queries, digest: Uint8Array): Promise<ProvedUser | undefined> {
  return db.maybe(sql`
    WITH used AS (
      UPDATE tapekeeper.api_token SET used_at = tapekeeper.now()
      WHERE digest = ${Buffer.from(digest)} AND revoked_at IS NULL
        AND (used_at IS NULL OR used_at < tapekeeper.now() - interval '1 minute'))
    SELECT t.user_id AS "userId", u.name, u.role, t.id::text AS "proofId", t.scopes, t.expires_at AS "expiresAt"
    FROM tapekeeper.api_token t JOIN tapekeeper.user_account u ON u.id = t.user_id
    WHERE t.digest = ${Buffer.from(digest)} AND t.revoked_at IS NULL
      AND (t.expires_at IS NULL OR t.expires_at > tapekeeper.now()) AND u.enabled AND u.deleted_at IS NULL`);
}

export async function apiTokens(
  db: Queries,
  { userId, before, limit }: OwnedPage,
): Promise<readonly ApiTokenView[]> {
  const owned = userId === null ? sql`true` : sql`t.user_id = ${userId}`;
  const older = before === null ? sql`true` : sql`t.id < ${before}`;
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.api_token t JOIN tapekeeper.user_account u ON u.id = t.user_id
    WHERE ${owned} AND ${older} ORDER BY t.id DESC LIMIT ${limit}`);
}

export async function revokeApiToken(
  db: Database,
  id: number,
  userId: UserId | null,
): Promise<ApiTokenView | undefined> {
  return db.transaction(async (tx) => {
    const ended = await tx.maybe<ApiTokenView>(sql`
      UPDATE tapekeeper.api_token t SET revoked_at = tapekeeper.now() FROM tapekeeper.user_account u
      WHERE t.id = ${id} AND u.id = t.user_id AND t.revoked_at IS NULL
        AND (${userId}::bigint IS NULL OR t.user_id = ${userId})
      RETURNING ${COLUMNS}`);
    if (ended !== undefined) await emitAccess(tx, ended.userId, `token:${ended.id}`);
    return ended;
  });
}
