import { burstOf, levelAt, type Bucket, type Instant } from '@tapekeeper/core';
import type { InstallationFacts, MetricsStore } from '../ports/metricsStore.ts';
import { sql, type Database } from './connection.ts';
import { epochMs } from './hostLock.ts';
import { databaseBytes } from './sizes.ts';

/** Queues and outboxes are counted no further than this: more is simply much. */
const COUNTED = 10_000;

const IS_OPEN = sql`state IN ('pending', 'running', 'paused')`;

export function createMetricsStore(db: Database): MetricsStore {
  return {
    installationFacts: () => installationFacts(db),
    openRunsOfPeople: (person, limit) => openRunsOfPeople(db, person, limit),
  };
}

/** One small question after the other, so that a look takes one connection. */
async function installationFacts(db: Database): Promise<InstallationFacts> {
  const openRuns = await db.rows<InstallationFacts['openRuns'][number]>(sql`
    SELECT type, state, count(*)::int AS runs FROM tapekeeper.run WHERE ${IS_OPEN} GROUP BY type, state`);
  const ended = await endedRuns(db);
  const queue = await db.one<InstallationFacts['queue']>(sql`
    SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE run_at <= tapekeeper.now()))::int AS due
    FROM (SELECT run_at FROM graphile_worker.jobs WHERE locked_at IS NULL LIMIT ${COUNTED}) AS counted`);
  const workers = await db.rows<InstallationFacts['workers'][number]>(sql`
    SELECT w.node, coalesce(w.slots, 0) AS slots,
      (extract(epoch FROM tapekeeper.now() - coalesce(w.heartbeat_at, w.started_at)) * 1000)::float8 AS "silentMs",
      (SELECT count(*)::int FROM tapekeeper.shard s WHERE s.worker_id = w.id AND s.open) AS held
    FROM tapekeeper.worker w WHERE w.stopped_at IS NULL ORDER BY w.node, w.id`);
  const schedulers = await db.rows<InstallationFacts['schedulers'][number]>(sql`
    SELECT node, min(extract(epoch FROM tapekeeper.now() - turned_at) * 1000)::float8 AS "silentMs"
    FROM tapekeeper.scheduler GROUP BY node ORDER BY node`);
  const hosts = await db.rows<InstallationFacts['hosts'][number]>(sql`
    SELECT host, openings, open_until AS "openUntil" FROM tapekeeper.host ORDER BY host`);
  const budgets = await budgetsLeft(db);
  const events = await db.one<InstallationFacts['events']>(sql`
    SELECT count(*)::int AS unpublished,
      coalesce(greatest(0, extract(epoch FROM tapekeeper.now() - min(at)) * 1000), 0)::float8 AS "oldestMs"
    FROM (SELECT at FROM tapekeeper.event_outbox ORDER BY id LIMIT ${COUNTED}) AS counted`);
  const kept = await db.one<Pick<InstallationFacts, 'noticesPending' | 'openIncidents' | 'lastBackupMs'>>(sql`
    SELECT
      (SELECT count(*)::int FROM (SELECT 1 FROM tapekeeper.notice WHERE state = 'pending' LIMIT ${COUNTED}) AS n)
        AS "noticesPending",
      (SELECT count(*)::int FROM tapekeeper.incident WHERE state = 'open') AS "openIncidents",
      (SELECT extract(epoch FROM tapekeeper.now() - made_at) * 1000 FROM tapekeeper.backup ORDER BY id DESC LIMIT 1)::float8
        AS "lastBackupMs"`);
  const freshness = await freshnessOf(db);
  return {
    openRuns,
    ...ended,
    queue,
    workers,
    schedulers,
    hosts,
    budgets,
    events,
    ...kept,
    freshness,
    databaseBytes: await databaseBytes(db),
  };
}

/** Of several rules of one window, the one that has the least left; a burst more is all that ever goes out at once. */
async function budgetsLeft(db: Database): Promise<InstallationFacts['budgets']> {
  const rows = await db.rows<
    Bucket & { readonly host: string; readonly api: string; readonly now: Instant }
  >(sql`
    SELECT host, api, window_seconds AS "windowSeconds", slides, capacity, tokens,
      ${epochMs(sql`refilled_at`)} AS "refilledAt", NULL AS "awaitedUntil",
      ${epochMs(sql`tapekeeper.source_now()`)} AS now
    FROM tapekeeper.budget ORDER BY host, api, window_seconds`);
  const left = new Map<string, InstallationFacts['budgets'][number]>();
  for (const { host, api, now, ...bucket } of rows) {
    const most = bucket.slides ? burstOf(bucket.capacity) : bucket.capacity;
    const share = Math.min(1, Math.max(0, levelAt(bucket, now) / most));
    const key = `${host} ${api} ${bucket.windowSeconds}`;
    const known = left.get(key)?.left ?? 1;
    left.set(key, { host, api, windowSeconds: bucket.windowSeconds, left: Math.min(known, share) });
  }
  return [...left.values()];
}

/** From the roll-ups, so that it costs the same however many runs there were. */
async function endedRuns(db: Database): Promise<Pick<InstallationFacts, 'endedRuns' | 'startedRuns'>> {
  const rows = await db.rows<{ type: string; started: number } & Record<string, number | string>>(sql`
    SELECT subject AS type, sum(started)::float8 AS started, sum(success)::float8 AS success,
      sum(success_with_errors)::float8 AS success_with_errors, sum(failed)::float8 AS failed,
      sum(cancelled)::float8 AS cancelled, sum(skipped)::float8 AS skipped, sum(missed)::float8 AS missed
    FROM tapekeeper.run_rollup WHERE scope = 'type' AND grain = 'month' GROUP BY subject ORDER BY subject`);
  return {
    startedRuns: rows.map(({ type, started }) => ({ type, runs: started })),
    endedRuns: rows.flatMap(({ type, started: _, ...states }) =>
      Object.entries(states).map(([state, runs]) => ({ type, state, runs: Number(runs) })),
    ),
  };
}

/** Since the end of the last covered day, or since a list was last made fresh; by the ends of indexes. */
async function freshnessOf(db: Database): Promise<InstallationFacts['freshness']> {
  return db.rows(sql`
    WITH known AS (
      SELECT DISTINCT dataset FROM tapekeeper.table_statistics
      WHERE taken_on = (SELECT max(taken_on) FROM tapekeeper.table_statistics)
      UNION SELECT DISTINCT dataset FROM tapekeeper.coverage_fresh
    ), fresh AS (
      SELECT k.dataset, coalesce((SELECT max(f.as_of) FROM tapekeeper.coverage_fresh f WHERE f.dataset = k.dataset),
        greatest(((SELECT max(d.day) FROM tapekeeper.coverage_day d WHERE d.dataset = k.dataset) + 1)::timestamp
          AT TIME ZONE 'Asia/Shanghai',
        (SELECT (s.last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM tapekeeper.table_statistics s
          WHERE s.dataset = k.dataset ORDER BY s.taken_on DESC LIMIT 1))) AS until
      FROM known k
    )
    SELECT dataset, greatest(0, extract(epoch FROM tapekeeper.now() - until) * 1000)::float8 AS "ageMs"
    FROM fresh WHERE until IS NOT NULL ORDER BY dataset`);
}

/** By the index of open runs. */
function openRunsOfPeople(
  db: Database,
  person: string,
  limit: number,
): Promise<{ readonly all: number; readonly own: number }> {
  return db.one(sql`
    SELECT count(*)::int AS all, (count(*) FILTER (WHERE requested_by = ${person}))::int AS own
    FROM (SELECT requested_by FROM tapekeeper.run WHERE ${IS_OPEN} AND cause = 'person' LIMIT ${limit}) AS counted`);
}
