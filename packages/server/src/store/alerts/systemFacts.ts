import type { ChannelStateFacts, DatasetId, Instant } from '@tapekeeper/core';
import type { HostRow, LongBudgetRow, OpenRunRow } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';
import { epochMs } from '../hostLock.ts';
import { only } from './only.ts';

const MOST_OPEN = 500;

/**
 * Open runs and since when nothing of them was written. Each part is read of one run at a time, so that of the
 * tables in partitions one is looked at.
 */
export async function openRunFacts(db: Database): Promise<readonly OpenRunRow[]> {
  return db.rows(sql`
    SELECT r.id, r.job_id AS "jobId", j.key AS "jobKey", r.dataset, r.state = 'running' AS "isRunning",
      (r.waits_for_turn OR r.stop IS NOT NULL OR coalesce(r.retry_at > tapekeeper.now(), false) OR coalesce(s.waits, false)) AS "isWaiting",
      s.put_off AS "putOffUntil", coalesce(s.sources, '{}') AS sources,
      (extract(epoch FROM tapekeeper.now() - greatest(r.created_at, r.started_at, s.updated_at, t.at, c.at)) * 1000)::float8 AS "stillMs"
    FROM (
      SELECT * FROM tapekeeper.run WHERE state IN ('pending', 'running') ORDER BY id LIMIT ${MOST_OPEN}) AS r
    LEFT JOIN tapekeeper.job j ON j.id = r.job_id
    CROSS JOIN LATERAL (
      SELECT max(updated_at) AS updated_at, array_agg(DISTINCT source) FILTER (WHERE open AND source IS NOT NULL) AS sources,
        bool_and(waits_for_runs) FILTER (WHERE open) AS waits,
        CASE WHEN bool_and(coalesce(not_before > tapekeeper.now(), false)) FILTER (WHERE open) THEN min(not_before) FILTER (WHERE open) END AS put_off
      FROM tapekeeper.shard WHERE run_id = r.id) AS s
    CROSS JOIN LATERAL (
      SELECT max(greatest(started_at, finished_at)) AS at FROM tapekeeper.step WHERE run_id = r.id) AS t
    CROSS JOIN LATERAL (
      SELECT max(greatest(started_at, finished_at)) AS at FROM tapekeeper.run WHERE parent_run_id = r.id) AS c
    ORDER BY r.id`);
}

export async function troubledHosts(db: Database): Promise<readonly HostRow[]> {
  return db.rows(sql`
    SELECT host, openings, ban_pause_ms IS NOT NULL AS "isBan", ${epochMs(sql`open_until`)} AS "openUntil",
      coalesce(reason, '') AS reason
    FROM tapekeeper.host WHERE openings > 0 ORDER BY host`);
}

export async function longBudgets(db: Database): Promise<readonly LongBudgetRow[]> {
  return db.rows(sql`
    SELECT host, api, window_seconds AS "windowSeconds", slides, capacity, tokens,
      ${epochMs(sql`refilled_at`)} AS "refilledAt", ${epochMs(sql`awaited_until`)} AS "awaitedUntil"
    FROM tapekeeper.budget WHERE window_seconds >= 3600 ORDER BY host, api, window_seconds, origin`);
}

/** Notices of a channel that are looked back at; no rule counts further. */
const MOST_LOST = 20;

export async function failingChannels(db: Database): Promise<readonly ChannelStateFacts[]> {
  return db.rows(sql`
    SELECT c.name, l.lost, l.since, l.error
    FROM tapekeeper.channel c
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS lost, min(ended_at) AS since, coalesce((array_agg(error ORDER BY id DESC))[1], '') AS error
      FROM (
        SELECT id, ended_at, error, bool_and(state <> 'sent') OVER (ORDER BY id DESC) AS is_lost
        FROM (
          SELECT id, state, ended_at, error FROM tapekeeper.notice
          WHERE channel_id = c.id AND state <> 'pending' ORDER BY id DESC LIMIT ${MOST_LOST}) AS newest
        WHERE ended_at > c.updated_at) AS lately
      WHERE is_lost) AS l
    WHERE c.enabled AND c.deleted_at IS NULL AND l.lost > 0 ORDER BY c.name`);
}

export async function newestRuns(
  db: Database,
  datasets: readonly DatasetId[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<{ dataset: string; version: string }>(sql`
    SELECT d.dataset, concat_ws(' ', r.id, r.state, r.finished_at) AS version FROM unnest(${[...datasets]}::text[]) AS d (dataset)
    CROSS JOIN LATERAL (
      SELECT r.id, r.state, r.finished_at FROM tapekeeper.run r WHERE r.dataset ${only(sql`d.dataset COLLATE "C"`)}
      ORDER BY r.dataset, r.id DESC LIMIT 1) AS r`);
  return new Map(rows.map(({ dataset, version }) => [dataset, version]));
}

export async function workerSilentMs(db: Database): Promise<number | null> {
  const { ms } = await db.one<{ ms: number | null }>(sql`
    SELECT (extract(epoch FROM tapekeeper.now() - max(coalesce(heartbeat_at, started_at))) * 1000)::float8 AS ms
    FROM tapekeeper.worker WHERE stopped_at IS NULL`);
  return ms;
}

export async function installedAt(db: Database): Promise<Instant> {
  const row = await db.maybe<{ at: Instant }>(sql`
    SELECT created_at AS at FROM tapekeeper.installation`);
  return row?.at ?? 0;
}
