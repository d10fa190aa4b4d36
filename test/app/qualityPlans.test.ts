import { expect, it } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { usePlans } from '../support/plans.ts';
import { plainDay } from '@tapekeeper/core';

// What people ask of quality must not cost more as history grows: the plans of every query on full tables.

const ROWS = 60_000;
const PAGE = 50;
const DAY = plainDay('2021-02-03');

const GROWING = [
  'quarantine',
  'revision',
  'accepted_hole',
  'coverage_exception',
  'reconciliation',
  'reconciliation_tally',
  'reconciliation_mismatch',
  'symbol_set',
  'symbol_set_member',
];

const plans = usePlans('quality_plans', async ({ owner, db, at }) => {
  await fill(owner);
  const store = createStore(db);
  const everything = {
    dataset: null,
    rule: null,
    source: null,
    runId: null,
    symbol: null,
    before: null,
    limit: PAGE,
  };
  const middle = { before: ROWS / 2 };
  for (const [name, filter] of Object.entries({
    'of a state': {},
    'of a state, deep page': middle,
    'of a rare state': { state: 'discarded' as const },
    'of a data set': { dataset: 'daily_bars' as const, ...middle },
    'of a data set that has none': { dataset: 'news' as const },
    'of a rule': { rule: 'ohlc_order' },
    'of a rare rule': { rule: 'rare' },
    'of a rule and data set': { rule: 'ohlc_order', dataset: 'daily_bars' as const },
    'of a source that has none': { source: 'akshare' as const },
    'of a run': { runId: 7 },
    'of a symbol': { symbol: '000007.SZ', ...middle },
  })) {
    await at(`quarantined, ${name}`, () => store.quarantined({ ...everything, state: 'held', ...filter }));
  }
  await at('quarantinedRow', () => store.quarantinedRow(5));
  await at('heldRowsById', () => store.heldRowsById([1, 2, 3]));
  await at('quarantineCounts', () => store.quarantineCounts('held', 1000));
  await at('discardRows', () => store.discardRows([1, 3], 'a', 'r'));
  const revisions = {
    dataset: 'daily_bars' as const,
    symbol: null,
    day: null,
    since: null,
    until: null,
    before: null,
    limit: PAGE,
  };
  await at('revisions', () => store.revisions(revisions));
  await at('revisions, deep page', () => store.revisions({ ...revisions, ...middle }));
  await at('revisions, none', () => store.revisions({ ...revisions, dataset: 'adj_factors' }));
  await at('revisions of a symbol', () => store.revisions({ ...revisions, symbol: '000007.SZ', ...middle }));
  await at('revisions of a cell', () => store.revisions({ ...revisions, symbol: '000007.SZ', day: DAY }));
  await at('revisions of a time', () => store.revisions({ ...revisions, since: 0, until: 1 }));
  await at('formerRows', () => store.formerRows('daily_bars', ['000007.SZ', '000008.SZ'], DAY));
  await at('acceptedHoles', () => store.acceptedHoles(null, { before: ROWS / 20, limit: PAGE }));
  await at('acceptedHoles of a data set', () =>
    store.acceptedHoles('adj_factors', { before: null, limit: PAGE }),
  );
  const hole = {
    dataset: 'daily_bars' as const,
    symbols: null,
    from: DAY,
    to: DAY,
    reason: 'r',
    author: 'a',
  };
  await at('acceptHole', () => store.acceptHole({ ...hole, cells: [{ instrumentId: 999_999, day: DAY }] }));
  await at('revokeHole', () => store.revokeHole(7, 'a'));
  await at('reconciliations', () => store.reconciliations(null, { before: ROWS / 20, limit: 5 }));
  await at('reconciliations of a data set', () =>
    store.reconciliations('adj_factors', { before: null, limit: 5 }),
  );
  await at('reconciliation', () => store.reconciliation(7));
  await at('mismatches', () =>
    store.reconciliationMismatches(7, { theirs: null, field: 'close', kind: null, after: 0, limit: PAGE }),
  );
  await at('failSilentReconciliations', () => store.failSilentReconciliations(1000));
  await at('symbolSets', () => store.symbolSets('set 5', PAGE));
  await at('setMembers', () => store.setMembers('set 77', '000003.SZ', PAGE));
  await at('changeSet', () =>
    store.changeSet({ name: 'set 77', version: 1, author: 'a', add: ['600000.SH'], remove: ['000001.SZ'] }),
  );
});

async function fill(owner: Database): Promise<void> {
  const each = sql`generate_series(1, ${ROWS}::int) AS n`;
  const symbol = sql`to_char(n % 500, 'FM000000') || '.SZ'`;
  const day = sql`date '2020-01-01' + n / 500 % 1500`;
  const dataset = sql`CASE WHEN n % 3 = 0 THEN 'adj_factors' ELSE 'daily_bars' END`;
  await owner.rows(sql`
    INSERT INTO tapekeeper.quarantine (dataset, symbol, day, source, run_id, item_no, rule, row, state)
    SELECT ${dataset}, ${symbol}, ${day}, 'tushare', n / 20, 1, CASE WHEN n % 2 = 0 THEN 'unknown_symbol' ELSE 'ohlc_order' END,
      jsonb_build_object('n', n), CASE WHEN n % 5 = 0 THEN 'replayed' ELSE 'held' END FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.revision (dataset, symbol, day, was, source, run_id, known_from, known_until, replaced_by_run)
    SELECT 'daily_bars', ${symbol}, ${day}, '{}', 'tushare', 1, now(), now() + n / 50 * interval '1 second', 2 FROM ${each}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.accepted_hole (dataset, from_day, to_day, cells, reason, author)
    SELECT 'daily_bars', ${day}, ${day}, 1, 'r', 'a' FROM ${each} WHERE n <= ${ROWS / 10}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, reason, author, accepted_hole_id)
    SELECT 'daily_bars', n % 500 + 1, ${day}, '*', 'accepted', 'r', 'a', n FROM ${each} WHERE n <= ${ROWS / 10}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.reconciliation (dataset, day, seed, sample_size, author, state)
    SELECT 'daily_bars', ${day}, n, 50, 'a', 'done' FROM ${each} WHERE n <= ${ROWS / 10}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.reconciliation_tally (reconciliation_id, no, ours, theirs, field, compared, unit, adjustment, late, "real")
    SELECT n, no, 'tushare', 'baostock', 'close', 50, 0, 0, 0, 0 FROM ${each}, generate_series(1, 9) AS no WHERE n <= ${ROWS / 10}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.reconciliation_mismatch (reconciliation_id, no, symbol, day, ours, theirs, field, kind, detail)
    SELECT n, no, ${symbol}, ${day}, 'tushare', 'baostock', 'close', 'real', '' FROM ${each}, generate_series(1, 9) AS no
    WHERE n <= ${ROWS / 10}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.symbol_set (name, members, created_by, updated_by)
    SELECT 'set ' || n, 30, 'a', 'a' FROM ${each} WHERE n <= ${ROWS / 20}`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.symbol_set_member (set_id, symbol)
    SELECT id, to_char(no, 'FM000000') || '.SZ' FROM tapekeeper.symbol_set, generate_series(1, 30) AS no`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
}

it('walks over every table', () => {
  const seen = plans.tables();
  expect(GROWING.filter((table) => !seen.has(table))).toEqual([]);
});

it('scans none of them', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more than a page needs', () => {
  const allowed = (step: string): number => (step === 'quarantineCounts' ? 10_000 : 10 * PAGE);
  expect(
    plans.reads.filter(({ step, table, rowsRead }) => GROWING.includes(table) && rowsRead > allowed(step)),
  ).toEqual([]);
});
