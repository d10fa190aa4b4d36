import type { Instant, SourceId } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import type { BudgetRule, CallPermit, SourceRight, SourceStore } from '../ports/sourceStore.ts';
import type { WorkerId } from '../ports/runStore.ts';

export async function rights(db: Database): Promise<readonly SourceRight[]> {
  return db.rows(sql`
    SELECT source, api, allowed, detail, checked_at AS "checkedAt" FROM tapekeeper.source_right ORDER BY source, api`);
}

export async function saveRight(db: Database, right: Parameters<SourceStore['saveRight']>[0]): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.source_right (source, api, allowed, detail)
    VALUES (${right.source}, ${right.api}, ${right.allowed}, ${right.detail})
    ON CONFLICT (source, api) DO UPDATE
      SET allowed = EXCLUDED.allowed, detail = EXCLUDED.detail, checked_at = clock_timestamp()`);
}

/** A rule that is already there keeps its tokens: a restart must not refill a spent budget. */
export async function setBudgets(db: Database, rules: readonly BudgetRule[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      DELETE FROM tapekeeper.budget WHERE (host, api, window_seconds) NOT IN (
        SELECT * FROM unnest(${rules.map((rule) => rule.host)}::text[], ${rules.map((rule) => rule.api)}::text[],
                             ${rules.map((rule) => rule.windowSeconds)}::int[]))`);
    for (const rule of rules) {
      await tx.rows(sql`
        INSERT INTO tapekeeper.budget (host, api, window_seconds, capacity, tokens)
        VALUES (${rule.host}, ${rule.api}, ${rule.windowSeconds}, ${rule.capacity}, ${rule.capacity})
        ON CONFLICT (host, api, window_seconds) DO UPDATE
          SET capacity = EXCLUDED.capacity, tokens = least(budget.tokens, EXCLUDED.capacity)`);
    }
  });
}

interface Bucket {
  readonly api: string;
  readonly window_seconds: number;
  readonly capacity: number;
  /** Tokens with what has flown in since the last call. */
  readonly level: number;
}

/** One call from every bucket that counts it; all of them or none. */
export async function takeCall(db: Database, host: string, api: string): Promise<CallPermit> {
  return db.transaction(async (tx) => {
    const breaker = await tx.maybe<{ until: Instant; reason: string | null }>(sql`
      SELECT open_until AS until, reason FROM tapekeeper.host WHERE host = ${host} AND open_until > clock_timestamp()`);
    if (breaker) return { kind: 'open', until: breaker.until, reason: breaker.reason ?? '' };
    const buckets = await tx.rows<Bucket>(sql`
      SELECT api, window_seconds, capacity,
        least(capacity, tokens + extract(epoch FROM clock_timestamp() - refilled_at) * capacity / window_seconds)::float8 AS level
      FROM tapekeeper.budget WHERE host = ${host} AND api IN ('*', ${api})
      ORDER BY api, window_seconds FOR UPDATE`);
    const waits = buckets.filter((bucket) => bucket.level < 1);
    if (waits.length > 0) {
      const waitMs = Math.max(
        ...waits.map((bucket) => ((1 - bucket.level) * bucket.window_seconds * 1000) / bucket.capacity),
      );
      return { kind: 'wait', waitMs: Math.ceil(waitMs) };
    }
    for (const bucket of buckets) {
      await tx.rows(sql`
        UPDATE tapekeeper.budget SET tokens = ${bucket.level - 1}, refilled_at = clock_timestamp()
        WHERE host = ${host} AND api = ${bucket.api} AND window_seconds = ${bucket.window_seconds}`);
    }
    return { kind: 'granted' };
  });
}

export async function drainBudget(db: Database, rule: BudgetRule): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.budget (host, api, window_seconds, capacity, tokens)
    VALUES (${rule.host}, ${rule.api}, ${rule.windowSeconds}, ${rule.capacity}, 0)
    ON CONFLICT (host, api, window_seconds) DO UPDATE
      SET capacity = EXCLUDED.capacity, tokens = 0, refilled_at = clock_timestamp()`);
}

export async function noteSuccess(db: Database, host: string): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.host SET failures = 0, openings = 0, open_until = NULL, reason = NULL
    WHERE host = ${host} AND (failures > 0 OR openings > 0)`);
}

export async function noteFailure(
  db: Database,
  host: string,
  reason: string,
  threshold: number,
  pauseMs: number,
): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.host AS h (host, failures, reason) VALUES (${host}, 1, ${reason})
    ON CONFLICT (host) DO UPDATE SET
      failures = h.failures + 1, reason = EXCLUDED.reason,
      openings = h.openings + (h.failures + 1 >= ${threshold})::int,
      open_until = CASE WHEN h.failures + 1 >= ${threshold}
        THEN clock_timestamp() + make_interval(secs => ${pauseMs / 1000} * power(2, least(h.openings, 6)))
        ELSE h.open_until END`);
}

export async function openBreaker(
  db: Database,
  host: string,
  reason: string,
  pauseMs: number,
): Promise<Instant> {
  const { until } = await db.one<{ until: Instant }>(sql`
    INSERT INTO tapekeeper.host AS h (host, failures, openings, open_until, reason)
    VALUES (${host}, 1, 1, clock_timestamp() + make_interval(secs => ${pauseMs / 1000}), ${reason})
    ON CONFLICT (host) DO UPDATE SET failures = h.failures + 1, openings = h.openings + 1, reason = EXCLUDED.reason,
      open_until = clock_timestamp() + make_interval(secs => ${pauseMs / 1000} * power(2, least(h.openings, 6)))
    RETURNING open_until AS until`);
  return until;
}

/** The lease of a single connection; a holder whose worker has stopped or gone silent holds nothing. */
export async function takeLease(db: Database, source: SourceId, worker: WorkerId): Promise<boolean> {
  const taken = await db.rows(sql`
    INSERT INTO tapekeeper.source_lease AS l (source, worker_id, taken_at) VALUES (${source}, ${worker}, clock_timestamp())
    ON CONFLICT (source) DO UPDATE SET
      fence = l.fence + (l.worker_id IS DISTINCT FROM EXCLUDED.worker_id)::int,
      worker_id = EXCLUDED.worker_id, taken_at = EXCLUDED.taken_at,
      wanted_by = CASE WHEN l.wanted_by = EXCLUDED.worker_id THEN NULL ELSE l.wanted_by END
    WHERE l.worker_id IS NULL OR l.worker_id = EXCLUDED.worker_id
      OR NOT EXISTS (SELECT 1 FROM tapekeeper.worker w WHERE w.id = l.worker_id AND w.stopped_at IS NULL)
    RETURNING source`);
  if (taken.length > 0) return true;
  await db.rows(sql`UPDATE tapekeeper.source_lease SET wanted_by = ${worker} WHERE source = ${source}`);
  return false;
}

export async function releaseLease(db: Database, source: SourceId, worker: WorkerId): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.source_lease SET worker_id = NULL, fence = fence + 1 WHERE source = ${source} AND worker_id = ${worker}`);
}

export async function leaseWanted(db: Database, source: SourceId, worker: WorkerId): Promise<boolean> {
  const wanted = await db.rows(sql`
    SELECT 1 FROM tapekeeper.source_lease l JOIN tapekeeper.worker w ON w.id = l.wanted_by AND w.stopped_at IS NULL
    WHERE l.source = ${source} AND l.worker_id = ${worker} AND l.wanted_by <> ${worker}`);
  return wanted.length > 0;
}
