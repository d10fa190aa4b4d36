import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, honestSources, type HandSource } from '../support/handSource.ts';
import { honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;

async function open(): Promise<void> {
  ({ tushare } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare] });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const childrenOf = async (run: number) =>
  (await stand.deps.store.requirementsOf(run)).map(({ dataset, state }) => [dataset, state]);
/** Makes the lists that are there older by some days. */
const ageLists = (days: number) =>
  stand.db.rows(sql`UPDATE tapekeeper.coverage_fresh SET as_of = as_of - make_interval(days => ${days})`);

/** How often the planning shard of a run was queued. */
async function planDispatches(run: number): Promise<number> {
  const shard = await stand.db.one<{ dispatch: number }>(sql`
    SELECT dispatch FROM tapekeeper.shard WHERE run_id = ${run} AND no = 0`);
  return shard.dispatch;
}

describe('what a data set requires', () => {
  it('is asked for first, by runs of their own that the run waits for', async () => {
    await open();
    const id = await requestSync(stand.deps, BARS);
    const states: (readonly [string | undefined, number])[] = [];
    const { answer } = tushare;
    tushare.answer = async (question) => {
      const run = await stand.run(id);
      states.push([run.state === 'pending' ? (run.reason ?? '') : run.state, (await childrenOf(id)).length]);
      return answer(question);
    };
    await stand.work();
    expect(states.slice(0, 3)).toEqual([
      ['waits_for_requirement', 2],
      ['waits_for_requirement', 2],
      ['running', 2],
    ]);
    expect(await childrenOf(id)).toEqual([
      ['trade_calendar', 'success'],
      ['stock_basics', 'success'],
    ]);
    expect(await stand.run(id)).toMatchObject({ state: 'success', reason: null });
    const [child] = await stand.deps.store.runs({
      states: null,
      dataset: 'stock_basics',
      before: null,
      limit: 1,
    });
    expect(child).toMatchObject({ cause: 'requirement', parentRunId: id, state: 'success' });
  });

  it('is not asked for again within a week, and then it is', async () => {
    await open();
    await stand.sync(BARS);
    await ageLists(6);
    const within = await stand.sync({ ...BARS, dataset: 'adj_factors' });
    expect(await childrenOf(within.id)).toEqual([]);
    await ageLists(2);
    const after = await stand.sync({ ...BARS, dataset: 'daily_basics' });
    expect(await childrenOf(after.id)).toHaveLength(2);
    expect(askedFor(tushare, 'stock_basics')).toHaveLength(2);
  });

  it('fails the run with its own error where there is no list at all', async () => {
    await open();
    tushare.answer = (question) => {
      if (question.dataset === 'stock_basics')
        throw new AppError('bad_token', { source: 'tushare', message: 'expired.' });
      return honestAnswer(question);
    };
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'bad_token' }, itemsTotal: 0 });
    expect(run.error?.message).toContain('expired');
    expect(await childrenOf(run.id)).toEqual([
      ['trade_calendar', 'success'],
      ['stock_basics', 'failed'],
    ]);
    expect(askedFor(tushare, 'daily_bars')).toEqual([]);
  });

  it('that cannot be refreshed is used as it is, old as it may be', async () => {
    await open();
    await stand.sync(BARS);
    await ageLists(30);
    tushare.answer = (question) => {
      if (question.dataset !== 'adj_factors')
        throw new AppError('upstream_refused', { source: 'tushare', message: 'no.' });
      return honestAnswer(question);
    };
    const run = await stand.sync({ ...BARS, dataset: 'adj_factors' });
    expect(run).toMatchObject({ state: 'success', itemsDone: 7 });
    expect((await childrenOf(run.id)).map(([, state]) => state)).toEqual(['failed', 'failed']);
  });

  it('wakes the run once, when the last of them has ended', async () => {
    await open();
    const run = await stand.sync(BARS);
    expect(await planDispatches(run.id)).toBe(2);
  });
});

describe('a symbol', () => {
  it('that the list does not know is refused at once, with what was meant', async () => {
    await open();
    await stand.sync(BARS);
    await expect(requestSync(stand.deps, { ...BARS, symbols: ['600999.SH'] })).rejects.toMatchObject({
      code: 'unknown_symbol',
      details: { symbol: '600999.SH' },
    });
    await expect(requestSync(stand.deps, { ...BARS, symbols: ['nonsense'] })).rejects.toMatchObject({
      code: 'unknown_symbol',
    });
  });

  it('is checked by its form where there is no list yet, and by the list before it is asked for', async () => {
    await open();
    await expect(requestSync(stand.deps, { ...BARS, symbols: ['600999'] })).rejects.toMatchObject({
      code: 'unknown_symbol',
    });
    const run = await stand.sync({ ...BARS, symbols: ['600999.SH'] });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'unknown_symbol' }, itemsTotal: 0 });
    expect(askedFor(tushare, 'daily_bars')).toEqual([]);
    // not tried again, since no later try can do better
    expect(await planDispatches(run.id)).toBe(2);
    expect(
      (await stand.sync({ ...BARS, symbols: ['600001.sh', SYMBOLS[1] as string, SYMBOLS[1] as string] }))
        .rowsWritten,
    ).toBe(14);
  });
});
