import { plainDay, shanghaiInstant, type RunState } from '@tapekeeper/core';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/** Runs of all kinds that have ended at random times of some months; ids are as the database gave them. */
export interface RandomRuns {
  readonly random: () => number;
  readonly count: number;
}

const STATES: readonly RunState[] = [
  'success',
  'success',
  'success',
  'success_with_errors',
  'failed',
  'cancelled',
  'skipped',
  'missed',
];
const CAUSES = ['fire', 'person', 'requirement', 'after', 'workflow'];
const TYPES = ['sync', 'repair', 'export', 'command'];
const DATASETS = ['daily_bars', 'adj_factors', 'stock_basics'];
const SOURCES = ['tushare', 'baostock'];
const MESSAGES = [
  'The server at 127.0.0.1:53412 did not answer within 30 s.',
  'The server at 127.0.0.1:40001 did not answer within 31 s.',
  'Item 12 has no rows of 600000.SH on 2024-01-31.',
];
const FIRST = shanghaiInstant(plainDay('2024-11-20'), 0);
const SPAN_MS = 100 * 86_400_000;
/** Terminal without ever having been anything else. */
const BORN_ENDED: ReadonlySet<string> = new Set(['skipped', 'missed']);

/** Makes random runs with shares of sources and failed items, and ends them as the product does. */
export async function endRandomRuns(db: Database, { random, count }: RandomRuns): Promise<readonly number[]> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const whole = (below: number): number => Math.floor(random() * below);
  const runs = Array.from({ length: count }, () => {
    const state = pick(STATES);
    const type = pick(TYPES);
    const createdAt = FIRST + whole(SPAN_MS);
    const began = !BORN_ENDED.has(state) && (state === 'success' || random() < 0.8);
    const startedAt = began ? createdAt + Math.floor(Math.exp(random() * 12)) - 1 : null;
    const retryWaitedMs = began && random() < 0.2 ? whole(60_000) : 0;
    const workedMs = Math.floor(Math.exp(random() * 16));
    return {
      state,
      type,
      createdAt,
      startedAt,
      retryWaitedMs,
      cause: pick(CAUSES),
      bornEnded: BORN_ENDED.has(state),
      dataset: type === 'sync' || type === 'repair' ? pick(DATASETS) : null,
      finishedAt: (startedAt ?? createdAt) + retryWaitedMs + workedMs,
      error: state === 'failed' ? { code: pick(['transport', 'timeout']), message: pick(MESSAGES) } : null,
      jobNo: random() < 0.6 ? whole(3) : null,
      shares: began ? Array.from({ length: whole(3) }, () => shareOf(pick(SOURCES), whole)) : [],
    };
  });
  const ids = await insertRuns(db, runs);
  await insertShares(
    db,
    runs.map(({ shares }, at) => ({ id: ids[at] as number, shares })),
  );
  await endAll(db);
  return ids;
}

function shareOf(source: string, whole: (below: number) => number) {
  const failed = whole(3);
  return {
    source,
    failed,
    done: whole(50),
    rows: whole(9000),
    unchanged: whole(100),
    calls: whole(60),
    bytes: whole(1e6),
    outcomes: {
      ok: whole(50),
      unchanged: whole(9),
      absent: whole(3),
      fell_back: whole(3),
      failed,
      quarantined: whole(2),
    },
    code: ['timeout', 'malformed'][whole(2)],
  };
}

/** Those that were something else before are made so, with their end noted beside. */
async function insertRuns(db: Database, runs: readonly object[]): Promise<readonly number[]> {
  await db.rows(sql`
    INSERT INTO tapekeeper.job (key, definition)
    SELECT 'job ' || n, '{"type": "sync", "name": "a job", "schedule": {"trigger": {"kind": "manual"}}}'
    FROM generate_series(0, 2) AS n ON CONFLICT DO NOTHING`);
  const made = await db.rows<{ id: number }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, cause, job_id, state, reason, result, error, created_at, started_at,
      finished_at, retry_waited_ms)
    SELECT type, dataset, cause, (SELECT id FROM tapekeeper.job WHERE key = 'job ' || "jobNo"),
      CASE WHEN "bornEnded" THEN state ELSE 'pending' END, null, jsonb_build_object('state', state), error,
      to_timestamp("createdAt" / 1000), to_timestamp("startedAt" / 1000), to_timestamp("finishedAt" / 1000), "retryWaitedMs"
    FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) AS (type text, dataset text, cause text, "jobNo" int,
      state text, "bornEnded" boolean, error jsonb, "createdAt" float8, "startedAt" float8, "finishedAt" float8,
      "retryWaitedMs" bigint)) WITH ORDINALITY AS r ORDER BY ordinality RETURNING id`);
  return made.map(({ id }) => id);
}

async function insertShares(db: Database, runs: readonly object[]): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, source, open, items_done, items_failed, outcomes, rows_written,
      rows_unchanged, calls, bytes)
    SELECT r.id, 0, 'plan', null, false, 0, 0, '{}'::jsonb, 0, 0, 0, 0
    FROM jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) AS r (id bigint)
    UNION ALL
    SELECT r.id, s.no, 'fetch', s.share->>'source', false, (s.share->>'done')::int, (s.share->>'failed')::int,
      s.share->'outcomes', (s.share->>'rows')::bigint, (s.share->>'unchanged')::bigint, (s.share->>'calls')::bigint,
      (s.share->>'bytes')::bigint
    FROM jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) AS r (id bigint, shares jsonb)
    CROSS JOIN LATERAL jsonb_array_elements(r.shares) WITH ORDINALITY AS s (share, no)`);
  await db.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, state, error_code)
    SELECT r.id, s.no * 100 + n, s.no, s.share->>'source', 'day', '2024-01-02', '2024-01-02', 'failed', s.share->>'code'
    FROM jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) AS r (id bigint, shares jsonb)
    CROSS JOIN LATERAL jsonb_array_elements(r.shares) WITH ORDINALITY AS s (share, no)
    CROSS JOIN LATERAL generate_series(1, (s.share->>'failed')::int) AS n`);
}

/** From pending to running, and from there to the end that was noted. */
async function endAll(db: Database): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.run SET state = 'running' WHERE state = 'pending' AND result->>'state' <> 'cancelled'`);
  await db.rows(sql`
    UPDATE tapekeeper.run SET state = result->>'state' WHERE state IN ('pending', 'running')`);
}
