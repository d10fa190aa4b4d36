import type { Instant } from '@tapekeeper/core';
import type { FireView, JobId } from '../ports/jobStore.ts';
import { sql, type Database } from './connection.ts';
import { instantOf } from './hostLock.ts';

const MOST_FIRES = 200;

const FIRE = sql`
  f.id, f.job_id AS "jobId", f.job_version AS "jobVersion", f.scheduled_for AS "scheduledFor", f.until,
  f.due_count AS "dueCount", f.decision, f.reason, f.blocker, f.upstream_run_id AS "upstreamRunId",
  f.decided_at AS "decidedAt", r.id AS "runId", r.state AS "runState"`;

/** Fires of a job neither overlap nor stand out of order: before the window only the last can reach into it. */
export async function firesWithin(
  db: Database,
  job: JobId,
  from: Instant,
  to: Instant,
): Promise<readonly FireView[]> {
  const within = await db.rows<FireView>(sql`
    SELECT ${FIRE} FROM (
      SELECT * FROM tapekeeper.fire
      WHERE job_id = ${job} AND scheduled_for >= ${instantOf(from)} AND scheduled_for < ${instantOf(to)}
      ORDER BY scheduled_for LIMIT ${MOST_FIRES}) AS f
    LEFT JOIN tapekeeper.run r ON r.fire_id = f.id ORDER BY f.scheduled_for`);
  const before = await fireBefore(db, job, from);
  return before !== undefined && before.until >= from ? [before, ...within] : within;
}

export async function fireBefore(db: Database, job: JobId, at: Instant): Promise<FireView | undefined> {
  return db.maybe(sql`
    SELECT ${FIRE} FROM (
      SELECT * FROM tapekeeper.fire WHERE job_id = ${job} AND scheduled_for < ${instantOf(at)}
      ORDER BY scheduled_for DESC LIMIT 1) AS f
    LEFT JOIN tapekeeper.run r ON r.fire_id = f.id`);
}
