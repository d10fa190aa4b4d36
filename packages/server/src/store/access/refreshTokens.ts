import type {
  AccessStore,
  ProvedUser,
  RefreshOutcome,
  TokenFamily,
  UserId,
} from '../../ports/accessStore.ts';
import { sql, type Database, type Queries, type RawBuilder, type Transaction } from '../connection.ts';
import { recordDecision } from '../operations.ts';
import { emitAccess } from './accessEvents.ts';

const later = (lifeMs: number): RawBuilder<unknown> =>
  sql`tapekeeper.now() + ${lifeMs}::float8 * interval '1 ms'`;

/** A refresh token that can still be used. */
const LIVE = sql`t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > tapekeeper.now()
  AND t.proof_version = u.proof_version AND u.enabled AND u.deleted_at IS NULL`;

export async function createRefreshToken(
  db: Queries,
  token: Parameters<AccessStore['createRefreshToken']>[0],
): Promise<boolean> {
  const { userId, proofVersion, family, digest, lifeMs } = token;
  const made = await db.maybe(sql`
    WITH u AS (
      UPDATE tapekeeper.user_account SET last_login_at = tapekeeper.now()
      WHERE id = ${userId} AND proof_version = ${proofVersion} AND enabled AND deleted_at IS NULL RETURNING id)
    INSERT INTO tapekeeper.refresh_token (user_id, family, digest, proof_version, expires_at)
    SELECT id, ${family}::uuid, ${Buffer.from(digest)}, ${proofVersion}, ${later(lifeMs)} FROM u RETURNING 1 AS one`);
  return made !== undefined;
}

interface ShownToken extends Omit<ProvedUser, 'scopes' | 'expiresAt' | 'proofId'> {
  readonly id: number;
  readonly family: string;
  readonly proofVersion: number;
  readonly isUsed: boolean;
  readonly isRevoked: boolean;
  readonly isLive: boolean;
}

/** The lock on the row lets those who show the same token at once in one after the other: the second gives it up. */
export async function turnRefreshToken(
  db: Database,
  digest: Uint8Array,
  next: Uint8Array,
  lifeMs: number,
): Promise<RefreshOutcome> {
  return db.transaction(async (tx) => {
    const shown = await tx.maybe<ShownToken>(sql`
      SELECT t.id, t.family, t.user_id AS "userId", u.name, u.role, t.proof_version AS "proofVersion",
        t.used_at IS NOT NULL AS "isUsed", t.revoked_at IS NOT NULL AS "isRevoked", ${LIVE} AS "isLive"
      FROM tapekeeper.refresh_token t JOIN tapekeeper.user_account u ON u.id = t.user_id
      WHERE t.digest = ${Buffer.from(digest)} FOR UPDATE OF t`);
    if (shown === undefined) return { kind: 'unknown' };
    if (shown.isUsed) {
      if (!shown.isRevoked) await giveUp(tx, shown);
      return { kind: 'reused' };
    }
    if (!shown.isLive) return { kind: 'unknown' };
    await tx.rows(sql`UPDATE tapekeeper.refresh_token SET used_at = tapekeeper.now() WHERE id = ${shown.id}`);
    const { expiresAt } = await tx.one<{ expiresAt: number }>(sql`
      INSERT INTO tapekeeper.refresh_token (user_id, family, digest, proof_version, expires_at)
      VALUES (${shown.userId}, ${shown.family}::uuid, ${Buffer.from(next)}, ${shown.proofVersion}, ${later(lifeMs)})
      RETURNING expires_at AS "expiresAt"`);
    const { userId, name, role, family, proofVersion } = shown;
    return {
      kind: 'good',
      family,
      proofVersion,
      user: { userId, name, role, proofId: family, scopes: null, expiresAt },
    };
  });
}

async function giveUp(tx: Transaction, { family, userId, name }: ShownToken): Promise<void> {
  await endFamily(tx, family, userId);
  await recordDecision(tx, 'autoTokensRevoked', {
    kind: 'user',
    id: String(userId),
    before: null,
    after: { name, family, reason: 'a refresh token was shown a second time' },
  });
}

async function endFamily(tx: Transaction, family: string, userId: UserId): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.refresh_token SET revoked_at = tapekeeper.now()
    WHERE family = ${family}::uuid AND revoked_at IS NULL`);
  await emitAccess(tx, userId, `family:${family}`);
}

export async function refreshFamily(db: Queries, digest: Uint8Array): Promise<TokenFamily | undefined> {
  return db.maybe(sql`
    SELECT t.family, t.user_id AS "userId", u.name AS "userName"
    FROM tapekeeper.refresh_token t JOIN tapekeeper.user_account u ON u.id = t.user_id
    WHERE t.digest = ${Buffer.from(digest)} AND ${LIVE}`);
}

export async function revokeFamily(db: Database, family: string): Promise<void> {
  await db.transaction(async (tx) => {
    const live = await tx.maybe<{ userId: UserId }>(sql`
      SELECT user_id AS "userId" FROM tapekeeper.refresh_token
      WHERE family = ${family}::uuid AND used_at IS NULL AND revoked_at IS NULL FOR UPDATE`);
    if (live !== undefined) await endFamily(tx, family, live.userId);
  });
}

export async function familyUser(
  db: Queries,
  claims: Parameters<AccessStore['familyUser']>[0],
): Promise<ProvedUser | undefined> {
  const { family, userId, proofVersion, expiresAt } = claims;
  return db.maybe(sql`
    SELECT t.user_id AS "userId", u.name, u.role, t.family::text AS "proofId", NULL AS scopes,
      to_timestamp(${expiresAt / 1000}::float8) AS "expiresAt"
    FROM tapekeeper.refresh_token t JOIN tapekeeper.user_account u ON u.id = t.user_id
    WHERE t.family = ${family}::uuid AND t.user_id = ${userId} AND t.proof_version = ${proofVersion} AND ${LIVE}
      AND to_timestamp(${expiresAt / 1000}::float8) > tapekeeper.now()`);
}
