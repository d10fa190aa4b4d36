import {
  afterAnswer,
  afterBan,
  afterTrouble,
  breakerState,
  CLOSED_BREAKER,
  evidenceOf,
  learnCeilings,
  usedUpBucket,
  withCall,
  type Instant,
  type Latency,
} from '@tapekeeper/core';
import type { CallTime } from '../ports/sourceStore.ts';
import { readBudgets, writeLearned } from './budgets.ts';
import { endStretch, recentMinutes, rememberBan } from './callCounts.ts';
import { sql, type Database, type Transaction } from './connection.ts';
import { emitBreaker } from './eventsOfSources.ts';
import { lockHost, writeBreaker } from './hostLock.ts';
import { recordBreaker } from './operationsOfSources.ts';

export async function noteSuccess(
  db: Database,
  host: string,
  calls: readonly CallTime[] = [],
): Promise<void> {
  await db.transaction(async (tx) => {
    const { now, breaker } = await lockHost(tx, host);
    const { failures, openings } = breaker;
    const after = afterAnswer(breaker, now);
    if (after !== breaker && failures + openings > 0) {
      await writeBreaker(tx, host, after);
      await emitBreaker(tx, host, breaker, after);
      await recordBreaker(tx, host, breaker, after);
    }
    const byApi = Map.groupBy(calls, ({ api }) => api);
    for (const [api, times] of byApi) await addLatency(tx, host, api, times);
  });
}

/** A person's word that the host may be asked again. What its bans have taught stays. */
export async function closeBreaker(db: Database, host: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { breaker } = await lockHost(tx, host);
    if (breaker.failures + breaker.openings === 0) return;
    await writeBreaker(tx, host, CLOSED_BREAKER);
    await emitBreaker(tx, host, breaker, CLOSED_BREAKER);
  });
}

async function addLatency(
  tx: Transaction,
  host: string,
  api: string,
  times: readonly CallTime[],
): Promise<void> {
  const known = await tx.maybe<Latency>(sql`
    SELECT mean_ms AS "meanMs", calls FROM tapekeeper.host_latency WHERE host = ${host} AND api = ${api}`);
  const latency = times.reduce<Latency | undefined>((mean, { ms }) => withCall(mean, ms), known);
  if (latency === undefined) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.host_latency (host, api, mean_ms, calls)
    VALUES (${host}, ${api}, ${latency.meanMs}, ${latency.calls})
    ON CONFLICT (host, api) DO UPDATE SET mean_ms = EXCLUDED.mean_ms, calls = EXCLUDED.calls`);
}

export async function noteFailure(
  db: Database,
  host: string,
  reason: string,
  threshold: number,
  pauseMs: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { now, breaker } = await lockHost(tx, host);
    const after = afterTrouble(breaker, now, { reason, threshold, firstPauseMs: pauseMs });
    if (after === breaker) return;
    await writeBreaker(tx, host, after);
    await emitBreaker(tx, host, breaker, after);
    await recordBreaker(tx, host, breaker, after);
    if (breaker.banPauseMs !== null) await endStretch(tx, host);
  });
}

/** Only a ban that comes while all is well teaches something; later ones are the same ban. */
export async function openBreaker(
  db: Database,
  host: string,
  reason: string,
  pauseMs: number,
  teaches = true,
): Promise<Instant> {
  return db.transaction(async (tx) => {
    const { now, breaker } = await lockHost(tx, host);
    const after = afterBan(breaker, now, reason, pauseMs);
    if (after !== breaker) {
      if (teaches && breakerState(breaker, now) === 'closed') await learnFromBan(tx, host, reason, now);
      await endStretch(tx, host);
      await writeBreaker(tx, host, after);
      await emitBreaker(tx, host, breaker, after);
      await recordBreaker(tx, host, breaker, after);
    }
    return after.openUntil ?? now;
  });
}

async function learnFromBan(tx: Transaction, host: string, reason: string, now: Instant): Promise<void> {
  const minutes = await recentMinutes(tx, host, now);
  if (minutes.length === 0) return;
  const bans = await rememberBan(tx, host, { at: now, reason, evidence: evidenceOf(minutes) });
  const known = (await readBudgets(tx, host)).filter(
    (budget) => budget.api === '*' && budget.origin === 'learned' && budget.slides,
  );
  const learned = learnCeilings(bans, known);
  await tx.rows(sql`
    DELETE FROM tapekeeper.budget WHERE host = ${host} AND api = '*' AND origin = 'learned' AND slides
      AND window_seconds <> ALL (${learned.map((one) => one.windowSeconds)}::int[])`);
  const fresh = learned.filter((ceiling) => !known.some((one) => one === ceiling));
  for (const ceiling of fresh) await writeLearned(tx, host, '*', usedUpBucket(ceiling, now));
}
