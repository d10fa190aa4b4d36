import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { honestSources, type HandSource } from '../support/handSource.ts';
import { expectAgreement } from '../support/invariants.ts';
import { takeDispatch } from '../support/queue.ts';
import { DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
const BARS = { dataset: 'daily_bars', ...SPAN };
const MINUTE_MS = 60_000;

let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

/** Waits that the gate imposes on the calls to come, in milliseconds; it lets all others through. */
async function open(waits: number[] = []): Promise<void> {
  ({ tushare, baostock } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare, baostock] });
  for (const dataset of ['trade_calendar', 'stock_basics']) await stand.sync({ dataset });
  stand = await createAppStand(database().db, {
    sources: [tushare, baostock],
    settings: { budgets: true },
    store: (store) => ({
      ...store,
      takeCall: async () => {
        const waitMs = waits.shift();
        return waitMs === undefined ? { kind: 'granted' } : { kind: 'wait', waitMs };
      },
    }),
  });
}

/** Works on one dispatch; false where none is queued. */
async function workOnce(): Promise<boolean> {
  const connections = createSingleConnections(stand.deps, () => stand.workerId);
  const dispatch = await takeDispatch(stand.db);
  if (dispatch === undefined) return false;
  await runDispatch(stand.deps, { id: stand.workerId, connections }, dispatch, new AbortController().signal);
  return true;
}

const minutesOfDelay = async (runId: RunId): Promise<readonly number[]> => {
  const queued = await stand.db.rows<{ minutes: number }>(sql`
    SELECT round(extract(epoch FROM run_at - clock_timestamp()) / 60)::float8 AS minutes FROM graphile_worker.jobs
    WHERE key LIKE ${`shard:${runId}:%`} AND locked_at IS NULL`);
  return queued.map(({ minutes }) => minutes);
};

describe('the last source that can be asked', () => {
  it('fails with what it was to give alone: what others have given stands', async () => {
    await open();
    tushare.answer = (question) => {
      const { batches, ...rest } = honestAnswer(question);
      const lacking = batches.map((batch) => ({
        ...batch,
        rows: batch.rows.filter((row) => row['symbol'] !== SYMBOLS[0]),
      }));
      return { ...rest, batches: question.dataset === 'daily_bars' ? lacking : batches };
    };
    baostock.answer = () => {
      throw new AppError('banned', { source: 'baostock', message: 'too many calls.', until: 'later' });
    };
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      rowsWritten: DAYS.length * (SYMBOLS.length - 1),
      itemsFailed: 1,
    });
    expect(run.error).toBeNull();
    expect(await stand.deps.store.failuresOf(run.id)).toEqual({
      items: 1,
      everySymbol: false,
      symbols: [SYMBOLS[0]],
    });
    await expectAgreement(stand.db, 'the last source failed');
  });

  it('fails the run with its error where nothing has been got from anybody', async () => {
    await open();
    const refused = new AppError('bad_token', { source: 'tushare', message: 'expired.' });
    tushare.answer = () => {
      throw refused;
    };
    const run = await stand.sync({ ...BARS, sources: ['tushare'] });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'bad_token', message: refused.message } });
    await expectAgreement(stand.db, 'nothing was got');
  });

  it.each([
    ['as long as its budget has nothing', 20 * MINUTE_MS, 20],
    ['and looks again after half an hour', 24 * 60 * MINUTE_MS, 30],
  ])('is waited for, %s, and the run goes on', async (_, waitMs, minutes) => {
    const waits: number[] = [];
    await open(waits);
    const id = await requestSync(stand.deps, { ...BARS, sources: ['tushare'] });
    await workOnce();
    waits.push(waitMs, waitMs);
    await workOnce();
    expect(await stand.run(id)).toMatchObject({ state: 'running', itemsFailed: 0 });
    expect(await minutesOfDelay(id)).toContain(minutes);
    waits.length = 0;
    await stand.work();
    expect(await stand.run(id)).toMatchObject({
      state: 'success',
      rowsWritten: DAYS.length * SYMBOLS.length,
    });
  });

  it('is not waited for while another one can be asked', async () => {
    const waits: number[] = [];
    await open(waits);
    const id = await requestSync(stand.deps, BARS);
    await workOnce();
    waits.push(20 * MINUTE_MS, 20 * MINUTE_MS);
    await stand.work();
    expect(await stand.run(id)).toMatchObject({ state: 'success', lastSource: 'baostock' });
  });
});
