import { expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans } from '../support/plans.ts';

const HISTORY = { runs: 15_000, itemsARun: 3 };
/** One run with as many items as a year of a market has. */
const LARGE_RUN_ITEMS = 5_000;
const KEYS = 20_000;
const PAGE = 50;
const GROWING = ['run', 'item', 'idempotent_request'];

const plans = usePlans('api_plans', async ({ owner, db, at }) => {
  await fillHistory(owner, HISTORY);
  const { run } = await owner.one<{ run: number }>(sql`SELECT max(id) - 100 AS run FROM tapekeeper.run`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, state)
    SELECT ${run}, n, 1, 'tushare', 'day', '2024-01-02', '2024-01-02', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'done' END
    FROM generate_series(1000, 1000 + ${LARGE_RUN_ITEMS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.idempotent_request (owner, key, operation, digest, made_id, created_at)
    SELECT 'user:1', 'key-' || n, 'createRun', '\\x00', n, tapekeeper.now() - n * interval '4 seconds'
    FROM generate_series(1, ${KEYS}::int) AS n`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
  const store = createStore(db);
  const page = { states: null, after: null, limit: PAGE };
  await at('runItems', () => store.runItems(run, page));
  await at('runItems, a deep page', () => store.runItems(run, { ...page, after: 5_500 }));
  await at('runItems, failed', () => store.runItems(run, { ...page, states: ['failed'] }));
  const runs = { states: null, dataset: null, before: null, oldestFirst: true, limit: PAGE };
  await at('runs, oldest first', () => store.runs(runs));
  await at('runs, oldest first, deep', () => store.runs({ ...runs, after: run - 1_000 }));
  await at('runs, oldest first, by state', () =>
    store.runs({ ...runs, states: ['success', 'failed'], after: 10 }),
  );
  const request = { owner: 'user:1', operation: 'createRun', digest: Buffer.from([0]) };
  await at('claimRequest, a new one', () => store.claimRequest({ ...request, key: 'new' }));
  await at('claimRequest, a known one', () => store.claimRequest({ ...request, key: 'key-7' }));
});

it('reads runs, items and keys by their indexes', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
  expect(plans.tables()).toContain('idempotent_request');
});

it('reads no more of them than a page has', () => {
  expect(plans.longReads(GROWING, 8 * PAGE)).toEqual([]);
});
