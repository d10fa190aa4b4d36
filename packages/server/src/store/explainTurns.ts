import type { SourceId } from '@tapekeeper/core';
import type { ExplainStore, LeaseFacts, OtherRun, TurnFacts } from '../ports/explainStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';

const MOST_RUNS = 20;

const OTHER = sql`
  r.id, r.state, r.type, r.dataset, r.node, r.started_at AS "startedAt",
  (SELECT key FROM tapekeeper.job j WHERE j.id = r.job_id) AS "jobKey"`;

/** In the words of the partial indexes on open runs. */
const IS_OPEN = sql`r.state IN ('pending', 'running', 'paused')`;

const RANK = (priority: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`CASE ${priority} WHEN 'live' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END`;

/** What has the turn that a run, or the next one of a job, would have to wait for. */
export async function turnOf(db: Database, of: Parameters<ExplainStore['turnOf']>[0]): Promise<TurnFacts> {
  const { runId, jobId, group, priority } = of;
  const self = runId ?? 0;
  const ofJob =
    jobId === null
      ? []
      : await db.rows<OtherRun>(sql`
          SELECT ${OTHER} FROM tapekeeper.run r
          WHERE r.job_id = ${jobId} AND ${IS_OPEN} AND NOT r.waits_for_turn AND r.id <> ${self} ORDER BY r.id LIMIT ${MOST_RUNS}`);
  const ahead = await db.rows<{ id: RunId }>(sql`
    SELECT r.id FROM tapekeeper.run r
    WHERE r.waits_for_turn AND r.state = 'pending' AND r.id <> ${self}
      AND (r.job_id = ${jobId}::bigint OR r.concurrency_group = ${group}::text)
      AND (${RANK(sql`r.priority`)}, r.id) < (${RANK(sql`${priority}::text`)}, ${runId ?? Number.MAX_SAFE_INTEGER}::bigint)
    ORDER BY r.id LIMIT ${MOST_RUNS}`);
  return { ofJob, group: await groupOf(db, group, self), ahead: ahead.map(({ id }) => id) };
}

async function groupOf(db: Database, name: string | null, self: RunId): Promise<TurnFacts['group']> {
  if (name === null) return null;
  const known = await db.maybe<{ most: number }>(sql`
    SELECT most FROM tapekeeper.concurrency_group WHERE name = ${name}`);
  const runs = await db.rows<OtherRun>(sql`
    SELECT ${OTHER} FROM tapekeeper.run r
    WHERE r.concurrency_group = ${name} AND ${IS_OPEN} AND NOT r.waits_for_turn AND r.id <> ${self} ORDER BY r.id LIMIT ${MOST_RUNS}`);
  return { name, most: known?.most ?? 1, runs };
}

export async function openChildren(db: Database, run: RunId): Promise<readonly OtherRun[]> {
  return db.rows(sql`
    SELECT ${OTHER} FROM tapekeeper.run r WHERE r.parent_run_id = ${run} AND ${IS_OPEN} ORDER BY r.id LIMIT ${MOST_RUNS}`);
}

export async function otherRuns(db: Database, ids: readonly RunId[]): Promise<readonly OtherRun[]> {
  return db.rows(
    sql`SELECT ${OTHER} FROM tapekeeper.run r WHERE r.id = ANY(${[...ids]}::bigint[]) ORDER BY r.id`,
  );
}

export async function leaseOf(db: Database, source: SourceId): Promise<LeaseFacts | undefined> {
  return db.maybe(sql`
    SELECT l.source, w.id AS "workerId", l.taken_at AS "takenAt",
      ARRAY(SELECT DISTINCT s.run_id FROM tapekeeper.shard s
            WHERE s.worker_id = w.id AND s.open AND s.source = l.source ORDER BY s.run_id) AS "runIds"
    FROM tapekeeper.source_lease l LEFT JOIN tapekeeper.worker w ON w.id = l.worker_id AND w.stopped_at IS NULL
    WHERE l.source = ${source}`);
}

/** Runs that are looked at for those of a job or data set that have run to an end. */
const LOOKED_AT = 200;
const DURATIONS = 50;

export async function pastDurations(
  db: Database,
  { jobId, dataset }: { readonly jobId: number | null; readonly dataset: string | null },
): Promise<readonly number[]> {
  if (jobId === null && dataset === null) return [];
  const mine = jobId === null ? sql`dataset = ${dataset}` : sql`job_id = ${jobId}`;
  const rows = await db.rows<{ ms: number }>(sql`
    SELECT (extract(epoch FROM finished_at - started_at) * 1000)::float8 AS ms
    FROM (SELECT * FROM tapekeeper.run WHERE ${mine} ORDER BY id DESC LIMIT ${LOOKED_AT}) AS newest
    WHERE started_at IS NOT NULL AND state IN ('success', 'success_with_errors', 'failed')
    ORDER BY id DESC LIMIT ${DURATIONS}`);
  return rows.map(({ ms }) => ms);
}
