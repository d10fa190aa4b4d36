import type { JobActionFilter, StoredJobAction } from '../../ports/executionStore.ts';
import type { JobId } from '../../ports/jobStore.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';

/** What was done to jobs, newest first: people do it, so that there is little of it beside what jobs do. */
export async function jobActions(
  db: Database,
  { jobIds, offset, limit }: JobActionFilter,
): Promise<readonly StoredJobAction[]> {
  return db.rows<StoredJobAction>(sql`
    SELECT c.job_id AS "jobId", j.key AS "jobKey", c.action, c.at
    FROM (SELECT * FROM tapekeeper.job_change ${ofJobs(jobIds)}
          ORDER BY ${jobIds === null ? sql`id DESC` : sql`at DESC, id DESC`} OFFSET ${offset} LIMIT ${limit}) AS c
    JOIN tapekeeper.job j ON j.id = c.job_id ORDER BY c.at DESC, c.id DESC`);
}

export async function jobActionCount(db: Database, jobIds: readonly JobId[] | null): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    SELECT count(*) AS count FROM tapekeeper.job_change ${ofJobs(jobIds)}`);
  return count;
}

function ofJobs(jobIds: readonly JobId[] | null): RawBuilder<unknown> {
  return jobIds === null ? sql`` : sql`WHERE job_id = ANY(${[...jobIds]}::bigint[])`;
}
