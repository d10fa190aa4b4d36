import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { syncJob } from '../../test/support/jobDefinition.ts';

/** What a server of years has gathered. */
export interface LongHistory {
  readonly runs: number;
  /** Of all runs together. */
  readonly symbolOutcomes: number;
}

const JOBS = 50;
/** Symbols that every item asks for. */
export const SYMBOLS = 500;
/** Runs that one statement makes. */
const BATCH = 250_000;
const DAYS = 400;

/**
 * Fills the tables straight in SQL, as the owner: runs of all kinds over four hundred days up to now, half of them
 * fired by jobs, with shards, and an item of all symbols with so many exceptions where there are to be any; events,
 * and operations.
 */
export async function fillLongHistory(owner: Database, history: LongHistory): Promise<void> {
  const { runs, symbolOutcomes } = history;
  for (let at = 0; at <= runs; at += 10_000)
    await owner.rows(sql`SELECT tapekeeper.ensure_run_partitions(${at + 10_000})`);
  for (let at = 0; at <= runs; at += 1_000_000)
    await owner.rows(sql`SELECT tapekeeper.ensure_event_partitions(${at + 1_000_000})`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition)
    SELECT 'job ' || n, ${JSON.stringify(syncJob())}::jsonb FROM generate_series(1, ${JOBS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.instrument (id, symbol) OVERRIDING SYSTEM VALUE
    SELECT n, to_char(600000 + n, 'FM000000') || '.SH' FROM generate_series(1, ${SYMBOLS}::int) AS n`);
  for (let first = 1; first <= runs; first += BATCH)
    await fillRuns(owner, history, first, Math.min(runs, first + BATCH - 1));
  const outcomesARun = Math.ceil(symbolOutcomes / runs);
  for (let first = 1; outcomesARun > 0 && first <= runs; first += BATCH)
    await fillOutcomes(owner, outcomesARun, first, Math.min(runs, first + BATCH - 1));
  await owner.rows(sql`ALTER TABLE tapekeeper.run ALTER COLUMN id RESTART WITH ${sql.lit(runs + 1)}`);
  await owner.rows(sql`ANALYZE`);
}

async function fillRuns(owner: Database, { runs }: LongHistory, first: number, last: number): Promise<void> {
  const numbers = sql`generate_series(${first}::int, ${last}::int) AS n`;
  const at = sql`now() - (${runs}::int - n) * (interval '${sql.raw(String(DAYS))} days' / ${runs}::int)`;
  await owner.rows(sql`
    INSERT INTO tapekeeper.fire (id, job_id, scheduled_for, until, decision, reason, decided_at) OVERRIDING SYSTEM VALUE
    SELECT n, 1 + n / 2 % ${JOBS}::int, ${at}, ${at}, CASE WHEN n % 100 = 2 THEN 'missed' ELSE 'ran' END, 'on_time', ${at}
    FROM ${numbers} WHERE n % 2 = 0`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (id, type, dataset, params, cause, job_id, fire_id, parent_run_id, state, error, created_at,
      started_at, finished_at, retry_waited_ms) OVERRIDING SYSTEM VALUE
    SELECT n, 'sync', dataset, '{"from": "2024-01-02", "to": "2024-01-02", "symbols": null, "sources": ["tushare"], "force": false}',
      CASE WHEN n % 2 = 0 THEN 'fire' ELSE 'person' END, CASE WHEN n % 2 = 0 THEN 1 + n / 2 % ${JOBS}::int END,
      CASE WHEN n % 2 = 0 THEN n END, CASE WHEN n % 10 = 1 AND n > 1 THEN n - 1 END, state,
      CASE WHEN state = 'failed' THEN jsonb_build_object('code', 'transport', 'message',
        'the server at 10.0.0.' || n % 250 || ':80 did not answer within ' || n % 60 || ' s') END,
      at, CASE WHEN state <> 'missed' THEN at + interval '1 ms' * (n % 977) END,
      at + interval '1 ms' * (n % 977 + exp(n % 1009 / 90.0)), CASE WHEN n % 50 = 0 THEN 60000 ELSE 0 END
    FROM (
      SELECT n, ${at} AS at,
        (ARRAY['daily_bars', 'daily_bars', 'daily_basics', 'adj_factors', 'stock_basics', 'trade_calendar'])[1 + n / 3 % 6] AS dataset,
        CASE WHEN n % 100 = 2 THEN 'missed' WHEN n % 1000 < 900 THEN 'success' WHEN n % 1000 < 950 THEN 'success_with_errors'
             WHEN n % 1000 < 995 THEN 'failed' ELSE 'cancelled' END AS state
      FROM ${numbers}) AS new`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.shard (run_id, no, kind, source, open, items_total, items_done, symbols_total, outcomes, rows_written, calls, bytes)
    SELECT n, no, CASE no WHEN 0 THEN 'plan' ELSE 'fetch' END, CASE no WHEN 1 THEN (ARRAY['tushare', 'akshare', 'baostock'])[1 + n % 3] END,
      false, no, no, no * ${SYMBOLS}::int, CASE no WHEN 1 THEN jsonb_build_object('ok', ${SYMBOLS}::int) ELSE '{}' END,
      no * (n % 5000), no, no * 90000
    FROM ${numbers}, generate_series(0, 1) AS no`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.event (seq, topic, payload, at)
    SELECT nextval('tapekeeper.event_seq'), 'run', jsonb_build_object('runId', n), ${at} FROM ${numbers}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.operation (at, action, actor, proof, object_kind, object_id, result, status)
    SELECT ${at}, (ARRAY['createRun', 'triggerJob', 'updateJob', 'retryRun'])[1 + n % 4], 'user ' || n % 20, 'session', 'run', n::text,
      CASE WHEN n % 50 = 0 THEN 'refused' ELSE 'ok' END, 200
    FROM ${numbers} WHERE n % 5 = 0`);
}

/** An item for all symbols, with exceptions to it. */
async function fillOutcomes(owner: Database, outcomes: number, first: number, last: number): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, members, state, attempts, outcome, counts, finished_at)
    SELECT n, 1, 1, 'tushare', 'day', '2024-01-02', '2024-01-02', decode(repeat('ff', ${Math.ceil(SYMBOLS / 8) + 1}::int), 'hex'), 'done', 1, 'ok',
      jsonb_build_object('ok', ${SYMBOLS}::int), now()
    FROM generate_series(${first}::int, ${last}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.symbol_outcome (run_id, item_no, instrument_id, outcome, source)
    SELECT n, 1, 1 + (n + o * 7) % ${SYMBOLS}::int, 'suspended', 'tushare'
    FROM generate_series(${first}::int, ${last}::int) AS n, generate_series(1, ${outcomes}::int) AS o`);
}
