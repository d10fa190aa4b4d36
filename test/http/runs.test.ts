import { dryRunSchema, runListSchema, runSchema, runSymbolsSchema } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

describe('beginning a run', () => {
  it('is accepted with the place where to look, and then worked off', async () => {
    const accepted = await stand.post('/v1/runs', WISH);
    expect(accepted.statusCode).toBe(202);
    const run = runSchema.parse(accepted.json());
    expect(accepted.headers.location).toBe(`/v1/runs/${run.id}`);
    expect(run).toMatchObject({
      state: 'pending',
      requestedBy: 'installation',
      cause: 'person',
      from: SPAN.from,
      to: SPAN.to,
    });

    await stand.work();
    const done = runSchema.parse((await stand.get(`/v1/runs/${run.id}`)).json());
    expect(done).toMatchObject({
      state: 'success',
      rowsWritten: DAYS.length * SYMBOLS.length,
      progress: { itemsTotal: DAYS.length, itemsDone: DAYS.length, itemsFailed: 0, etaMs: null },
      plan: { source: 'tushare', shape: 'day' },
    });
    expect(done.progress.symbolsDone).toBe(done.progress.symbolsTotal);
    expect(done.runningMs).toBeGreaterThan(0);
  });

  it('keeps what was wished for: type, symbols, sources, force', async () => {
    const symbols = SYMBOLS.slice(0, 2);
    const answer = await stand.post('/v1/runs', {
      ...WISH,
      type: 'repair',
      symbols,
      sources: ['baostock'],
      force: true,
    });
    expect(answer.json()).toMatchObject({ type: 'repair', symbols: 2, sources: ['baostock'], force: true });
  });

  it.each([
    ['an unknown data set', { dataset: 'daily_barz' }, 404, 'unknown_dataset'],
    ['a day that is none', { dataset: 'daily_bars', from: '2024-02-30' }, 400, 'bad_day'],
    [
      'an end before the start',
      { dataset: 'daily_bars', from: '2024-01-10', to: '2024-01-04' },
      400,
      'day_order',
    ],
    ['a day to come', { dataset: 'daily_bars', to: '2024-03-01' }, 400, 'future_day'],
    ['an unknown source', { dataset: 'daily_bars', sources: ['moon'] }, 400, 'unknown_source'],
    ['a symbol of no form', { dataset: 'daily_bars', symbols: ['x'] }, 404, 'unknown_symbol'],
  ])('refuses %s, and begins nothing', async (_, body, status, code) => {
    const answer = await stand.post('/v1/runs', body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
    expect((await stand.get('/v1/runs')).json()).toMatchObject({ runs: [] });
  });
});

describe('a dry run', () => {
  it('says which lists would come first where they are missing, and plans nothing', async () => {
    const plan = dryRunSchema.parse((await stand.post('/v1/plans', WISH)).json());
    expect(plan).toMatchObject({
      dataset: 'daily_bars',
      ...SPAN,
      requires: ['trade_calendar', 'stock_basics'],
    });
    expect(plan.plan).toMatchObject({ source: null, items: 0, calls: 0 });
  });

  it('plans what the run would do, and writes nothing', async () => {
    await stand.sync({ dataset: 'trade_calendar' });
    await stand.sync({ dataset: 'stock_basics' });
    const plan = dryRunSchema.parse((await stand.post('/v1/plans', WISH)).json());
    expect(plan).toMatchObject({
      requires: [],
      plan: { source: 'tushare', shape: 'day', items: DAYS.length, cells: DAYS.length * SYMBOLS.length },
    });
    expect(runListSchema.parse((await stand.get('/v1/runs')).json()).runs).toHaveLength(2);
    expect(await stand.work()).toBe(0);
  });

  it('plans nothing for what is covered', async () => {
    await stand.sync(WISH);
    expect((await stand.post('/v1/plans', WISH)).json()).toMatchObject({
      requires: [],
      plan: { items: 0, cells: 0 },
    });
  });

  it('refuses what the run would refuse', async () => {
    await stand.sync(WISH);
    const answer = await stand.post('/v1/plans', { ...WISH, symbols: ['999999.SH'] });
    expect(answer.json()).toMatchObject({ code: 'unknown_symbol', status: 404 });
  });
});

describe('the list of runs', () => {
  it('gives each run once, newest first, in pages', async () => {
    const ids = [];
    for (let count = 0; count < 5; count++)
      ids.push(await requestSync(stand.deps, { dataset: 'stock_basics' }));
    const seen = [];
    let url = '/v1/runs?limit=2';
    for (;;) {
      const { runs, next } = runListSchema.parse((await stand.get(url)).json());
      seen.push(...runs.map((run) => run.id));
      if (next === null) break;
      url = `/v1/runs?limit=2&before=${next}`;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it('has no next page when the last one is just full', async () => {
    for (let count = 0; count < 2; count++) await requestSync(stand.deps, { dataset: 'stock_basics' });
    expect((await stand.get('/v1/runs?limit=2')).json()).toMatchObject({ next: null });
  });

  it('can be narrowed to states and to a data set', async () => {
    const done = await stand.sync({ dataset: 'trade_calendar' });
    const waiting = await requestSync(stand.deps, { dataset: 'stock_basics' });
    const idsOf = async (query: string) =>
      runListSchema.parse((await stand.get(`/v1/runs?${query}`)).json()).runs.map((run) => run.id);
    expect(await idsOf('state=pending,running')).toEqual([waiting]);
    expect(await idsOf('state=success')).toEqual([done.id]);
    expect(await idsOf('dataset=trade_calendar')).toEqual([done.id]);
    expect(await idsOf('dataset=daily_bars')).toEqual([]);
  });

  it.each([
    ['state=done', 'bad_request'],
    ['dataset=moon', 'unknown_dataset'],
    ['limit=0', 'bad_request'],
    ['limit=501', 'bad_request'],
    ['before=x', 'bad_request'],
    ['colour=red', 'bad_request'],
  ])('refuses ?%s', async (query, code) => {
    expect((await stand.get(`/v1/runs?${query}`)).json()).toMatchObject({ code });
  });
});

describe('one run', () => {
  it('tells the error of a failed one, and nothing else of it', async () => {
    stand.tushare.answer = () => {
      throw new AppError('permission_denied', {
        source: 'tushare',
        api: 'stock_basics',
        message: 'no right.',
      });
    };
    const run = await stand.sync({ dataset: 'stock_basics', sources: ['tushare'] });
    const told = runSchema.parse((await stand.get(`/v1/runs/${run.id}`)).json());
    expect(told.state).toBe('failed');
    expect(Object.keys(told.error ?? {})).toEqual(['code', 'message']);
  });

  it.each(['/v1/runs/999999', '/v1/runs/999999/symbols'])('is not found at %s', async (url) => {
    const answer = await stand.get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'unknown_run' });
  });

  it.each(['abc', '-1', '0', '1.5', '99999999999999999999', '%00', "1'--"])(
    'is asked for by a number, not by %s',
    async (id) => {
      expect((await stand.get(`/v1/runs/${id}`)).statusCode).toBe(400);
    },
  );
});

describe('the symbols of a run', () => {
  it('come in pages, each once, with what was done for them', async () => {
    const run = await stand.sync(WISH);
    const seen = [];
    let after = 0;
    for (;;) {
      const answer = await stand.get(`/v1/runs/${run.id}/symbols?limit=4&after=${after}`);
      const { symbols, next } = runSymbolsSchema.parse(answer.json());
      seen.push(...symbols);
      if (next === null) break;
      after = next;
    }
    expect(seen.map((one) => one.symbol).toSorted()).toEqual(SYMBOLS.toSorted());
    expect(new Set(seen.flatMap((one) => one.outcomes.map(({ outcome }) => outcome)))).toEqual(
      new Set(['ok']),
    );
  });

  it('can be narrowed to an outcome', async () => {
    const run = await stand.sync(WISH);
    const of = async (outcome: string) =>
      runSymbolsSchema.parse((await stand.get(`/v1/runs/${run.id}/symbols?outcome=${outcome}`)).json())
        .symbols.length;
    expect(await of('ok')).toBe(SYMBOLS.length);
    expect(await of('failed')).toBe(0);
    expect((await stand.get(`/v1/runs/${run.id}/symbols?outcome=fine`)).statusCode).toBe(400);
  });
});
