import { sql, type Database } from '../../packages/server/src/store/connection.ts';

const STATES = ['success', 'success_with_errors', 'failed', 'cancelled', 'running', 'pending'] as const;

/** Runs about a data set on days of their own, one of each state a day. */
export async function makeRuns(db: Database, dataset: string, days: readonly string[]): Promise<void> {
  for (const day of days) {
    for (const state of STATES) {
      const over = state !== 'running' && state !== 'pending';
      const error =
        state === 'failed'
          ? { code: 'transport', message: 'no answer from tushare.test', details: {} }
          : null;
      await db.rows(sql`
        INSERT INTO tapekeeper.run (type, dataset, wish, params, cause, requested_by, state, created_at, finished_at, error)
        VALUES ('sync', ${dataset}, '{}', '{"from": "2024-01-04", "to": "2024-01-05", "symbols": null, "sources": ["tushare"], "force": false}',
          'person', 'otto', ${state}, ${`${day}T23:59:59+08:00`}::timestamptz, ${over ? `${day}T23:59:59+08:00` : null}::timestamptz,
          ${error === null ? null : JSON.stringify(error)}::jsonb)`);
    }
  }
}

/** Lines of the audit log, of each result one. */
export async function makeOperations(db: Database): Promise<void> {
  for (const [action, result] of [
    ['cancelRun', 'ok'],
    ['cancelRun', 'refused'],
    ['triggerJob', 'failed'],
    ['100%_sure\\', 'ok'],
    ['retryRun', 'unknown'],
  ] as const) {
    await db.rows(sql`
      INSERT INTO tapekeeper.operation (at, action, actor, proof, object_kind, object_id, result, error_code, status)
      VALUES ('2099-03-01T02:00:00Z', ${action}, 'otto', 'session', 'run', '7', ${result},
        ${result === 'ok' || result === 'unknown' ? null : 'run_over'}, ${result === 'ok' ? 200 : 409})`);
  }
}

/** A run of the watch list, with an item of each fate, and one that is not settled yet. */
export async function makeWatchlist(db: Database): Promise<void> {
  const { id: job } = await db.one<{ id: number }>(
    sql`SELECT id FROM tapekeeper.job WHERE key = 'watchlist_history_daily'`,
  );
  await db.rows(sql`
    INSERT INTO tapekeeper.instrument (id, symbol)
    VALUES (1, '600001.SH'), (2, '000001.SZ'), (3, '300001.SZ'), (4, '688001.SH'), (5, '920001.BJ')`);
  await db.rows(sql`
    WITH made AS (
      INSERT INTO tapekeeper.run (type, dataset, wish, params, plan, cause, state, job_id, created_at, finished_at)
      VALUES ('sync', 'daily_bars', '{"dataset": "daily_bars", "set": "watchlist"}',
        '{"from": "2024-01-04", "to": "2024-01-12", "symbols": ["600001.SH", "000001.SZ", "300001.SZ", "688001.SH", "920001.BJ"], "sources": ["akshare"], "force": false}',
        '{}', 'fire', 'success_with_errors', ${job}, '2024-01-12T16:00:00+08:00', '2024-01-12T16:05:00+08:00') RETURNING id),
    items AS (
      INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, instrument_id, state, outcome, error_code, rows_written)
      SELECT id, no, 1, 'akshare', 'symbol', day::date, day::date, instrument, state, outcome, code, written
      FROM made, (VALUES (1, '2024-01-04', 1, 'done', 'ok', NULL, 7), (2, '2024-01-04', 2, 'failed', 'failed', 'transport', 0),
        (3, '2024-01-04', 3, 'failed', 'failed', 'timeout', 0), (4, '2024-01-05', 3, 'done', 'ok', NULL, 6),
        (5, '2024-01-04', 4, 'failed', 'failed', 'timeout', 0), (6, '2024-01-04', 4, 'done', 'fell_back', NULL, 7)
      ) AS of (no, day, instrument, state, outcome, code, written) RETURNING 1)
    INSERT INTO tapekeeper.attempt (run_id, item_no, no, source, worker_id, started_at, ended_at, error_code, error_message)
    SELECT id, 2, no, 'akshare', 1, '2024-01-12T16:01:00+08:00', '2024-01-12T16:01:05+08:00', 'transport', 'socket hang up, try ' || no
    FROM made, generate_series(1, 3) AS no`);
  await db.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, wish, cause, state, job_id, created_at)
    VALUES ('sync', 'daily_bars', '{"dataset": "daily_bars", "symbols": ["600001.SH", "000001.SZ"]}', 'fire', 'pending', ${job},
      '2024-01-15T16:00:00+08:00')`);
}
