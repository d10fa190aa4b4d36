import type { BanEvidence, BanWindow, Instant, MinuteCalls } from '@tapekeeper/core';
import { sql, type Transaction } from './connection.ts';
import { epochMs, instantOf } from './hostLock.ts';

/** A little more than the longest window that bans are judged by. */
const KEPT_HOURS = 25;

/** Bans that are remembered for a host. */
const KEPT_BANS = 20;

/** Counts a call that goes out now, and forgets old minutes as new ones begin. */
export async function noteCall(tx: Transaction, host: string, now: Instant): Promise<void> {
  const { calls } = await tx.one<{ calls: number }>(sql`
    INSERT INTO tapekeeper.host_minute AS m (host, minute, calls, first_at, last_at)
    VALUES (${host}, date_trunc('minute', ${instantOf(now)}), 1, ${instantOf(now)}, ${instantOf(now)})
    ON CONFLICT (host, minute) DO UPDATE SET calls = m.calls + 1, last_at = greatest(m.last_at, EXCLUDED.last_at)
    RETURNING calls`);
  if (calls > 1) return;
  await tx.rows(sql`
    DELETE FROM tapekeeper.host_minute
    WHERE host = ${host} AND minute < ${instantOf(now)} - make_interval(hours => ${KEPT_HOURS})`);
}

/** The calls of the last day by minutes, from the oldest. */
export async function recentMinutes(
  tx: Transaction,
  host: string,
  now: Instant,
): Promise<readonly MinuteCalls[]> {
  return tx.rows(sql`
    SELECT ${epochMs(sql`minute`)} AS minute, calls, ${epochMs(sql`first_at`)} AS "firstAt",
      ${epochMs(sql`last_at`)} AS "lastAt", banned
    FROM tapekeeper.host_minute
    WHERE host = ${host} AND minute >= ${instantOf(now)} - make_interval(hours => ${KEPT_HOURS})
    ORDER BY minute`);
}

/** Ends the stretch of calls with its newest minute: the host has refused the last one. */
export async function endStretch(tx: Transaction, host: string): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.host_minute SET banned = true
    WHERE host = ${host} AND minute = (SELECT max(minute) FROM tapekeeper.host_minute WHERE host = ${host})`);
}

/** Remembers a ban, and gives all that are remembered, from the oldest. */
export async function rememberBan(
  tx: Transaction,
  host: string,
  ban: { readonly at: Instant; readonly reason: string; readonly evidence: BanEvidence },
): Promise<readonly BanEvidence[]> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.host_ban (host, at, reason, windows)
    VALUES (${host}, ${instantOf(ban.at)}, ${ban.reason}, ${JSON.stringify(ban.evidence.windows)}::jsonb)
    ON CONFLICT (host, at) DO NOTHING`);
  await tx.rows(sql`
    DELETE FROM tapekeeper.host_ban WHERE host = ${host} AND at < (
      SELECT min(at) FROM (
        SELECT at FROM tapekeeper.host_ban WHERE host = ${host} ORDER BY at DESC LIMIT ${KEPT_BANS}) AS newest)`);
  return tx.rows<{ windows: readonly BanWindow[] }>(
    sql`SELECT windows FROM tapekeeper.host_ban WHERE host = ${host} ORDER BY at`,
  );
}
