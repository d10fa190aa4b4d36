import { beforeEach, describe, expect, it } from 'vitest';
import { symbolLog } from '../../packages/server/src/app/logTables/symbolLog.ts';
import type { SymbolLine } from '../../packages/server/src/ports/logTableStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { syncJob } from '../support/jobDefinition.ts';

// Lines of the watch list that come about in another way than one item a symbol.

const database = useCleanDatabase();
let job: number;

beforeEach(async () => {
  const { db } = database();
  job = (
    await db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.job (key, definition) VALUES ('watchlist_history_daily', ${JSON.stringify(syncJob())}::jsonb)
      RETURNING id`)
  ).id;
  await db.rows(sql`
    INSERT INTO tapekeeper.instrument (id, symbol) VALUES (1, '600001.SH'), (2, '000001.SZ'), (9, '300001.SZ')`);
});

interface RunOfTest {
  readonly state: string;
  readonly symbols?: readonly string[] | null;
  readonly wish?: object;
  readonly planned?: boolean;
}

async function addRun({ state, symbols, wish = {}, planned = true }: RunOfTest): Promise<number> {
  const params =
    symbols === undefined
      ? null
      : { from: '2024-01-04', to: '2024-01-05', symbols, sources: ['tushare'], force: false };
  const { id } = await database().db.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.run (type, dataset, wish, params, plan, cause, state, job_id)
    VALUES ('sync', 'daily_bars', ${JSON.stringify(wish)}::jsonb, ${params === null ? null : JSON.stringify(params)}::jsonb,
      ${planned ? '{}' : null}::jsonb, 'fire', ${state}, ${job}) RETURNING id`);
  return id;
}

/** An item of a whole day for the instruments with these bits. */
const addDay = (run: number, no: number, members: string, state: string, outcome: string | null) =>
  database().db.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, members, state, outcome, error_code)
    VALUES (${run}, ${no}, 1, 'tushare', 'day', date '2024-01-03' + ${no}::int, date '2024-01-03' + ${no}::int,
      decode(${members}, 'hex'), ${state}, ${outcome}, ${state === 'failed' ? 'timeout' : null})`);

async function lines(): Promise<readonly SymbolLine[]> {
  const deps = { store: createStore(database().db) };
  const all = { from: null, until: null, page: 1, size: 100, status: null, symbol: null };
  return (await symbolLog(deps, all)).lines;
}
const told = async () => (await lines()).map(({ symbol, status, rows }) => [symbol, status, rows]);

const THREE = ['000001.SZ', '300001.SZ', '600001.SH'];
/** Bits 1, 2 and 9. */
const ALL = '0602';

describe('a line of the watch list', () => {
  it('is made of whole days where the source gives whole days', async () => {
    const run = await addRun({ state: 'success_with_errors', symbols: THREE });
    await addDay(run, 1, ALL, 'done', 'ok');
    await addDay(run, 2, ALL, 'done', 'ok');
    await database().db.rows(sql`
      INSERT INTO tapekeeper.symbol_outcome (run_id, item_no, instrument_id, outcome, detail)
      VALUES (${run}, 1, 9, 'suspended', NULL), (${run}, 2, 9, 'quarantined', 'high below low')`);
    expect(await told()).toEqual([
      ['000001.SZ', 'success', 2],
      ['300001.SZ', 'partial_success', 0],
      ['600001.SH', 'success', 2],
    ]);
    expect((await lines())[1]?.refused).toEqual([{ outcome: 'quarantined', detail: 'high below low' }]);
  });

  it('has failed where its whole day failed, and names it', async () => {
    const run = await addRun({ state: 'failed', symbols: THREE });
    await addDay(run, 1, '0600', 'failed', 'failed');
    await addDay(run, 2, ALL, 'done', 'ok');
    expect(await told()).toEqual([
      ['000001.SZ', 'partial_success', 1],
      ['300001.SZ', 'success', 1],
      ['600001.SH', 'partial_success', 1],
    ]);
    expect((await lines())[0]?.troubles).toMatchObject([{ item: 1, source: 'tushare', code: 'timeout' }]);
  });

  it('is mended by a later item for the same day', async () => {
    const run = await addRun({ state: 'success', symbols: ['600001.SH'] });
    await addDay(run, 1, '02', 'failed', 'failed');
    await database().db.rows(sql`
      INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, instrument_id, state, outcome, rows_written)
      VALUES (${run}, 2, 2, 'baostock', 'symbol', '2024-01-04', '2024-01-05', 1, 'done', 'fell_back', 2)`);
    expect(await told()).toEqual([['600001.SH', 'success', 2]]);
  });

  it('is running while some of its days are done, and pending before', async () => {
    const run = await addRun({ state: 'running', symbols: ['600001.SH'] });
    await addDay(run, 1, '02', 'pending', null);
    await addDay(run, 2, '02', 'pending', null);
    expect(await told()).toEqual([['600001.SH', 'pending', 0]]);
    await database().db.rows(
      sql`UPDATE tapekeeper.item SET state = 'running' WHERE run_id = ${run} AND no = 1`,
    );
    expect(await told()).toEqual([['600001.SH', 'running', 0]]);
    await database().db.rows(
      sql`UPDATE tapekeeper.item SET state = 'done', outcome = 'ok' WHERE run_id = ${run} AND no = 1`,
    );
    expect(await told()).toEqual([['600001.SH', 'running', 1]]);
  });

  it('is there for each member of the set before the run is settled', async () => {
    await database().db.rows(sql`
      WITH made AS (
        INSERT INTO tapekeeper.symbol_set (name, title, rule, created_by, updated_by)
        VALUES ('watchlist', NULL, NULL, 'li', 'li') RETURNING id)
      INSERT INTO tapekeeper.symbol_set_member (set_id, symbol)
      SELECT id, symbol FROM made, unnest(${['600001.SH', '000001.SZ']}::text[]) AS symbol`);
    await addRun({
      state: 'pending',
      wish: { set: 'watchlist', symbols: ['300001.SZ', '600001.SH'] },
      planned: false,
    });
    expect(await told()).toEqual(THREE.map((symbol) => [symbol, 'pending', 0]));
  });

  it('is one without a code for a run over everything', async () => {
    await addRun({ state: 'running', symbols: null });
    await addRun({ state: 'skipped', symbols: null });
    expect(await told()).toEqual([
      [null, 'failed', 0],
      [null, 'running', 0],
    ]);
  });

  it('has the state of its run where the items are gone, or were never made', async () => {
    const one = ['600001.SH'];
    for (const state of ['success', 'success_with_errors', 'failed', 'cancelled', 'missed'])
      await addRun({ state, symbols: one });
    await addRun({ state: 'running', symbols: one, planned: false });
    expect((await told()).map(([, status]) => status)).toEqual([
      'pending',
      'failed',
      'failed',
      'failed',
      'partial_success',
      'success',
    ]);
  });

  it('is found by the code that its stock had then', async () => {
    await database().db.rows(
      sql`INSERT INTO tapekeeper.symbol_alias (alias, source, instrument_id) VALUES ('830001.BJ', '*', 9)`,
    );
    const run = await addRun({ state: 'success', symbols: ['830001.BJ'] });
    await addDay(run, 1, ALL, 'done', 'ok');
    expect(await told()).toEqual([['830001.BJ', 'success', 1]]);
  });

  it('stays when the job is deleted', async () => {
    await addRun({ state: 'success', symbols: ['600001.SH'] });
    await database().db.rows(sql`UPDATE tapekeeper.job SET deleted_at = tapekeeper.now() WHERE id = ${job}`);
    expect(await told()).toHaveLength(1);
  });
});
