import type { Instant } from '@tapekeeper/core';
import type { FireFilter, FireView, JobId } from '../../ports/jobStore.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';

const columns = sql`
  f.id, f.job_id AS "jobId", f.job_version AS "jobVersion", f.scheduled_for AS "scheduledFor", f.until,
  f.due_count AS "dueCount", f.decision, f.reason, f.blocker, f.upstream_run_id AS "upstreamRunId",
  f.decided_at AS "decidedAt", r.id AS "runId", r.state AS "runState"`;

/**
 * Fires whose stretch touches a time, newest first: of one job by their moments, of all jobs in the order
 * in which they were decided.
 */
export async function fires(db: Database, filter: FireFilter): Promise<readonly FireView[]> {
  const { jobId, decision, from, to, before, limit } = filter;
  const wheres = [
    ...(jobId === null ? [] : [sql`f.job_id = ${jobId}`]),
    ...(decision === null ? [] : [sql`f.decision = ${decision}`]),
    ...(from === null ? [] : [sql`f.until >= ${timeOf(from)}`]),
    ...(to === null ? [] : [sql`f.scheduled_for < ${timeOf(to)}`]),
    ...(before === null ? [] : [olderThan(jobId, before)]),
  ];
  const where = wheres.length === 0 ? sql`` : sql`WHERE ${sql.join(wheres, sql` AND `)}`;
  const order = jobId === null ? sql`f.id` : sql`f.scheduled_for`;
  return db.rows<FireView>(sql`
    SELECT ${columns} FROM tapekeeper.fire f LEFT JOIN tapekeeper.run r ON r.fire_id = f.id
    ${where} ORDER BY ${order} DESC LIMIT ${limit}`);
}

/** A page goes on by the same key as it is in order by. */
function olderThan(jobId: JobId | null, before: number): RawBuilder<unknown> {
  if (jobId === null) return sql`f.id < ${before}`;
  return sql`f.scheduled_for < (SELECT scheduled_for FROM tapekeeper.fire WHERE id = ${before})`;
}

/**
 * Fires of a job never overlap: the last one that begins no later is the only one that can hold the time.
 * Fires after runs begin between two milliseconds, and are found at the first of them.
 */
export async function fireAt(db: Database, jobId: JobId, at: Instant): Promise<FireView | undefined> {
  const last = await db.maybe<FireView>(sql`
    SELECT ${columns} FROM tapekeeper.fire f LEFT JOIN tapekeeper.run r ON r.fire_id = f.id
    WHERE f.job_id = ${jobId} AND f.scheduled_for < ${timeOf(at + 1)} ORDER BY f.scheduled_for DESC LIMIT 1`);
  return last !== undefined && last.until >= at ? last : undefined;
}

function timeOf(at: Instant): RawBuilder<unknown> {
  return sql`to_timestamp(${at}::float8 / 1000)`;
}
