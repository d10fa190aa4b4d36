import { sql, type Database, type RawBuilder } from './connection.ts';
import type { RunId } from '../ports/runStore.ts';
import type { DetailSlice, RetentionDays, RetentionFacts, Swept } from '../ports/taskStore.ts';

/** Tables of what runs did in detail, in partitions of so many runs each. */
const DETAIL_TABLES = ['item', 'attempt', 'symbol_outcome', 'step', 'run_attempt', 'run_log'] as const;
const SLICE_RUNS = 10_000;

const LOCK_NOT_AVAILABLE = '55P03';

export async function retentionFacts(
  db: Database,
  days: RetentionDays,
  countLimit: number,
): Promise<RetentionFacts> {
  const bounds = await db.one<Pick<RetentionFacts, 'firstDetailedRun' | 'firstKeptRun'>>(sql`
    SELECT tapekeeper.first_kept_run(${Math.min(days.details, days.runs)}) AS "firstDetailedRun",
      tapekeeper.first_kept_run(${days.runs}) AS "firstKeptRun"`);
  const slices = await detailSlices(db);
  const newest = slices.reduce((most, { slice }) => Math.max(most, slice), 0);
  const counts = await db.one<Pick<RetentionFacts, 'runs' | 'events' | 'quarantined'>>(sql`
    SELECT
      (SELECT count(*) FROM (SELECT 1 FROM tapekeeper.run WHERE id < ${bounds.firstKeptRun}
        LIMIT ${countLimit}) AS old)::bigint AS runs,
      (SELECT count(*) FROM (SELECT 1 FROM (SELECT at FROM tapekeeper.event ORDER BY seq LIMIT ${countLimit}) AS oldest
        WHERE at < ${before(days.events)}) AS old)::bigint AS events,
      (SELECT count(*) FROM (SELECT 1 FROM tapekeeper.quarantine
        WHERE state <> 'held' AND coalesce(settled_at, at) < ${before(days.quarantine)} LIMIT ${countLimit}) AS old)::bigint AS quarantined`);
  return {
    ...bounds,
    ...counts,
    slices: slices.filter(
      ({ slice }) => slice < newest && (slice + 1) * SLICE_RUNS <= bounds.firstDetailedRun,
    ),
  };
}

/** The time before which things are too old. */
function before(days: number): RawBuilder<unknown> {
  return sql`tapekeeper.now() - make_interval(days => ${days}::int)`;
}

async function detailSlices(db: Database): Promise<readonly DetailSlice[]> {
  return db.rows(sql`
    SELECT substring(c.relname FROM '_([0-9]+)$')::bigint AS slice, sum(pg_total_relation_size(c.oid))::bigint AS bytes
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class parent ON parent.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = parent.relnamespace
    WHERE n.nspname = 'tapekeeper' AND parent.relname = ANY (${[...DETAIL_TABLES]})
    GROUP BY 1 ORDER BY 1`);
}

/** The server decides again whether all of it is old: a run that was resumed meanwhile keeps it. */
export async function dropDetailSlice(db: Database, slice: number, keepDays: number): Promise<boolean> {
  try {
    const { dropped } = await db.one<{ dropped: boolean }>(sql`
      SELECT tapekeeper.drop_run_partitions(${slice}, ${keepDays}) AS dropped`);
    return dropped;
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** Goes over the oldest runs of the slice that cannot go as a whole, some at a time, so that no commit is long. */
export async function sweepDetails(db: Database, beforeRun: RunId, runs: number): Promise<Swept> {
  const from = Math.floor(beforeRun / SLICE_RUNS) * SLICE_RUNS;
  let removed = 0;
  let next: number | null = null;
  for (const table of DETAIL_TABLES) {
    const name = sql.table(`tapekeeper.${table}`);
    const { first } = await db.one<{ first: RunId | null }>(sql`
      SELECT min(run_id) AS first FROM ${name} WHERE run_id >= ${from} AND run_id < ${beforeRun}`);
    if (first === null) continue;
    const end = Math.min(first + runs, beforeRun);
    const { count } = await db.one<{ count: number }>(sql`
      WITH gone AS (DELETE FROM ${name} WHERE run_id >= ${first} AND run_id < ${end} RETURNING 1)
      SELECT count(*)::bigint AS count FROM gone`);
    removed += count;
    if (end < beforeRun) next = Math.min(next ?? end, end);
  }
  return { removed, next };
}

/** A run that a kept one was begun by, or takes up, stays until that one goes too. Rows keep the number of their run. */
export async function sweepRuns(db: Database, beforeRun: RunId, limit: number): Promise<Swept> {
  const gone = await db.rows<{ id: RunId }>(sql`
    DELETE FROM tapekeeper.run WHERE id IN (
      SELECT r.id FROM tapekeeper.run r
      WHERE r.id < ${beforeRun} AND r.state NOT IN ('pending', 'running', 'paused')
        AND NOT EXISTS (SELECT 1 FROM tapekeeper.run c WHERE c.parent_run_id = r.id)
        AND NOT EXISTS (SELECT 1 FROM tapekeeper.run c WHERE c.resumes_run_id = r.id)
      ORDER BY r.id LIMIT ${limit} FOR UPDATE OF r SKIP LOCKED)
    RETURNING id`);
  return { removed: gone.length, next: gone.length === 0 ? null : 0 };
}

export async function sweepFires(db: Database, days: number, after: number, limit: number): Promise<Swept> {
  const batch = await db.rows<{ id: number; old: boolean }>(sql`
    SELECT id, greatest(until, decided_at) < ${before(days)} AS old
    FROM tapekeeper.fire WHERE id > ${after} ORDER BY id LIMIT ${limit}`);
  const old = batch.filter((fire) => fire.old).map((fire) => fire.id);
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.fire f WHERE f.id = ANY (${old}::bigint[])
      AND NOT EXISTS (SELECT 1 FROM tapekeeper.run r WHERE r.fire_id = f.id)
      AND NOT EXISTS (SELECT 1 FROM tapekeeper.job j WHERE j.id = f.job_id AND j.last_fire_id = f.id)
    RETURNING f.id`);
  const goesOn = batch.length === limit && old.length > 0;
  return { removed: gone.length, next: goesOn ? (batch.at(-1)?.id ?? null) : null };
}

/** Events are numbered in the order of time: whole partitions go first, and then what is old of the next one. */
export async function sweepEvents(db: Database, days: number, limit: number): Promise<Swept> {
  const dropped = await dropOldEvents(db, days);
  if (dropped > 0) return { removed: dropped, next: 0 };
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.event WHERE seq IN (SELECT seq FROM tapekeeper.event ORDER BY seq LIMIT ${limit})
      AND at < ${before(days)} RETURNING seq`);
  return { removed: gone.length, next: gone.length === limit ? 0 : null };
}

/** A reader in the way is not waited for long: the next time will do. */
async function dropOldEvents(db: Database, days: number): Promise<number> {
  try {
    const { dropped } = await db.one<{ dropped: number }>(sql`
      SELECT tapekeeper.drop_event_partitions(${days}) AS dropped`);
    return dropped;
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return 0;
    throw error;
  }
}

export async function sweepQuarantine(db: Database, days: number, limit: number): Promise<Swept> {
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.quarantine WHERE id IN (
      SELECT id FROM tapekeeper.quarantine WHERE state <> 'held' AND coalesce(settled_at, at) < ${before(days)}
      ORDER BY coalesce(settled_at, at) LIMIT ${limit}) RETURNING id`);
  return { removed: gone.length, next: gone.length === limit ? 0 : null };
}

/** Notices are numbered in the order of time; one that waits for long keeps none but itself. */
export async function sweepNotices(db: Database, days: number, after: number, limit: number): Promise<Swept> {
  const batch = await db.rows<{ id: number; old: boolean }>(sql`
    SELECT id, created_at < ${before(days)} AS old FROM tapekeeper.notice WHERE id > ${after} ORDER BY id LIMIT ${limit}`);
  const old = batch.filter((notice) => notice.old).map((notice) => notice.id);
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.notice WHERE id = ANY (${old}::bigint[]) AND ended_at < ${before(days)} RETURNING id`);
  const goesOn = batch.length === limit && old.length > 0;
  return { removed: gone.length, next: goesOn ? (batch.at(-1)?.id ?? null) : null };
}

/** One that later ones were merged into stays until they go; its events go with it. */
export async function sweepIncidents(
  db: Database,
  days: number,
  after: number,
  limit: number,
): Promise<Swept> {
  const batch = await db.rows<{ id: number; old: boolean }>(sql`
    SELECT id, first_seen_at < ${before(days)} AS old FROM tapekeeper.incident WHERE id > ${after}
    ORDER BY id LIMIT ${limit}`);
  const old = batch.filter((incident) => incident.old).map((incident) => incident.id);
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.incident i WHERE i.id = ANY (${old}::bigint[])
      AND i.state = 'resolved' AND i.resolved_at < ${before(days)}
      AND NOT EXISTS (SELECT 1 FROM tapekeeper.incident m WHERE m.merged_into = i.id
        AND (m.resolved_at IS NULL OR m.resolved_at >= ${before(days)} OR m.id <> ALL (${old}::bigint[])))
    RETURNING i.id`);
  const goesOn = batch.length === limit && old.length > 0;
  return { removed: gone.length, next: goesOn ? (batch.at(-1)?.id ?? null) : null };
}

/** A few thousand rows in ten years: looked through as a whole. */
export async function sweepFreshness(db: Database, days: number): Promise<Swept> {
  const gone = await db.rows(sql`
    DELETE FROM tapekeeper.freshness_day WHERE due_at < ${before(days)} RETURNING day`);
  return { removed: gone.length, next: null };
}
