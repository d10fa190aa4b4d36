import { waitAfter } from '@tapekeeper/core';
import type { AccessStore, ThrottleSubject } from '../../ports/accessStore.ts';
import { sql, type Database, type Queries } from '../connection.ts';

interface Row {
  readonly subject: string;
  readonly tries: number;
  /** Milliseconds since the last try, and until the next one may be. */
  readonly silentMs: number;
  readonly waitMs: number;
}

const COLUMNS = sql`subject, tries,
  extract(epoch FROM tapekeeper.now() - tried_at)::float8 * 1000 AS "silentMs",
  extract(epoch FROM open_at - tapekeeper.now())::float8 * 1000 AS "waitMs"`;

/**
 * Looks without a lock first: who has to wait costs nothing, and makes no rows. Then the rows are locked, always in
 * the same order, and looked at again.
 */
export async function admitLogin(
  db: Database,
  subjects: readonly ThrottleSubject[],
): ReturnType<AccessStore['admitLogin']> {
  const names = subjects.map(({ subject }) => subject).toSorted();
  const known = await db.rows<Row>(sql`
    SELECT ${COLUMNS} FROM tapekeeper.login_throttle WHERE subject = ANY (${names}::text[])`);
  const wait = longestWait(known);
  if (wait > 0) return { waitMs: wait };
  return db.transaction(async (tx) => {
    await tx.rows(sql`
      INSERT INTO tapekeeper.login_throttle (subject) SELECT unnest(${names}::text[]) ON CONFLICT (subject) DO NOTHING`);
    const rows = await tx.rows<Row>(sql`
      SELECT ${COLUMNS} FROM tapekeeper.login_throttle WHERE subject = ANY (${names}::text[])
      ORDER BY subject FOR UPDATE`);
    const overtaken = longestWait(rows);
    if (overtaken > 0) {
      await tx.rows(sql`
        DELETE FROM tapekeeper.login_throttle WHERE subject = ANY (${names}::text[]) AND tries = 0`);
      return { waitMs: overtaken };
    }
    const counted = subjects.map(({ subject, rule }) => {
      const row = rows.find((one) => one.subject === subject);
      const tries = row === undefined || row.silentMs > rule.forgetMs ? 1 : row.tries + 1;
      return { subject, tries, waitMs: waitAfter(tries, rule) };
    });
    await tx.rows(sql`
      UPDATE tapekeeper.login_throttle t SET tries = new.tries, tried_at = tapekeeper.now(),
        open_at = tapekeeper.now() + new.wait_ms * interval '1 ms'
      FROM unnest(${counted.map((one) => one.subject)}::text[], ${counted.map((one) => one.tries)}::int[],
        ${counted.map((one) => one.waitMs)}::float8[]) AS new (subject, tries, wait_ms)
      WHERE t.subject = new.subject`);
    return null;
  });
}

function longestWait(rows: readonly Row[]): number {
  return rows.reduce((most, { waitMs }) => Math.max(most, waitMs), 0);
}

export async function settleLogin(
  db: Database,
  forgotten: readonly string[],
  returned: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      SELECT 1 FROM tapekeeper.login_throttle
      WHERE subject = ANY (${[...forgotten, ...returned]}::text[]) ORDER BY subject FOR UPDATE`);
    await tx.rows(sql`
      UPDATE tapekeeper.login_throttle SET tries = tries - 1, open_at = tapekeeper.now()
      WHERE subject = ANY (${[...returned]}::text[]) AND tries > 1`);
    await tx.rows(sql`
      DELETE FROM tapekeeper.login_throttle WHERE subject = ANY (${[...forgotten]}::text[])
        OR (subject = ANY (${[...returned]}::text[]) AND tries <= 1)`);
  });
}

/** What ended long ago; sessions stay for a while, since they tell from where their user has come in. */
export async function sweepAccess(db: Queries, limit: number): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    WITH old_sessions AS (
      DELETE FROM tapekeeper.session WHERE id = ANY (ARRAY(
        SELECT id FROM tapekeeper.session WHERE expires_at < (SELECT tapekeeper.now()) - interval '30 days'
        ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)) RETURNING 1),
    old_tokens AS (
      DELETE FROM tapekeeper.refresh_token WHERE id = ANY (ARRAY(
        SELECT id FROM tapekeeper.refresh_token WHERE expires_at < (SELECT tapekeeper.now()) - interval '1 day'
        ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)) RETURNING 1),
    old_throttles AS (
      DELETE FROM tapekeeper.login_throttle WHERE subject = ANY (ARRAY(
        SELECT subject FROM tapekeeper.login_throttle WHERE tried_at < (SELECT tapekeeper.now()) - interval '2 days'
        ORDER BY tried_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT (SELECT count(*) FROM old_sessions) + (SELECT count(*) FROM old_tokens)
      + (SELECT count(*) FROM old_throttles) AS count`);
  return count;
}
