import { AppError, type CallClass } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { callGate } from '../../packages/server/src/app/callGate.ts';
import { forecast, type ForecastDeps } from '../../packages/server/src/app/forecast.ts';
import { interfaceRights } from '../../packages/server/src/app/rights.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import { forgetLearned, hostFacts } from '../../packages/server/src/store/sources.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, honestSources, type HandSource } from '../support/handSource.ts';
import { DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
const HOST = 'tushare.test';
let stand: AppStand;
let tushare: HandSource;

/** A stand whose lists are there and whose calls are counted. */
async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  ({ tushare } = honestSources());
  const settings = { budgets: true, ...options.settings };
  stand = await createAppStand(database().db, { sources: [tushare], ...options, settings });
  await stand.sync({ dataset: 'trade_calendar' });
  await stand.sync({ dataset: 'stock_basics' });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const facts = (host = HOST) => hostFacts(stand.db, host);

describe('a source whose calls are counted', () => {
  it('is not called while its breaker is open', async () => {
    await open();
    await stand.deps.store.openBreaker(HOST, 'banned', 1_800_000);
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'breaker_open' } });
    expect(askedFor(tushare, 'daily_bars')).toEqual([]);
  });

  it('is not called again once it has banned the caller, and another one is asked instead', async () => {
    const { tushare: banning, baostock } = honestSources();
    stand = await createAppStand(database().db, {
      sources: [baostock, banning],
      settings: { budgets: true },
    });
    await stand.sync({ dataset: 'trade_calendar' });
    await stand.sync({ dataset: 'stock_basics' });
    baostock.answer = () => {
      throw new AppError('banned', { source: 'baostock', host: 'baostock.test', message: 'black list.' });
    };
    const run = await stand.sync(BARS);
    // at most those that were in flight together
    expect(askedFor(baostock, 'daily_bars').length).toBeLessThanOrEqual(2);
    expect(askedFor(banning, 'daily_bars').length).toBeGreaterThan(0);
    expect(run.state).not.toBe('failed');
    const { breaker, budgets, now } = await facts('baostock.test');
    expect(breaker.openUntil).toBeGreaterThan(now);
    expect(budgets).toMatchObject([{ api: '*', origin: 'learned', windowSeconds: 60 }]);
  });

  it('is judged by the host that its error names', async () => {
    await open();
    tushare.answer = () => {
      throw new AppError('transport', { source: 'tushare', host: 'mirror.test', message: 'reset.' });
    };
    await stand.sync({ ...BARS, to: DAYS[0], symbols: [SYMBOLS[0] as string] });
    expect((await facts('mirror.test')).breaker.failures).toBe(3);
    expect((await facts()).breaker.failures).toBe(0);
  });

  it('teaches its limits by its words, and is the host of its own calls and their times', async () => {
    await open();
    let refusals = 0;
    tushare.answer = (question) => {
      if (question.dataset === 'daily_bars' && refusals++ === 0) {
        const limit = { api: 'daily', limit: 200, windowSeconds: 60, window: 'minute' };
        throw new AppError('quota_exhausted', {
          source: 'tushare',
          host: HOST,
          message: 'no more.',
          ...limit,
        });
      }
      return honestAnswer(question);
    };
    await stand.sync({ ...BARS, to: DAYS[0] });
    const { budgets, latencies } = await facts();
    expect(budgets).toMatchObject([{ api: 'daily', origin: 'learned', windowSeconds: 60, capacity: 200 }]);
    expect(latencies.map(({ calls }) => calls).every((calls) => calls > 0)).toBe(true);
    expect(latencies.length).toBeGreaterThan(0);
  });
});

describe('the gate', () => {
  it('keeps a part of the budget for live work, whoever takes the rest', async () => {
    await open();
    const rule = { host: HOST, api: 'daily', windowSeconds: 3600, capacity: 250 };
    await stand.deps.store.setBudgets([rule]);
    const abort = new AbortController();
    const passed: CallClass[] = [];
    const gateOf = (callClass: CallClass) => callGate(deps, abort.signal, callClass);
    const deps = {
      ...stand.deps,
      clock: { ...stand.deps.clock, sleep: () => Promise.reject(new AppError('interrupted')) },
    };
    const pass = async (callClass: CallClass) => {
      await gateOf(callClass)(HOST, 'daily');
      passed.push(callClass);
    };
    for (let call = 0; call < 8; call++) await pass('backfill');
    await expect(pass('backfill')).rejects.toMatchObject({ code: 'interrupted' });
    await pass('live');
    await pass('live');
    expect(passed.filter((one) => one === 'live')).toHaveLength(2);
  });
});

describe('what is known of the sources', () => {
  const withHosts = (): ForecastDeps => ({
    ...stand.deps,
    store: {
      rights: () => stand.deps.store.rights(),
      hostFacts: (host) => hostFacts(stand.db, host),
      forgetLearned: (host) => forgetLearned(stand.db, host),
    },
  });

  it('is a matrix of interfaces with their rights and ceilings', async () => {
    await open();
    const api = (tushare as Source).capabilities.find((one) => one.dataset === 'daily_bars')?.api ?? '';
    await stand.deps.store.setBudgets([
      { host: HOST, api: '*', windowSeconds: 60, capacity: 300 },
      { host: HOST, api, windowSeconds: 86_400, capacity: 8000 },
    ]);
    await stand.deps.store.drainBudget({ host: HOST, api, windowSeconds: 60, capacity: 50 });
    await stand.deps.store.saveRight({ source: 'tushare', api, allowed: false, detail: 'points' });
    const matrix = await interfaceRights(withHosts());
    expect(matrix.find((one) => one.api === api)).toMatchObject({
      source: 'tushare',
      host: HOST,
      right: 'refused',
      detail: 'points',
      perMinute: 50,
      perHour: null,
      perDay: 8000,
    });
    const rights = new Set(matrix.map((one) => one.right));
    expect(rights).toEqual(new Set(['refused', 'allowed', ...(rights.has('unknown') ? ['unknown'] : [])]));
    expect(matrix.filter((one) => one.right === 'allowed').length).toBeGreaterThan(0);
    expect(matrix.find((one) => one.right === 'allowed')?.perMinute).toBe(300);
  });

  it('foretells what calls will cost, from the budgets as they are now', async () => {
    await open();
    const capability = (tushare as Source).capabilities.find((one) => one.dataset === 'daily_bars');
    if (capability === undefined) throw new Error('the hand source has bars');
    const { api } = capability;
    await stand.deps.store.setBudgets([{ host: HOST, api, windowSeconds: 60, capacity: 50 }]);
    const before = await forecast(withHosts(), 'tushare', capability, 100);
    expect(before).toMatchObject({ calls: 100, share: { minute: 1, hour: null }, lackingRights: [] });
    expect(before.durationMs).toBeGreaterThan(110_000);
    expect(before.durationMs).toBeLessThan(125_000);
    await stand.deps.store.drainBudget({ host: HOST, api, windowSeconds: 3600, capacity: 100 });
    const after = await forecast(withHosts(), 'tushare', capability, 100);
    expect(after.durationMs).toBeGreaterThan(7_000_000);
    expect(after.share.hour).toBe(1);
  });
});
