import type { Breaker, Instant } from '@tapekeeper/core';
import { sql, type Queries, type RawBuilder, type Transaction } from './connection.ts';

/** First half of the key of the advisory locks of hosts; the second is a hash of the name. */
const HOST_LOCKS = 7207;

/** A host as it is while its lock is held, by the clock of the database. */
export interface LockedHost {
  readonly now: Instant;
  readonly breaker: Breaker;
}

/**
 * One at a time decides about a host: its buckets, its breaker and the count of its calls change
 * together. A host that was never called has no row to lock, so the lock is one of a name.
 */
export async function lockHost(tx: Transaction, host: string): Promise<LockedHost> {
  await lockHostName(tx, host);
  // a statement of its own: it has to see what the holder before has committed
  return readHost(tx, host);
}

/** The lock alone. Whoever takes several takes them in the order of the names. */
export async function lockHostName(tx: Transaction, host: string): Promise<void> {
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${HOST_LOCKS}, hashtext(${host}))`);
}

export async function readHost(db: Queries, host: string): Promise<LockedHost> {
  const { now, ...row } = await db.one<HostRow>(sql`
    SELECT ${epochMs(sql`tapekeeper.source_now()`)} AS now, coalesce(h.failures, 0) AS failures,
      coalesce(h.openings, 0) AS openings, ${epochMs(sql`h.open_until`)} AS "openUntil",
      ${epochMs(sql`h.probe_until`)} AS "probeUntil", h.ban_pause_ms AS "banPauseMs", coalesce(h.reason, '') AS reason
    FROM (SELECT 1) AS one LEFT JOIN tapekeeper.host h ON h.host = ${host}`);
  return { now, breaker: row };
}

interface HostRow extends Breaker {
  readonly now: Instant;
}

export async function writeBreaker(tx: Transaction, host: string, breaker: Breaker): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.host (host, failures, openings, open_until, probe_until, ban_pause_ms, reason)
    VALUES (${host}, ${breaker.failures}, ${breaker.openings}, ${instantOf(breaker.openUntil)},
            ${instantOf(breaker.probeUntil)}, ${breaker.banPauseMs}, nullif(${breaker.reason}, ''))
    ON CONFLICT (host) DO UPDATE SET
      failures = EXCLUDED.failures, openings = EXCLUDED.openings, open_until = EXCLUDED.open_until,
      probe_until = EXCLUDED.probe_until, ban_pause_ms = EXCLUDED.ban_pause_ms, reason = EXCLUDED.reason`);
}

/** Whole milliseconds since 1970: what is computed with in the core. */
export function epochMs(timestamp: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`floor(extract(epoch FROM ${timestamp}) * 1000)::float8`;
}

export function instantOf(ms: Instant | null): RawBuilder<unknown> {
  return sql`to_timestamp(${ms}::float8 / 1000)`;
}
