import { expect, it } from 'vitest';
import { recentOperations, operationLog } from '../../packages/server/src/app/logTables/operationLog.ts';
import { countRuns, recentRuns, runLog } from '../../packages/server/src/app/logTables/runLog.ts';
import {
  countSymbolLog,
  recentSymbolLines,
  symbolLog,
} from '../../packages/server/src/app/logTables/symbolLog.ts';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans } from '../support/plans.ts';

// The logs of the stock quote system over a long history: what a page costs must not grow with it.

const GROWING = ['run', 'shard', 'item', 'attempt', 'symbol_outcome', 'operation'];
const RUNS = 6_000;
/** Runs of the watch list, each with three symbols. */
const WATCHED = 100;
const OPERATIONS = 8_000;

/** Counting goes over the entries of one data set in an index, or over the numbers of the audit log. */
const COUNTING = ['count runs', 'page of runs', 'page of operations', 'page of an action'];

const plans = usePlans('status_model_plans', async ({ owner, db, at }) => {
  await fillHistory(owner, { runs: RUNS, itemsARun: 3 });
  await owner.rows(sql`
    INSERT INTO tapekeeper.instrument (id, symbol) SELECT n, to_char(600000 + n, 'FM000000') || '.SH' FROM generate_series(1, 500) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.job (key, definition) SELECT 'watchlist_history_daily', definition FROM tapekeeper.job LIMIT 1`);
  // as many symbols as the items of the run are about
  await owner.rows(sql`
    UPDATE tapekeeper.run r SET job_id = (SELECT id FROM tapekeeper.job WHERE key = 'watchlist_history_daily'),
      params = jsonb_set(params, '{symbols}', (
        SELECT jsonb_agg(to_char(600000 + 1 + (r.id + no) % 500, 'FM000000') || '.SH') FROM generate_series(1, 3) AS no))
    WHERE r.id % ${RUNS / WATCHED}::bigint = 0`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.operation (at, action, actor, proof, object_kind, object_id, result)
    SELECT tapekeeper.now() - (${OPERATIONS}::int - n) * interval '1 minute', 'action' || n % 40, 'otto', 'session', 'run', n::text,
      CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'ok' END
    FROM generate_series(1, ${OPERATIONS}::int) AS n`);
  await owner.rows(sql`VACUUM ANALYZE tapekeeper.run, tapekeeper.operation, tapekeeper.instrument`);
  const deps = { store: createStore(db) } as unknown as AppDeps;
  const all = { from: null, until: null, page: 1, size: 20 };
  await at('page of lines', () => symbolLog(deps, { ...all, page: 10, status: null, symbol: null }));
  await at('recent lines', () => recentSymbolLines(deps, 50));
  await at('failed lines', () => symbolLog(deps, { ...all, status: 'failed', symbol: null }));
  await at('lines of a code', () => symbolLog(deps, { ...all, status: null, symbol: '600001' }));
  await at('count lines', () => countSymbolLog(deps, null));
  await at('page of runs', () => runLog(deps, 'daily_bars', { ...all, page: 3, status: 'failed' }));
  await at('recent runs', () => recentRuns(deps, 'daily_bars', 50));
  await at('count runs', () => countRuns(deps, 'daily_bars', null));
  await at('recent operations', () => recentOperations(deps, 50));
  await at('actions', () => deps.store.operationActions());
  await at('page of operations', () => operationLog(deps, { ...all, page: 50, results: null, action: null }));
  await at('page of an action', () =>
    operationLog(deps, { ...all, page: 2, results: ['failed'], action: 'ACTION1' }),
  );
});

it('reads every table that grows', () => {
  expect(GROWING.filter((table) => !plans.tables().has(table))).toEqual([]);
});

it('reads none of them as a whole', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more than the runs of the watch list have', () => {
  const longest = plans.longReads(GROWING, 2 * 3 * WATCHED).filter(({ step }) => !COUNTING.includes(step));
  expect(longest).toEqual([]);
});

it('counts in an index alone', () => {
  const counted = plans.reads.filter(
    ({ step, table, rowsRead }) => COUNTING.includes(step) && GROWING.includes(table) && rowsRead > 1_000,
  );
  expect(counted.map(({ how }) => how).filter((how) => how !== 'Index Only Scan')).toEqual([]);
});
