import {
  burstOf,
  fullBucket,
  passBreaker,
  takeCall as takeFrom,
  usedUpBucket,
  type Bucket,
  type CallClass,
  type Ceiling,
  type Instant,
} from '@tapekeeper/core';
import type { Budget, BudgetRule, CallPermit } from '../ports/sourceStore.ts';
import { noteCall } from './callCounts.ts';
import { sql, type Database, type Queries, type Transaction } from './connection.ts';
import { epochMs, instantOf, lockHost, writeBreaker } from './hostLock.ts';

const DAY_SECONDS = 86_400;

/** A larger or smaller day keeps its spent calls, a window that slides what flows now. */
export async function configure(tx: Transaction, rule: BudgetRule, now: Instant): Promise<void> {
  const { host, api, windowSeconds, capacity } = rule;
  const { slides, tokens } = fullBucket(ceilingOf(rule), now);
  await tx.rows(sql`
    INSERT INTO tapekeeper.budget AS b (host, api, window_seconds, slides, origin, capacity, tokens, refilled_at)
    VALUES (${host}, ${api}, ${windowSeconds}, ${slides}, 'configured', ${capacity}, ${tokens}, ${instantOf(now)})
    ON CONFLICT (host, api, window_seconds, slides, origin) DO UPDATE SET
      capacity = EXCLUDED.capacity,
      tokens = CASE WHEN b.slides THEN least(b.tokens, ${burstOf(capacity)})
                    ELSE b.tokens + EXCLUDED.capacity - b.capacity END
    WHERE b.capacity <> EXCLUDED.capacity`);
}

/** The windows that quotas and ceilings are given for: a day by the calendar, shorter ones sliding. */
function ceilingOf({ capacity, windowSeconds }: BudgetRule): Ceiling {
  return { capacity, windowSeconds, slides: windowSeconds !== DAY_SECONDS };
}

/** One call from every bucket that counts it; all of them or none. */
export async function takeCall(
  db: Database,
  host: string,
  api: string,
  callClass: CallClass = 'live',
): Promise<CallPermit> {
  return db.transaction(async (tx) => {
    const { now, breaker } = await lockHost(tx, host);
    const passage = passBreaker(breaker, now);
    if (passage.kind === 'open') return { kind: 'open', until: passage.until, reason: breaker.reason };
    if (passage.kind === 'wait') return passage;
    const buckets = await readBudgets(tx, host, api);
    const taking = takeFrom(buckets, now, callClass);
    await writeBudgets(tx, host, changedOf(buckets, taking.buckets));
    if (!taking.granted) return { kind: 'wait', waitMs: taking.waitMs };
    if (passage.kind === 'probe') await writeBreaker(tx, host, passage.breaker);
    await noteCall(tx, host, now);
    return { kind: 'granted' };
  });
}

function changedOf(before: readonly Budget[], after: readonly Budget[]): readonly Budget[] {
  return after.filter((budget, at) => budget !== before[at]);
}

/** What the source has said replaces what was learned of the window before. */
export async function drainBudget(db: Database, rule: BudgetRule): Promise<void> {
  await db.transaction(async (tx) => {
    const { now } = await lockHost(tx, rule.host);
    await writeLearned(tx, rule.host, rule.api, usedUpBucket(ceilingOf(rule), now));
  });
}

export async function writeLearned(
  tx: Transaction,
  host: string,
  api: string,
  bucket: Bucket,
): Promise<void> {
  const { windowSeconds, slides, capacity, tokens, refilledAt } = bucket;
  await tx.rows(sql`
    INSERT INTO tapekeeper.budget (host, api, window_seconds, slides, origin, capacity, tokens, refilled_at)
    VALUES (${host}, ${api}, ${windowSeconds}, ${slides}, 'learned', ${capacity}, ${tokens}, ${instantOf(refilledAt)})
    ON CONFLICT (host, api, window_seconds, slides, origin) DO UPDATE SET
      capacity = EXCLUDED.capacity, tokens = EXCLUDED.tokens, refilled_at = EXCLUDED.refilled_at`);
}

/** The budgets of a host; with an interface those that count its calls. */
export async function readBudgets(db: Queries, host: string, api?: string): Promise<readonly Budget[]> {
  const counting = api === undefined ? sql`` : sql`AND api IN ('*', ${api})`;
  return db.rows(sql`
    SELECT api, origin, window_seconds AS "windowSeconds", slides, capacity, tokens,
      ${epochMs(sql`refilled_at`)} AS "refilledAt", ${epochMs(sql`awaited_until`)} AS "awaitedUntil"
    FROM tapekeeper.budget WHERE host = ${host} ${counting}
    ORDER BY api, window_seconds, slides, origin`);
}

async function writeBudgets(tx: Transaction, host: string, budgets: readonly Budget[]): Promise<void> {
  if (budgets.length === 0) return;
  await tx.rows(sql`
    UPDATE tapekeeper.budget b SET tokens = n.tokens,
      refilled_at = to_timestamp(n.refilled_ms / 1000), awaited_until = to_timestamp(n.awaited_ms / 1000)
    FROM unnest(
      ${budgets.map((one) => one.api)}::text[], ${budgets.map((one) => one.windowSeconds)}::int[],
      ${budgets.map((one) => one.slides)}::boolean[], ${budgets.map((one) => one.origin)}::text[],
      ${budgets.map((one) => one.tokens)}::float8[], ${budgets.map((one) => one.refilledAt)}::float8[],
      ${budgets.map((one) => one.awaitedUntil)}::float8[]
    ) AS n (api, window_seconds, slides, origin, tokens, refilled_ms, awaited_ms)
    WHERE b.host = ${host} AND b.api = n.api AND b.window_seconds = n.window_seconds
      AND b.slides = n.slides AND b.origin = n.origin`);
}

export async function sourceNow(db: Queries): Promise<Instant> {
  const { now } = await db.one<{ now: Instant }>(sql`SELECT ${epochMs(sql`tapekeeper.source_now()`)} AS now`);
  return now;
}
