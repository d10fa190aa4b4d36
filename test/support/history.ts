import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { syncJob } from './jobDefinition.ts';

/** Rows that a server of some years has gathered, by what is asked for: so many runs, and what each leaves. */
export interface History {
  readonly runs: number;
  readonly itemsARun: number;
}

/** Runs of one partition; the last partition is filled to the end but for room for the runs of a trial. */
const RUNS_A_PARTITION = 10_000;

/**
 * Fills the tables that grow with every run, straight in SQL, as the owner: terminal runs of all kinds with
 * shards, items, attempts and outcomes, fires, events, quarantined and corrected rows. Calendars never
 * fail, so that one filter of the list of runs finds nothing. New runs go on behind.
 */
export async function fillHistory(owner: Database, { runs, itemsARun }: History): Promise<void> {
  for (let at = 0; at <= runs; at += RUNS_A_PARTITION) {
    await owner.rows(sql`SELECT tapekeeper.ensure_run_partitions(${at + RUNS_A_PARTITION})`);
  }
  await fillRuns(owner, runs);
  await fillItems(owner, runs, itemsARun);
  await fillOthers(owner, runs);
  await owner.rows(sql`VACUUM (ANALYZE)`);
}

async function fillRuns(owner: Database, runs: number): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.worker (node, boot, pid, started_at, stopped_at)
    SELECT 'node ' || n, gen_random_uuid(), n, now() - interval '1 day', now() FROM generate_series(1, ${Math.ceil(runs / 10)}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (id, type, dataset, params, cause, state, parent_run_id, created_at, started_at, finished_at)
    OVERRIDING SYSTEM VALUE
    SELECT n, 'sync', dataset, '{"from": "2024-01-02", "to": "2024-01-02", "symbols": null, "sources": ["tushare"], "force": false}',
      'person', CASE WHEN dataset = 'trade_calendar' THEN 'success' ELSE state END,
      CASE WHEN n % 10 = 0 THEN n - 1 END, at, at, at + interval '2 seconds'
    FROM (
      SELECT n, now() - (${runs}::int - n) * interval '1 minute' AS at,
        (ARRAY['daily_bars', 'daily_bars', 'daily_basics', 'adj_factors', 'stock_basics', 'trade_calendar'])[1 + n % 6] AS dataset,
        CASE WHEN n % 1000 < 900 THEN 'success' WHEN n % 1000 < 950 THEN 'success_with_errors'
             WHEN n % 1000 < 995 THEN 'failed' ELSE 'cancelled' END AS state
      FROM generate_series(1, ${runs}::int) AS n) AS new`);
  await owner.rows(sql`ALTER TABLE tapekeeper.run ALTER COLUMN id RESTART WITH ${sql.lit(runs + 1)}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, source, open, items_total, items_done, symbols_total, outcomes, rows_written, calls)
    SELECT n, no, CASE no WHEN 0 THEN 'plan' ELSE 'fetch' END, CASE no WHEN 1 THEN 'tushare' END, false, no * 3, no * 3, no * 3,
      CASE no WHEN 1 THEN '{"ok": 3}'::jsonb ELSE '{}' END, no * 500, no * 3
    FROM generate_series(1, ${runs}::int) AS n, generate_series(0, 1) AS no`);
}

async function fillItems(owner: Database, runs: number, itemsARun: number): Promise<void> {
  const each = sql`generate_series(1, ${runs}::int) AS n, generate_series(1, ${itemsARun}::int) AS no`;
  await owner.rows(sql`
    INSERT INTO tapekeeper.item
      (run_id, no, shard_no, source, shape, from_day, to_day, instrument_id, state, attempts, outcome, counts, error_code, finished_at)
    SELECT n, no, 1, 'tushare', 'symbol', '2024-01-02', '2024-01-02', 1 + (n + no) % 500, CASE WHEN failed THEN 'failed' ELSE 'done' END,
      1, CASE WHEN failed THEN 'failed' ELSE 'ok' END, '{"ok": 1}', CASE WHEN failed THEN 'transport' END, now()
    FROM (SELECT n, no, n % 1000 BETWEEN 900 AND 994 AND no = 1 AS failed FROM ${each}) AS new`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.attempt (run_id, item_no, no, source, worker_id, started_at, ended_at, calls, rows)
    SELECT n, no, 1, 'tushare', 1, now(), now(), 1, 1 FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.symbol_outcome (run_id, item_no, instrument_id, outcome, source)
    SELECT n, no, 1 + (n + no) % 500, 'suspended', 'tushare' FROM ${each}`);
}

async function fillOthers(owner: Database, runs: number): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.event (seq, topic, payload, at)
    SELECT nextval('tapekeeper.event_seq'), 'run', jsonb_build_object('runId', n), now() FROM generate_series(1, ${runs}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition) SELECT 'job ' || n, ${JSON.stringify(syncJob())}::jsonb FROM generate_series(1, 20) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
    SELECT job.id, at, at, 'ran', 'due'
    FROM tapekeeper.job, generate_series(1, ${runs / 20}::int) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS due`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.quarantine (dataset, symbol, day, source, run_id, item_no, rule, row, state)
    SELECT 'daily_bars', to_char(n % 500, 'FM000000') || '.SZ', date '2020-01-01' + n / 500 % 1500, 'tushare', 1, 1,
      CASE WHEN n % 2 = 0 THEN 'unknown_symbol' ELSE 'ohlc_order' END, jsonb_build_object('n', n), CASE WHEN n % 2 = 0 THEN 'replayed' ELSE 'held' END
    FROM generate_series(1, ${runs / 2}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.revision (dataset, symbol, day, was, source, run_id, known_from, known_until, replaced_by_run)
    SELECT 'daily_bars', to_char(n % 500, 'FM000000') || '.SZ', date '2020-01-01' + n / 500 % 1500, '{}', 'tushare', 1, now(), now(), 2
    FROM generate_series(1, ${runs / 2}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.row_flag (dataset, symbol, day, rule, run_id)
    SELECT 'daily_bars', to_char(n % 500, 'FM000000') || '.SZ', date '2020-01-01' + n / 500, 'limit_exceeded', 1
    FROM generate_series(1, ${runs / 2}::int) AS n`);
}
