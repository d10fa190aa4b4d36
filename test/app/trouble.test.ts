import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, honestSources, type HandSource } from '../support/handSource.ts';
import { expectAgreement } from '../support/invariants.ts';
import { addWorker, ageWorker, takeDispatch, waitingDispatches } from '../support/queue.ts';
import { BY_SYMBOL, DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;

/** A stand whose lists are there, so that the next run asks for what it is about. */
async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  ({ tushare } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare], ...options });
  await stand.sync({ dataset: 'trade_calendar' });
  await stand.sync({ dataset: 'stock_basics' });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
const shardOf = (run: number, no: number) =>
  stand.db.one<{ dispatch: number; troubles: number; open: boolean }>(
    sql`SELECT dispatch, troubles, open FROM tapekeeper.shard WHERE run_id = ${run} AND no = ${no}`,
  );

/** Asks for the bars and works the planning off, so that the next dispatch fetches. */
async function planned(): Promise<number> {
  const id = await requestSync(stand.deps, BARS);
  const connections = createSingleConnections(stand.deps, () => stand.workerId);
  const dispatch = await takeDispatch(stand.db);
  if (dispatch === undefined) throw new Error('nothing is queued');
  await runDispatch(stand.deps, { id: stand.workerId, connections }, dispatch, new AbortController().signal);
  return id;
}

describe('a source in trouble', () => {
  it('is asked again, and every try is to be seen', async () => {
    await open();
    let calls = 0;
    tushare.answer = (question) => {
      if (++calls <= 2) throw new AppError('transport', { source: 'tushare', host: 'h', message: 'reset.' });
      return honestAnswer(question);
    };
    const run = await stand.sync({ ...BARS, to: DAYS[0], symbols: [SYMBOLS[0] as string] });
    expect(run).toMatchObject({ state: 'success', calls: 3, itemsDone: 1 });
    const tries = await stand.db.rows(
      sql`SELECT no, error_code FROM tapekeeper.attempt WHERE run_id = ${run.id} ORDER BY no`,
    );
    expect(tries).toEqual([
      { no: 1, error_code: 'transport' },
      { no: 2, error_code: 'transport' },
      { no: 3, error_code: null },
    ]);
  });

  it('for one day fails that item only, and the day is asked for by the next run', async () => {
    await open();
    tushare.answer = (question) => {
      if (question.shape === 'day' && question.day === DAYS[1])
        throw new AppError('timeout', { source: 'tushare', host: 'h', phase: 'idle', seconds: 10 });
      return honestAnswer(question);
    };
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      itemsDone: DAYS.length - 1,
      itemsFailed: 1,
      outcomes: { failed: SYMBOLS.length },
    });
    expect(await stand.deps.store.runSymbols(run.id, 0, 100, 'failed')).toHaveLength(SYMBOLS.length);
    tushare.answer = (question) => honestAnswer(question);
    expect(await stand.sync(BARS)).toMatchObject({ state: 'success', calls: 1 });
  });
});

describe('trouble outside of items', () => {
  it('puts the shard back, ends the attempt at the third time in a row, and the run with its third attempt', async () => {
    const broken = (store: Store): Store => ({
      ...store,
      coverageOf: () => Promise.reject(new TypeError('a fault of ours')),
    });
    await open();
    stand = await createAppStand(database().db, { sources: [tushare], store: broken });
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(run.error?.message).toContain('a fault of ours');
    expect(await stand.deps.store.runAttempts(run.id)).toMatchObject(
      [1, 2, 3].map((no) => ({ no, error: { code: 'internal' } })),
    );
    expect(await shardOf(run.id, 0)).toMatchObject({ troubles: 2 });
  });

  it('that passes by itself is waited for, however often it comes', async () => {
    await open();
    let looks = 0;
    const deps = {
      ...stand.deps,
      freeMegabytes: async () => (++looks <= 6 ? 10 : 9000),
      settings: { ...stand.deps.settings, minFreeMegabytes: 500 },
    };
    const id = await requestSync(deps, BARS);
    const connections = createSingleConnections(deps, () => stand.workerId);
    for (
      let dispatch = await takeDispatch(stand.db);
      dispatch !== undefined;
      dispatch = await takeDispatch(stand.db)
    ) {
      await runDispatch(deps, { id: stand.workerId, connections }, dispatch, new AbortController().signal);
    }
    expect(await stand.run(id)).toMatchObject({ state: 'success', rowsWritten: CELLS, calls: DAYS.length });
    expect(await shardOf(id, 1)).toMatchObject({ dispatch: 7, troubles: 0 });
  });
});

describe('a worker that is told to stop', () => {
  it('gives the shard back at once, with everything that it had not committed', async () => {
    await open();
    const id = await planned();
    const abort = new AbortController();
    let calls = 0;
    tushare.answer = (question) => {
      if (++calls >= 4) {
        abort.abort();
        throw new AppError('interrupted');
      }
      return honestAnswer(question);
    };
    const dispatch = await takeDispatch(stand.db);
    const connections = createSingleConnections(stand.deps, () => stand.workerId);
    await runDispatch(
      stand.deps,
      { id: stand.workerId, connections },
      dispatch ?? { runId: 0, shardNo: 0, dispatch: 0 },
      abort.signal,
    );
    expect(await waitingDispatches(stand.db)).toEqual([{ runId: id, shardNo: 1, dispatch: 2 }]);
    const half = await stand.run(id);
    expect(half.itemsDone).toBeLessThan(DAYS.length);
    await expectAgreement(stand.db, 'after the stop');
    tushare.answer = (question) => honestAnswer(question);
    await stand.work();
    expect(await stand.run(id)).toMatchObject({ state: 'success', rowsWritten: CELLS });
  });
});

describe('a worker that was given up in the middle of its work', () => {
  it('writes nothing more, and the one after it does everything once', async () => {
    await open();
    const id = await planned();
    let calls = 0;
    tushare.answer = async (question) => {
      if (++calls === 3) {
        await ageWorker(stand.db, stand.workerId, 60_000);
        await stand.rescue();
      }
      return honestAnswer(question);
    };
    const connections = createSingleConnections(stand.deps, () => stand.workerId);
    const { signal } = new AbortController();
    const dispatch = await takeDispatch(stand.db);
    await runDispatch(
      stand.deps,
      { id: stand.workerId, connections },
      dispatch ?? { runId: 0, shardNo: 0, dispatch: 0 },
      signal,
    );
    const committed = await stand.db.one<{ days: number }>(
      sql`SELECT count(DISTINCT trade_date)::int AS days FROM market.daily_bars`,
    );
    expect(committed.days).toBeLessThanOrEqual(2);
    await expectAgreement(stand.db, 'after the rescue');
    const other = await addWorker(createStore(stand.db), 'other');
    const next = await takeDispatch(stand.db);
    await runDispatch(
      stand.deps,
      { id: other, connections: createSingleConnections(stand.deps, () => other) },
      next ?? { runId: 0, shardNo: 0, dispatch: 0 },
      signal,
    );
    expect(await stand.run(id)).toMatchObject({
      state: 'success',
      rowsWritten: CELLS,
      itemsDone: DAYS.length,
      rowsUnchanged: 0,
    });
    await expectAgreement(stand.db, 'at the end');
  });
});

describe('a single connection', () => {
  it('that another worker holds lets the shard wait, and the run ends when it is free', async () => {
    await open();
    const baostock = createHandSource({
      id: 'baostock',
      capabilities: BY_SYMBOL,
      singleConnection: true,
      answer: (question) => honestAnswer(question),
    });
    stand = await createAppStand(database().db, { sources: [baostock] });
    const other = await addWorker(stand.deps.store, 'other');
    await stand.deps.store.takeLease('baostock', other);
    const id = await planned();
    const dispatch = await takeDispatch(stand.db);
    const connections = createSingleConnections(stand.deps, () => stand.workerId);
    await runDispatch(
      stand.deps,
      { id: stand.workerId, connections },
      dispatch ?? { runId: 0, shardNo: 0, dispatch: 0 },
      new AbortController().signal,
    );
    expect([
      askedFor(baostock, 'daily_bars').length,
      await stand.deps.store.leaseWanted('baostock', other),
    ]).toEqual([0, true]);
    const [waiting] = await stand.db.rows<{ later: boolean }>(
      sql`SELECT run_at > clock_timestamp() + interval '1 second' AS later FROM graphile_worker._private_jobs`,
    );
    expect(waiting).toEqual({ later: true });
    await stand.deps.store.stopWorker(other);
    await stand.work();
    expect(await stand.run(id)).toMatchObject({ state: 'success', calls: SYMBOLS.length });
    expect(await shardOf(id, 1)).toMatchObject({ troubles: 0 });
  });
});
