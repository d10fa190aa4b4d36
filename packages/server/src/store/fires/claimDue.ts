import type { Instant, JobDefinition } from '@tapekeeper/core';
import type { FireId, JobId } from '../../ports/jobStore.ts';
import { sql, type Transaction } from '../connection.ts';
import type { LastFire } from './writeFires.ts';

/** A due job whose row is locked until the transaction ends. */
export interface ClaimedJob {
  readonly id: JobId;
  readonly key: string;
  readonly version: number;
  readonly definition: JobDefinition;
  readonly scheduledFor: Instant;
  readonly dueAt: Instant;
  /** The fire that an equal one may go on with: nobody has changed the job since. */
  readonly lastFireId: FireId | null;
}

/**
 * What a decision may take: it waits for nobody's lock for long, and when its program is silent in the
 * middle of it (a frozen scheduler) the server gives it up, so that others decide. Returns the time.
 */
export async function beginDecision(tx: Transaction, lockWaitMs = 2_000): Promise<Instant> {
  const { now } = await tx.one<{ now: Instant }>(sql`
    SELECT tapekeeper.now() AS now, set_config('lock_timeout', ${`${lockWaitMs}ms`}, true),
      set_config('idle_in_transaction_session_timeout', '5s', true)`);
  return now;
}

/** Due jobs, the longest due first; those that somebody else has locked are left to him. */
export async function claimDue(tx: Transaction, now: Instant, limit: number): Promise<readonly ClaimedJob[]> {
  return tx.rows<ClaimedJob>(sql`
    SELECT id, key, version, definition, next_scheduled_for AS "scheduledFor", next_fire_at AS "dueAt",
      last_fire_id AS "lastFireId"
    FROM tapekeeper.job
    WHERE state = 'enabled' AND next_fire_at <= to_timestamp(${now}::float8 / 1000)
    ORDER BY next_fire_at LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED`);
}

/**
 * The newest fires of jobs. A statement of its own: what is joined to a row that another transaction
 * changed before the lock was had would be of the time before.
 */
export async function lastFires(
  tx: Transaction,
  jobs: readonly JobId[],
): Promise<ReadonlyMap<JobId, LastFire>> {
  const rows = await tx.rows<LastFire & { readonly jobId: JobId }>(sql`
    SELECT f.* FROM unnest(${jobs}::bigint[]) AS j (id)
    CROSS JOIN LATERAL (
      SELECT job_id AS "jobId", id, job_version AS "jobVersion", until, decision, reason, blocker
      FROM tapekeeper.fire WHERE job_id = j.id ORDER BY scheduled_for DESC LIMIT 1) AS f`);
  return new Map(rows.map((row) => [row.jobId, row]));
}
