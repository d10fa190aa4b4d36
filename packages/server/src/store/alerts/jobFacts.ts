import { linksOf, type FailureEvidence, type Instant, type JobDefinition } from '@tapekeeper/core';
import type { AlertJobRow, FailureCount, FailureStreak } from '../../ports/alertStore.ts';
import type { JobId } from '../../ports/jobStore.ts';
import { sql, type Database } from '../connection.ts';
import { only } from './only.ts';

const MOST_JOBS = 5000;
/** Failures in a row are counted up to this. */
const MOST_IN_A_ROW = 20;
/** Failed runs of a window that are looked at, and the newest runs among which those that ended are counted. */
const MOST_FAILED = 5000;
const MOST_ENDED = 20_000;

/** Ends that say whether a job works; what was skipped, missed or cancelled says nothing. */
const JUDGED = sql`('success', 'success_with_errors', 'failed')`;

/** The error of the run; where items failed, it names no source, and that of the first of them is meant. */
const EVIDENCE = sql`jsonb_build_object('code', coalesce(r.error->>'code', r.reason, 'failed'),
  'source', coalesce(r.error#>>'{details,source}', (
    SELECT s.source FROM tapekeeper.shard s
    WHERE s.run_id = r.id AND s.source IS NOT NULL AND s.items_failed > 0 ORDER BY s.no LIMIT 1)), 'host', r.error#>>'{details,host}')`;

type JobRow = Omit<AlertJobRow, 'callsFor' | 'dataset'> & { readonly definition: JobDefinition };

/** Enabled jobs, each with the newest run that tells whether it works. */
export async function alertJobs(db: Database): Promise<readonly AlertJobRow[]> {
  const rows = await db.rows<JobRow>(sql`
    SELECT j.id, j.key, j.type, j.trigger_kind AS "triggerKind", j.definition, j.next_fire_at AS "nextFireAt",
      coalesce(r.state = 'failed', false) AS "lastFailed",
      CASE WHEN f.id IS NULL OR (r.created_at > f.decided_at AND r.state <> 'failed') THEN NULL ELSE jsonb_build_object(
        'from', floor(extract(epoch FROM f.scheduled_for) * 1000), 'until', floor(extract(epoch FROM f.until) * 1000),
        'count', f.due_count) END AS missed
    FROM tapekeeper.job j
    LEFT JOIN tapekeeper.fire f ON f.id = j.last_fire_id AND f.decision = 'missed'
    LEFT JOIN LATERAL (
      SELECT r.state, r.created_at FROM tapekeeper.run r
      WHERE r.job_id ${only(sql`j.id`)} AND r.state IN ${JUDGED} ORDER BY r.job_id, r.id DESC LIMIT 1) AS r ON true
    WHERE j.state = 'enabled' AND j.deleted_at IS NULL ORDER BY j.id LIMIT ${MOST_JOBS}`);
  return rows.map(({ definition, ...row }) => {
    const { after, nodes } = linksOf(definition);
    const params = definition.params as { readonly dataset?: unknown };
    return {
      ...row,
      dataset: typeof params.dataset === 'string' ? params.dataset : null,
      callsFor: after === null ? nodes : [...nodes, after],
    };
  });
}

interface EndedRun {
  readonly jobId: JobId;
  readonly runId: number;
  readonly at: Instant;
  readonly failed: boolean;
  readonly evidence: FailureEvidence;
}

export async function failureStreaks(
  db: Database,
  jobs: readonly JobId[],
): Promise<readonly FailureStreak[]> {
  if (jobs.length === 0) return [];
  const ended = await db.rows<EndedRun>(sql`
    SELECT j.id AS "jobId", r.* FROM unnest(${[...jobs]}::bigint[]) AS j (id)
    CROSS JOIN LATERAL (
      SELECT r.id AS "runId", coalesce(r.finished_at, r.created_at) AS at, r.state = 'failed' AS failed, ${EVIDENCE} AS evidence
      FROM tapekeeper.run r WHERE r.job_id ${only(sql`j.id`)} AND r.state IN ${JUDGED}
      ORDER BY r.job_id, r.id DESC LIMIT ${MOST_IN_A_ROW}) AS r
    ORDER BY j.id, r."runId" DESC`);
  return [...Map.groupBy(ended, ({ jobId }) => jobId)].flatMap(([jobId, runs]): FailureStreak[] => {
    const good = runs.findIndex(({ failed }) => !failed);
    const failures = good < 0 ? runs : runs.slice(0, good);
    const [newest] = failures;
    if (newest === undefined) return [];
    return [
      {
        jobId,
        inARow: failures.length,
        firstAt: Math.min(...failures.map(({ at }) => at)),
        lastAt: newest.at,
        lastRunId: newest.runId,
        evidence: newest.evidence,
      },
    ];
  });
}

/** The failures come by an index of their own, and what ended beside them from one stretch of the newest runs. */
export async function failureCounts(db: Database, hours: number): Promise<readonly FailureCount[]> {
  return db.rows(sql`
    WITH since AS MATERIALIZED (
      SELECT at, greatest(tapekeeper.first_run_since(at), (SELECT max(id) FROM tapekeeper.run) - ${MOST_ENDED}::int) AS first
      FROM (SELECT tapekeeper.now() - make_interval(hours => ${Math.ceil(hours)}::int) AS at) AS window_start),
    failed AS MATERIALIZED (
      SELECT job_id, count(*)::int AS failed, max(id) AS last FROM (
        SELECT r.job_id, r.id FROM tapekeeper.run r
        WHERE r.state = 'failed' AND r.job_id IS NOT NULL AND r.finished_at > (SELECT at FROM since)
        ORDER BY r.finished_at DESC LIMIT ${MOST_FAILED}) AS newest
      GROUP BY job_id),
    ended AS MATERIALIZED (
      SELECT o.job_id, count(*)::int AS ended FROM tapekeeper.run o
      WHERE o.id >= (SELECT first FROM since) AND o.job_id IS NOT NULL AND o.state IN ${JUDGED} AND EXISTS (SELECT 1 FROM failed)
      GROUP BY o.job_id)
    SELECT f.job_id AS "jobId", greatest(f.failed, coalesce(e.ended, 0)) AS ended, f.failed, ${EVIDENCE} AS evidence
    FROM failed f JOIN tapekeeper.run r ON r.id = f.last LEFT JOIN ended e ON e.job_id = f.job_id
    ORDER BY f.job_id`);
}
