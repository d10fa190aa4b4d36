import {
  prioritiesSchema,
  recommendationsSchema,
  sourcesSchema,
  sourceTestSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, honestSources } from '../support/handSource.ts';
import { SPAN } from '../support/smallMarket.ts';
import { createHttpStand, type Answer, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();

async function open(): Promise<{ stand: HttpStand; sources: ReturnType<typeof honestSources> }> {
  const sources = honestSources();
  const stand = await createHttpStand(database().db, { sources: [sources.tushare, sources.baostock] });
  return { stand, sources };
}

const put = (url: string, sources: readonly string[]) =>
  ({ method: 'PUT', url, payload: { sources } }) as const;

const codeOf = (answer: Answer): unknown => (answer.json() as { code?: unknown }).code;

describe('the order of sources', () => {
  it('is that of the settings until somebody sets another one, for all or for a data set', async () => {
    const { stand } = await open();
    const orderOf = async (dataset: string) =>
      prioritiesSchema
        .parse((await stand.get('/v1/priorities')).json())
        .datasets.find((one) => one.dataset === dataset);
    expect(await orderOf('daily_bars')).toMatchObject({ sources: ['tushare', 'baostock'], from: 'settings' });
    await stand.ask(put('/v1/priorities/*', ['baostock', 'tushare']));
    expect(await orderOf('daily_bars')).toMatchObject({ sources: ['baostock', 'tushare'], from: 'all' });
    await stand.ask(put('/v1/priorities/daily_bars', ['tushare']));
    expect(await orderOf('daily_bars')).toMatchObject({ sources: ['tushare'], from: 'dataset' });
    expect(await orderOf('daily_basics')).toMatchObject({ from: 'all' });
    await stand.ask({ method: 'DELETE', url: '/v1/priorities/daily_bars' });
    expect(await orderOf('daily_bars')).toMatchObject({ from: 'all' });
  });

  it('is what the next run goes by', async () => {
    const { stand, sources } = await open();
    await stand.ask(put('/v1/priorities/daily_bars', ['baostock', 'tushare']));
    const run = await stand.sync({ dataset: 'daily_bars', ...SPAN });
    expect(run.params?.sources).toEqual(['baostock', 'tushare']);
    expect(askedFor(sources.baostock, 'daily_bars')).not.toEqual([]);
    expect(askedFor(sources.tushare, 'daily_bars')).toEqual([]);
  });

  it.each([
    ['/v1/priorities/moon', ['tushare'], 'unknown_dataset'],
    ['/v1/priorities/weekly_bars', ['tushare'], 'unknown_dataset'],
    ['/v1/priorities/daily_bars', ['moon'], 'unknown_source'],
    ['/v1/priorities/daily_bars', [], 'bad_request'],
    ['/v1/priorities/news', ['baostock'], 'source_lacks_dataset'],
  ])('is refused: %s %j', async (path, wished, code) => {
    const { stand } = await open();
    const answer = await stand.ask(put(path, wished));
    expect(codeOf(answer)).toBe(code);
    expect(await stand.deps.store.priorities()).toEqual([]);
  });
});

describe('sources', () => {
  it('tell what they can give, what they refused, and how their hosts are', async () => {
    const { stand } = await open();
    await stand.deps.store.saveRight({
      source: 'tushare',
      api: 'daily',
      allowed: false,
      detail: 'no points',
    });
    await stand.deps.store.openBreaker('baostock.test', 'banned', 3_600_000);
    const { sources } = sourcesSchema.parse((await stand.get('/v1/sources')).json());
    expect(sources.map(({ source, position, state }) => [source, position, state])).toEqual([
      ['tushare', 1, 'up'],
      ['baostock', 2, 'open'],
    ]);
    const refused = sources[0]?.capabilities.filter(({ right }) => right === 'refused');
    expect(refused?.map(({ api, detail }) => [api, detail])).toEqual(
      sources[0]?.capabilities.filter(({ api }) => api === 'daily').map(() => ['daily', 'no points']),
    );
    expect(sources[0]?.capabilities[0]).toMatchObject({ right: 'unknown', perMinute: null, perDay: null });
    expect(sources[1]?.hosts[0]).toMatchObject({ state: 'open', reason: 'banned' });
  });

  it('are recommended by right and breaker, with what stands in the way', async () => {
    const { stand } = await open();
    const adviceOf = async (dataset: string) =>
      recommendationsSchema
        .parse((await stand.get('/v1/sources/recommendations')).json())
        .datasets.find((one) => one.dataset === dataset);
    expect(await adviceOf('daily_bars')).toMatchObject({ primary: 'tushare', fallbacks: ['baostock'] });
    const api = stand.deps.sources
      .get('tushare')
      ?.capabilities.find((one) => one.dataset === 'daily_bars')?.api;
    await stand.deps.store.saveRight({ source: 'tushare', api: api ?? '', allowed: false, detail: null });
    await stand.deps.store.openBreaker('baostock.test', 'banned', 3_600_000);
    const advice = await adviceOf('daily_bars');
    expect(advice).toMatchObject({ primary: null, fallbacks: [] });
    expect(advice?.warnings.map(({ code }) => code)).toEqual(['no_right', 'breaker_open', 'no_source']);
    expect((await adviceOf('news'))?.warnings.map(({ code }) => code)).toEqual(['no_source']);
  });

  it('are tested by one small call, whose failure is the answer', async () => {
    const { stand, sources } = await open();
    sources.tushare.probe = async () => ({ api: 'daily', raw: '', parsed: null, ms: 7 });
    const good = sourceTestSchema.parse(
      (await stand.ask({ method: 'POST', url: '/v1/sources/tushare/test' })).json(),
    );
    expect(good).toMatchObject({ ok: true, ms: 7, error: null });
    sources.tushare.probe = () =>
      Promise.reject(new AppError('transport', { source: 'tushare', host: 'h', message: 'gone' }));
    const bad = sourceTestSchema.parse(
      (await stand.ask({ method: 'POST', url: '/v1/sources/tushare/test' })).json(),
    );
    expect(bad).toMatchObject({ ok: false, ms: null, error: { code: 'transport' } });
    expect(codeOf(await stand.ask({ method: 'POST', url: '/v1/sources/moon/test' }))).toBe('unknown_source');
  });

  it('forget what a host has taught, and keep what is configured', async () => {
    const { stand } = await open();
    const rule = { host: 'tushare.test', api: 'daily', windowSeconds: 60 };
    await stand.deps.store.setBudgets([{ ...rule, capacity: 45 }]);
    await stand.deps.store.drainBudget({ ...rule, capacity: 10 });
    const ceilings = async () =>
      (await stand.deps.store.hostFacts('tushare.test')).budgets
        .map(({ capacity }) => capacity)
        .toSorted((one, other) => one - other);
    expect(await ceilings()).toEqual([10, 45]);
    const answer = await stand.ask({ method: 'DELETE', url: '/v1/hosts/tushare.test/learned' });
    expect(answer.json()).toEqual({ host: 'tushare.test', forgotten: 1 });
    expect(await ceilings()).toEqual([45]);
    expect(codeOf(await stand.ask({ method: 'DELETE', url: '/v1/hosts/moon/learned' }))).toBe('bad_request');
  });
});
