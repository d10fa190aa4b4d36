import { expect, it } from 'vitest';
import {
  choiceOf,
  TELLING,
} from '../../packages/server/src/http/documented/tradingAgents/systemLogs/actionTypes.ts';
import { SYNCS } from '../../packages/server/src/http/documented/tradingAgents/systemLogs/readFilter.ts';
import { newestSync } from '../../packages/server/src/http/documented/tradingAgents/sync/syncStats.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans } from '../support/plans.ts';

const RUNS = 12_000;
const LINES = 12_000;
const PAGE = 20;

const FILTER = {
  operations: null,
  runs: SYNCS,
  success: null,
  telling: TELLING,
  text: null,
  from: null,
  until: null,
} as const;

const plans = usePlans('sync_status_plans', async ({ owner, db, at }) => {
  await fillHistory(owner, { runs: RUNS, itemsARun: 1 });
  await fillOperations(owner);
  const store = createStore(db);
  const run = await at('the newest sync', () => newestSync({ store }));
  await at('rows that it corrected', () => store.correctedRows('stock_basics', run?.id ?? 0));
  const page = { skip: 0, limit: PAGE };
  await at('a page of the log', () => store.logPage(FILTER, page));
  await at('a page of logins', () => store.logPage({ ...FILTER, operations: choiceOf('user_login') }, page));
});

/** A log of mostly triggered jobs, with a login now and then. */
async function fillOperations(owner: Database): Promise<void> {
  await owner.rows(sql`
    INSERT INTO tapekeeper.operation (at, action, actor, proof, object_kind, object_id, result, status, duration_ms)
    SELECT now() - (${LINES}::int - n) * interval '1 minute', CASE WHEN n % 200 = 0 THEN 'logIn' ELSE 'triggerJob' END,
      'ann', 'session', CASE WHEN n % 200 = 0 THEN 'session' ELSE 'job' END, n::text, 'ok', 200, 3
    FROM generate_series(1, ${LINES}::int) AS n`);
  await owner.rows(sql`VACUUM (ANALYZE) tapekeeper.operation`);
}

const readsOf = (step: string, table: string) =>
  plans.reads.filter((read) => read.step === step && read.table === table);

it('finds the newest sync without walking over others', () => {
  const reads = readsOf('the newest sync', 'run');
  expect(reads.length).toBeGreaterThan(0);
  expect(reads.filter(({ how, rowsRead }) => how === 'Seq Scan' || rowsRead > 10)).toEqual([]);
});

it('counts what a run has corrected by the time of the run', () => {
  const reads = readsOf('rows that it corrected', 'revision');
  expect(reads.filter(({ how }) => how === 'Seq Scan')).toEqual([]);
});

it('finds a page of the log without reading more runs or lines than a count reads of an index', () => {
  for (const step of ['a page of the log', 'a page of logins'])
    expect(readsOf(step, 'run').filter(({ how }) => how === 'Seq Scan')).toEqual([]);
  const pages = readsOf('a page of the log', 'operation').filter(({ rowsRead }) => rowsRead <= 2 * PAGE);
  expect(pages.length).toBeGreaterThan(0);
});
