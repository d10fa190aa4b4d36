import type {
  ExecutionFilter,
  ExecutionPage,
  ExecutionStore,
  ExecutionSums,
} from '../ports/executionStore.ts';
import type { JobId } from '../ports/jobStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { executionTraces } from './executionTraces.ts';
import { jobActionCount, jobActions } from './jobs/jobActions.ts';

/** Lists of runs by page number, with exact totals; pages are found and counted in an index, never in the rows. */
export function createExecutionStore(db: Database): ExecutionStore {
  return {
    jobIdsOf: (ref) => jobIdsOf(db, ref),
    executionIds: (page) => executionIds(db, page),
    executionCount: (filter) => executionCount(db, filter),
    executionTraces: (ids) => executionTraces(db, ids),
    executionSums: (jobIds) => executionSums(db, jobIds),
    jobActions: (filter) => jobActions(db, filter),
    jobActionCount: (jobIds) => jobActionCount(db, jobIds),
  };
}

/** Jobs are few beside what they leave, so that those which are deleted need no index of their own. */
async function jobIdsOf(db: Database, ref: string): Promise<readonly JobId[]> {
  const number = /^\d{1,15}$/.test(ref) ? Number(ref) : null;
  const found = await db.rows<{ id: JobId }>(sql`
    SELECT id FROM tapekeeper.job WHERE key = ${ref} OR id = ${number}::bigint ORDER BY id`);
  return found.map(({ id }) => id);
}

/**
 * The page is cut out of the newest of each job and state that is asked for. Each of them is a stretch of an index
 * with its values in it, so that they are read side by side and nothing has to be put in order.
 */
async function executionIds(db: Database, page: ExecutionPage): Promise<readonly RunId[]> {
  const stretches = stretchesOf(page);
  if (stretches.length === 0) return [];
  const newest = sql`ORDER BY id DESC LIMIT ${page.offset + page.limit}`;
  const parts = stretches.map(
    (stretch) => sql`(SELECT id FROM tapekeeper.run WHERE ${stretch} ${byHand(page)} ${newest})`,
  );
  const rows = await db.rows<{ id: RunId }>(sql`
    SELECT id FROM (${sql.join(parts, sql` UNION ALL `)}) AS found
    ORDER BY id DESC OFFSET ${page.offset} LIMIT ${page.limit}`);
  return rows.map(({ id }) => id);
}

function stretchesOf({ jobIds, states }: ExecutionFilter): readonly RawBuilder<unknown>[] {
  const ofJobs = jobIds === null ? [sql`true`] : jobIds.map((job) => sql`job_id = ${job}`);
  if (states === null) return ofJobs;
  return ofJobs.flatMap((ofJob) => states.map((state) => sql`${ofJob} AND state = ${state}`));
}

function byHand({ byHand: wanted }: ExecutionFilter): RawBuilder<unknown> {
  if (wanted === null) return sql``;
  return wanted ? sql`AND cause = 'person'` : sql`AND cause <> 'person'`;
}

/** Those that nobody has begun by hand are all without those that somebody has: both are counted in an index. */
async function executionCount(db: Database, filter: ExecutionFilter): Promise<number> {
  if (filter.jobIds?.length === 0) return 0;
  const { count } = await db.one<{ count: number }>(
    filter.byHand === false
      ? sql`SELECT (${countOf({ ...filter, byHand: null })}) - (${countOf({ ...filter, byHand: true })}) AS count`
      : countOf(filter),
  );
  return count;
}

function countOf(filter: ExecutionFilter): RawBuilder<{ count: number }> {
  const { jobIds, states } = filter;
  return sql`
    SELECT count(*) AS count FROM tapekeeper.run WHERE true ${byHand(filter)}
      ${jobIds === null ? sql`` : sql`AND job_id = ANY(${[...jobIds]}::bigint[])`}
      ${states === null ? sql`` : sql`AND state = ANY(${[...states]}::text[])`}`;
}

/** Sums by the month, runs that have ended and are in no sum yet, and those that are open: each run in one of them. */
async function executionSums(db: Database, jobIds: readonly JobId[]): Promise<ExecutionSums> {
  const subjects = jobIds.map(String);
  const { runningMs, started, ...sums } = await db.one<
    Omit<ExecutionSums, 'meanRunningMs'> & { runningMs: number; started: number }
  >(sql`
    WITH parts AS (
      SELECT runs AS total, success + success_with_errors AS success, failed + cancelled AS failed,
        missed + skipped AS missed, 0 AS open, running_ms AS "runningMs", started
      FROM tapekeeper.run_rollup WHERE scope = 'job' AND subject = ANY(${subjects}::text[]) AND grain = 'month'
      UNION ALL
      SELECT 1, (r.state IN ('success', 'success_with_errors'))::int, (r.state IN ('failed', 'cancelled'))::int,
        (r.state IN ('missed', 'skipped'))::int, 0,
        CASE WHEN r.started_at IS NULL THEN 0
             ELSE 1000 * extract(epoch FROM r.finished_at - r.started_at) - r.retry_waited_ms END,
        (r.started_at IS NOT NULL)::int
      FROM tapekeeper.run_ended e JOIN tapekeeper.run r ON r.id = e.run_id WHERE r.job_id = ANY(${[...jobIds]}::bigint[])
      UNION ALL
      SELECT 1, 0, 0, 0, 1, 0, 0 FROM tapekeeper.run
      WHERE job_id = ANY(${[...jobIds]}::bigint[]) AND state IN ('pending', 'running', 'paused')
    )
    SELECT coalesce(sum(total), 0)::bigint AS total, coalesce(sum(success), 0)::bigint AS success,
      coalesce(sum(failed), 0)::bigint AS failed, coalesce(sum(missed), 0)::bigint AS missed,
      coalesce(sum(open), 0)::bigint AS open, coalesce(sum("runningMs"), 0)::float8 AS "runningMs",
      coalesce(sum(started), 0)::bigint AS started
    FROM parts`);
  return { ...sums, meanRunningMs: started === 0 ? null : runningMs / started };
}
