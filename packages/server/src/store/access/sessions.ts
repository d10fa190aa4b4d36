import type { AccessStore, OwnedPage, ProvedUser, SessionView, UserId } from '../../ports/accessStore.ts';
import { sql, type Database, type Queries } from '../connection.ts';
import { emitAccess } from './accessEvents.ts';

const COLUMNS = sql`s.id, s.user_id AS "userId", u.name AS "userName", s.created_at AS "createdAt",
  s.seen_at AS "seenAt", s.expires_at AS "expiresAt", host(s.ip) AS ip, s.user_agent AS "userAgent"`;

/** A session that proves its user. */
const GOOD = sql`s.revoked_at IS NULL AND s.expires_at > (SELECT tapekeeper.now()) AND s.proof_version = u.proof_version
  AND u.enabled AND u.deleted_at IS NULL`;

export async function createSession(
  db: Database,
  session: Parameters<AccessStore['createSession']>[0],
): Promise<SessionView | undefined> {
  const { userId, proofVersion, digest, lifeMs, ip, userAgent } = session;
  return db.transaction(async (tx) => {
    const u = await tx.maybe<{ name: string }>(sql`
      UPDATE tapekeeper.user_account SET last_login_at = tapekeeper.now()
      WHERE id = ${userId} AND proof_version = ${proofVersion} AND enabled AND deleted_at IS NULL RETURNING name`);
    if (u === undefined) return undefined;
    return tx.one<SessionView>(sql`
      INSERT INTO tapekeeper.session AS s (user_id, digest, proof_version, expires_at, ip, user_agent)
      VALUES (${userId}, ${Buffer.from(digest)}, ${proofVersion},
        tapekeeper.now() + ${lifeMs}::float8 * interval '1 ms', ${ip}::inet, ${userAgent})
      RETURNING s.id, s.user_id AS "userId", ${u.name} AS "userName", s.created_at AS "createdAt",
        s.seen_at AS "seenAt", s.expires_at AS "expiresAt", host(s.ip) AS ip, s.user_agent AS "userAgent"`);
  });
}

export async function sessionUser(db: Queries, digest: Uint8Array): Promise<ProvedUser | undefined> {
  return db.maybe(sql`
    WITH seen AS (
      UPDATE tapekeeper.session SET seen_at = tapekeeper.now()
      WHERE digest = ${Buffer.from(digest)} AND seen_at < tapekeeper.now() - interval '1 minute'
        AND revoked_at IS NULL)
    SELECT s.user_id AS "userId", u.name, u.role, s.id::text AS "proofId", NULL AS scopes, s.expires_at AS "expiresAt"
    FROM tapekeeper.session s JOIN tapekeeper.user_account u ON u.id = s.user_id
    WHERE s.digest = ${Buffer.from(digest)} AND ${GOOD}`);
}

export async function sessions(
  db: Queries,
  { userId, before, limit }: OwnedPage,
): Promise<readonly SessionView[]> {
  const owned = userId === null ? sql`true` : sql`s.user_id = ${userId}`;
  const older = before === null ? sql`true` : sql`s.id < ${before}`;
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.session s JOIN tapekeeper.user_account u ON u.id = s.user_id
    WHERE ${GOOD} AND ${owned} AND ${older} ORDER BY s.id DESC LIMIT ${limit}`);
}

export async function revokeSession(
  db: Database,
  id: number,
  userId: UserId | null,
): Promise<SessionView | undefined> {
  return db.transaction(async (tx) => {
    const ended = await tx.maybe<SessionView>(sql`
      UPDATE tapekeeper.session s SET revoked_at = tapekeeper.now() FROM tapekeeper.user_account u
      WHERE s.id = ${id} AND u.id = s.user_id AND ${GOOD} AND (${userId}::bigint IS NULL OR s.user_id = ${userId})
      RETURNING ${COLUMNS}`);
    if (ended !== undefined) await emitAccess(tx, ended.userId, `session:${ended.id}`);
    return ended;
  });
}
