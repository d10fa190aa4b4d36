import type { ExplainStore, OpenShard } from '../ports/explainStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { epochMs } from './hostLock.ts';

/** Places in the queue are counted up to this. */
const MOST_AHEAD = 1000;
/** Items at hand that are told of, and waiting ones among which a failure is looked for. */
const MOST_ITEMS = 10;
const MOST_WAITING = 200;

/** The open shards of a run, each with its dispatch. The run is named as a constant, so that one partition is read. */
export async function openShards(db: Database, run: RunId): Promise<readonly OpenShard[]> {
  return db.rows(sql`
    SELECT s.no, s.kind, s.source, s.round, s.worker_id AS "workerId", s.claimed_at AS "claimedAt",
      s.updated_at AS "updatedAt", s.waits_for_runs AS "waitsForRuns", s.waits_for_shards AS "waitsForShards", s.troubles,
      s.items_total AS "itemsTotal", s.items_done + s.items_failed AS "itemsOver",
      ${dispatchOf(run)} AS dispatch, ${itemsAtHand(run)} AS items, ${lastFailureOf(run)} AS "lastFailure"
    FROM tapekeeper.shard s WHERE s.run_id = ${run} AND s.open ORDER BY s.no`);
}

/** The queue goes by the server's own clock. A row that was tried and is free again has failed, and counts for nothing. */
function dispatchOf(run: RunId): RawBuilder<unknown> {
  return sql`(
    SELECT jsonb_build_object('runAt', ${epochMs(sql`j.run_at`)}, 'isTaken', j.locked_at IS NOT NULL,
      'dueInMs', (extract(epoch FROM j.run_at - clock_timestamp()) * 1000)::float8,
      'ahead', (SELECT count(*) FROM (
        SELECT 1 FROM graphile_worker._private_jobs o
        WHERE o.is_available AND o.run_at <= (SELECT clock_timestamp()) AND (o.priority, o.run_at, o.id) < (j.priority, j.run_at, j.id)
        ORDER BY o.priority, o.run_at LIMIT ${MOST_AHEAD}) AS earlier))
    FROM graphile_worker._private_jobs j
    WHERE j.key = 'shard:' || ${run}::bigint || ':' || s.no AND (j.locked_at IS NOT NULL OR j.attempts < j.max_attempts))`;
}

function itemsAtHand(run: RunId): RawBuilder<unknown> {
  return sql`(
    SELECT coalesce(jsonb_agg(jsonb_build_object('no', no, 'what', what, 'attempts', attempts) ORDER BY no), '[]') FROM (
      SELECT i.no, i.attempts, concat_ws(' ', n.symbol, i.from_day::text || CASE WHEN i.to_day > i.from_day THEN ' – ' || i.to_day ELSE '' END) AS what
      FROM tapekeeper.item i LEFT JOIN tapekeeper.instrument n ON n.id = i.instrument_id
      WHERE i.run_id = ${run} AND i.shard_no = s.no AND i.state = 'running' ORDER BY i.no LIMIT ${MOST_ITEMS}) AS at_hand)`;
}

function lastFailureOf(run: RunId): RawBuilder<unknown> {
  return sql`(
    SELECT jsonb_build_object('code', a.error_code, 'message', a.error_message, 'at', ${epochMs(sql`a.ended_at`)})
    FROM (
      SELECT no FROM (
        SELECT i.no, i.attempts FROM tapekeeper.item i
        WHERE i.run_id = ${run} AND i.shard_no = s.no AND i.state = 'pending' ORDER BY i.no LIMIT ${MOST_WAITING}) AS waiting
      WHERE attempts > 0 ORDER BY no LIMIT ${MOST_ITEMS}) AS tried
    CROSS JOIN LATERAL (
      SELECT * FROM tapekeeper.attempt WHERE run_id = ${run} AND item_no = tried.no ORDER BY no DESC LIMIT 1) AS a
    WHERE a.error_code IS NOT NULL ORDER BY a.ended_at DESC LIMIT 1)`;
}

/** What counts as lately, and items of a shard that are looked at for it. */
const RECENT_MS = 180_000;
const RECENT_ITEMS = 50;

/**
 * The speed of the last minutes: of each shard at work the items just before the first that is left, since
 * items are taken in order.
 */
export async function recentPace(db: Database, run: RunId): ReturnType<ExplainStore['recentPace']> {
  const firstIn = (state: 'pending' | 'running'): RawBuilder<unknown> => sql`(
    SELECT i.no FROM tapekeeper.item i
    WHERE i.run_id = ${run} AND i.shard_no = s.no AND i.state = ${sql.lit(state)} ORDER BY i.no LIMIT 1)`;
  const shards = await db.rows<{ done: number; items: number; ms: number }>(sql`
    WITH frontier AS MATERIALIZED (
      SELECT s.no, least(${firstIn('running')}, ${firstIn('pending')}) AS first
      FROM tapekeeper.shard s WHERE s.run_id = ${run} AND s.open AND s.kind = 'fetch')
    SELECT coalesce(sum(done), 0)::float8 AS done, count(*)::int AS items,
      coalesce(max(extract(epoch FROM tapekeeper.now() - finished_at)) * 1000, 0)::float8 AS ms
    FROM frontier JOIN LATERAL (
      SELECT i.finished_at, (SELECT sum(value::bigint) FROM jsonb_each_text(i.counts)) AS done FROM tapekeeper.item i
      WHERE i.run_id = ${run} AND i.no < frontier.first AND i.no >= frontier.first - ${RECENT_ITEMS}::int
        AND i.shard_no = frontier.no AND i.state IN ('done', 'failed')
        AND i.finished_at > tapekeeper.now() - make_interval(secs => ${RECENT_MS / 1000})) AS lately ON true
    GROUP BY frontier.no`);
  if (shards.length === 0) return null;
  // fewer items than were looked for: they are all that the whole stretch has brought
  const perMs = shards.map(
    ({ done, items, ms }) => done / Math.max(1, items < RECENT_ITEMS ? RECENT_MS : ms),
  );
  return { done: perMs.reduce((sum, one) => sum + one, 0) * RECENT_MS, ms: RECENT_MS };
}
