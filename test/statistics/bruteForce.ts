import { histogramOf, type Duration, type Rollup } from '@tapekeeper/core';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { eachDuration, eachMeasure } from '../../packages/server/src/store/statistics/columns.ts';
import { unpacked } from '../../packages/server/src/store/statistics/packed.ts';

/** Sums as text, in an order of their own, so that they can be compared as a whole. */
export type Told = Readonly<Record<string, object>>;

type Counted = Omit<Rollup, Duration> & Readonly<Record<Duration, readonly number[]>>;

const keyOf = ({
  scope,
  subject,
  grain,
  startsAt,
}: Pick<Rollup, 'scope' | 'subject' | 'grain' | 'startsAt'>) =>
  `${scope} ${subject} ${grain} ${new Date(startsAt).toISOString()}`;

/** The sums as they are kept. */
export async function keptSums(db: Database): Promise<Told> {
  const rows = await db.rows<Omit<Rollup, Duration> & Record<Duration, string>>(sql`
    SELECT scope, subject, grain, starts_at AS "startsAt", ${eachMeasure((column, name) => sql`${column} AS ${sql.id(name)}`)},
      ${eachDuration((column, name) => sql`array_to_string(${column}, ' ') AS ${sql.id(name)}`)}
    FROM tapekeeper.run_rollup`);
  return Object.fromEntries(
    rows.map(({ waiting, running, retryWait, ...row }) => [
      keyOf(row),
      { ...row, waiting: unpacked(waiting), running: unpacked(running), retryWait: unpacked(retryWait) },
    ]),
  );
}

/** The same by counting all runs that have ended, in SQL and another way than they are kept. */
export async function countedSums(db: Database): Promise<Told> {
  const rows = await db.rows<Counted>(sql`
    WITH ended AS (
      SELECT r.*, (extract(epoch FROM r.started_at - r.created_at) * 1000)::bigint AS waited,
        CASE WHEN r.started_at IS NOT NULL
          THEN greatest(0, (extract(epoch FROM r.finished_at - r.started_at) * 1000)::bigint - r.retry_waited_ms) END AS ran
      FROM tapekeeper.run r WHERE r.state NOT IN ('pending', 'running', 'paused')
    ), scoped AS (
      SELECT 'all' AS scope, '' AS subject, null AS source, e.* FROM ended e
      UNION ALL SELECT 'type', type, null, e.* FROM ended e
      UNION ALL SELECT 'job', job_id::text, null, e.* FROM ended e WHERE job_id IS NOT NULL
      UNION ALL SELECT 'dataset', dataset, null, e.* FROM ended e WHERE dataset IS NOT NULL
      UNION ALL SELECT 'source', s.source, s.source, e.* FROM ended e
        JOIN (SELECT DISTINCT run_id, source FROM tapekeeper.shard WHERE source IS NOT NULL) s ON s.run_id = e.id
    ), done AS (
      SELECT x.*, d.* FROM scoped x CROSS JOIN LATERAL (
        SELECT coalesce(sum(items_done), 0) AS items_ok, coalesce(sum(items_failed), 0) AS items_failed,
          coalesce(sum((outcomes->>'ok')::int + (outcomes->>'unchanged')::int), 0) AS symbols_ok,
          coalesce(sum((outcomes->>'failed')::int + (outcomes->>'quarantined')::int), 0) AS symbols_failed,
          coalesce(sum((outcomes->>'absent')::int + (outcomes->>'fell_back')::int), 0) AS symbols_other,
          coalesce(sum(rows_written), 0) AS rows_written, coalesce(sum(rows_unchanged), 0) AS rows_unchanged,
          coalesce(sum(calls), 0) AS calls, coalesce(sum(bytes), 0) AS bytes
        FROM tapekeeper.shard s WHERE s.run_id = x.id AND (x.source IS NULL OR s.source = x.source)) AS d
    )
    SELECT scope, subject, grain, date_trunc(grain, finished_at, 'Asia/Shanghai') AS "startsAt", count(*) AS runs,
      count(*) FILTER (WHERE state = 'success') AS success,
      count(*) FILTER (WHERE state = 'success_with_errors') AS "successWithErrors",
      count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
      count(*) FILTER (WHERE state = 'skipped') AS skipped, count(*) FILTER (WHERE state = 'missed') AS missed,
      count(*) FILTER (WHERE cause = 'fire') AS "byFire", count(*) FILTER (WHERE cause = 'person') AS "byPerson",
      count(*) FILTER (WHERE cause = 'requirement') AS "byRequirement",
      count(*) FILTER (WHERE cause = 'after') AS "byAfter", count(*) FILTER (WHERE cause = 'workflow') AS "byWorkflow",
      count(started_at) AS started, count(*) FILTER (WHERE retry_waited_ms > 0) AS retried,
      coalesce(sum(waited), 0)::bigint AS "waitingMs", coalesce(sum(ran), 0)::bigint AS "runningMs",
      sum(retry_waited_ms)::bigint AS "retryWaitMs", sum(items_ok)::bigint AS "itemsOk",
      sum(items_failed)::bigint AS "itemsFailed", sum(symbols_ok)::bigint AS "symbolsOk",
      sum(symbols_failed)::bigint AS "symbolsFailed", sum(symbols_other)::bigint AS "symbolsOther",
      sum(rows_written)::bigint AS "rowsWritten", sum(rows_unchanged)::bigint AS "rowsUnchanged",
      sum(calls)::bigint AS calls, sum(bytes)::bigint AS bytes,
      coalesce(array_agg(waited) FILTER (WHERE waited IS NOT NULL), '{}') AS waiting,
      coalesce(array_agg(ran) FILTER (WHERE ran IS NOT NULL), '{}') AS running,
      coalesce(array_agg(retry_waited_ms) FILTER (WHERE retry_waited_ms > 0), '{}') AS "retryWait"
    FROM done CROSS JOIN unnest(ARRAY['hour', 'day', 'month']) AS grain GROUP BY 1, 2, 3, 4`);
  return Object.fromEntries(
    rows.map(({ waiting, running, retryWait, ...row }) => [
      keyOf(row),
      {
        ...row,
        waiting: histogramOf(waiting),
        running: histogramOf(running),
        retryWait: histogramOf(retryWait),
      },
    ]),
  );
}

/** Failures of items by source and code, and of runs by code, as they are kept: code, source, count of all days. */
export async function keptFailures(db: Database): Promise<readonly object[]> {
  return db.rows(sql`
    SELECT kind, code, source, sum(count)::int AS count,
      (SELECT sum(d.count)::int FROM tapekeeper.error_day d JOIN tapekeeper.error_group o ON o.id = d.group_id
       WHERE o.kind = g.kind AND o.code = g.code AND o.source = g.source) AS "inDays"
    FROM tapekeeper.error_group g GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
}

export async function countedFailures(db: Database): Promise<readonly object[]> {
  return db.rows(sql`
    SELECT kind, code, source, count(*)::int AS count, count(*)::int AS "inDays" FROM (
      SELECT 'run' AS kind, error->>'code' AS code, '' AS source FROM tapekeeper.run WHERE state = 'failed'
      UNION ALL SELECT 'item', error_code, source FROM tapekeeper.item WHERE state = 'failed') AS failed
    GROUP BY kind, code, source ORDER BY kind COLLATE "C", code COLLATE "C", source COLLATE "C"`);
}
