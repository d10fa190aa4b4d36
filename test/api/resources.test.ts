import {
  catalogueSchema,
  gapsSchema,
  hostListSchema,
  hostViewSchema,
  runItemsSchema,
  settingsSchema,
  type HostView,
} from '@tapekeeper/contract';
import { DATASET_IDS, type Row } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpStand, type Answer, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const codeOf = (answer: Answer): unknown => answer.json<{ code?: unknown }>().code;

describe('the catalogue', () => {
  it('tells of every data set what it is, and who can give it in which order', async () => {
    const { datasets } = catalogueSchema.parse((await stand.get('/v1/datasets')).json());
    expect(datasets.map(({ dataset }) => dataset)).toEqual(DATASET_IDS);
    const bars = (await stand.get('/v1/datasets/daily_bars')).json();
    expect(datasets.find(({ dataset }) => dataset === 'daily_bars')).toEqual(bars);
    expect(bars).toMatchObject({
      kind: 'grid',
      key: ['symbol', 'trade_date'],
      sources: ['tushare', 'baostock'],
      links: { data: '/v1/data/daily_bars', gaps: '/v1/gaps?dataset=daily_bars' },
    });
    expect(await stand.get(datasets[2]!.links.coverage!)).toMatchObject({ statusCode: 200 });
    expect(codeOf(await stand.get('/v1/datasets/moon'))).toBe('unknown_dataset');
  });
});

describe('the gaps of a data set', () => {
  const SICK = SYMBOLS.slice(2, 5);

  /** Days of which the sources have nothing for some symbols, and refuse to say so. */
  async function collectWithHoles(): Promise<void> {
    const lacks = (row: Row): boolean =>
      SICK.includes(row['symbol'] as never) &&
      [DAYS[1], DAYS[2], DAYS[4]].includes(row['trade_date'] as never);
    for (const source of [stand.tushare, stand.baostock]) {
      source.answer = (question) => {
        const answer = honestAnswer(question);
        if (question.dataset !== 'daily_bars') return answer;
        return {
          ...answer,
          batches: answer.batches.map((batch) => ({
            ...batch,
            // what breaks a rule is held, and its cell stays a gap
            rows: batch.rows.map((row) => (lacks(row) ? { ...row, high: -1 } : row)),
          })),
        };
      };
    }
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
  }

  const ask = async (query = '') =>
    gapsSchema.parse((await stand.get(`/v1/gaps?dataset=daily_bars${query}`)).json());

  it('are ranges of days, symbol by symbol, in pages', async () => {
    await collectWithHoles();
    const all = await ask(`&from=${SPAN.from}&to=${SPAN.to}`);
    expect(all).toMatchObject({ ...SPAN, cells: 9, symbols: 3, next: null });
    expect(all.gaps.map(({ symbol }) => symbol).toSorted()).toEqual([...SICK].toSorted());
    expect(all.gaps[0]).toMatchObject({
      cells: 3,
      ranges: [
        { from: DAYS[1], to: DAYS[2] },
        { from: DAYS[4], to: DAYS[4] },
      ],
      rangesLeftOut: 0,
    });
    const first = await ask(`&from=${SPAN.from}&to=${SPAN.to}&limit=2`);
    const rest = await ask(`&from=${SPAN.from}&to=${SPAN.to}&limit=2&after=${first.next}`);
    expect([...first.gaps, ...rest.gaps]).toEqual(all.gaps);
    expect(rest).toMatchObject({ cells: 9, symbols: 3, next: null });
  });

  it('are those of some symbols where these are named, and none where nothing is missing', async () => {
    await collectWithHoles();
    expect(await ask(`&symbols=${SICK[0]},${SYMBOLS[0]}`)).toMatchObject({
      cells: 3 + daysLeft(2),
      symbols: 2,
    });
    expect(await ask(`&from=${DAYS[0]}&to=${DAYS[0]}`)).toMatchObject({ cells: 0, symbols: 0, gaps: [] });
  });

  /** Trading days of January after the span, which nobody has asked for, of so many symbols. */
  const daysLeft = (symbols: number): number => symbols * 13;

  it('are what a repair of the same span asks for', async () => {
    await collectWithHoles();
    stand.tushare.answer = (question) => honestAnswer(question);
    await stand.sync({ dataset: 'daily_bars', ...SPAN }, 'repair');
    expect(await ask(`&from=${SPAN.from}&to=${SPAN.to}`)).toMatchObject({ cells: 0, gaps: [] });
  });

  it.each([
    ['dataset=moon', 'unknown_dataset'],
    ['dataset=news', 'not_cells'],
    ['dataset=weekly_bars', 'derived_dataset'],
    ['dataset=daily_bars&from=x', 'bad_day'],
    ['dataset=daily_bars&from=2024-01-10&to=2024-01-04', 'day_order'],
    ['dataset=daily_bars&symbols=x', 'bad_symbols'],
    ['dataset=daily_bars&limit=501', 'bad_request'],
    ['', 'bad_request'],
  ])('are refused: %s', async (query, code) => {
    expect(codeOf(await stand.get(`/v1/gaps?${query}`))).toBe(code);
  });

  it('are unknown where nothing is covered', async () => {
    expect(await ask()).toEqual({
      dataset: 'daily_bars',
      from: null,
      to: null,
      cells: 0,
      symbols: 0,
      gaps: [],
      next: null,
    });
  });
});

describe('the items of a run', () => {
  it('come in pages by number, and by state', async () => {
    stand.tushare.answer = (question) => {
      if (question.shape === 'day' && question.day === DAYS[3]) throw new Error('broken');
      return honestAnswer(question);
    };
    const run = await stand.sync({ dataset: 'daily_bars', ...SPAN, sources: ['tushare'] });
    const ask = async (query: string) =>
      runItemsSchema.parse((await stand.get(`/v1/runs/${run.id}/items?${query}`)).json());
    const all = await ask('');
    expect(all.items).toHaveLength(run.itemsTotal);
    expect(all.items[0]).toMatchObject({
      source: 'tushare',
      shape: 'day',
      symbol: null,
      symbols: SYMBOLS.length,
      state: 'done',
      rowsWritten: SYMBOLS.length,
    });
    const failed = await ask('state=failed');
    expect(failed.items.map(({ from, errorCode }) => [from, errorCode])).toEqual([[DAYS[3], 'internal']]);
    const pages = [];
    for (let after: number | null = null; ;) {
      const page = await ask(`limit=3${after === null ? '' : `&after=${after}`}`);
      pages.push(...page.items);
      after = page.next;
      if (after === null) break;
    }
    expect(pages).toEqual(all.items);
    expect(codeOf(await stand.get(`/v1/runs/${run.id}/items?state=open`))).toBe('bad_request');
    expect(codeOf(await stand.get('/v1/runs/999999/items'))).toBe('unknown_run');
  });
});

describe('a host', () => {
  const read = async (): Promise<HostView> =>
    hostViewSchema.parse((await stand.get('/v1/hosts/tushare.test')).json());
  const choose = (version: number, rules: readonly object[]): Promise<Answer> =>
    stand.ask({ method: 'PUT', url: '/v1/hosts/tushare.test/budgets', payload: { version, rules } });
  const rule = { api: 'daily', windowSeconds: 60, capacity: 45 };

  it('tells who asks it, how often it may be asked and how it is', async () => {
    await stand.deps.store.setBudgets([{ host: 'tushare.test', ...rule }]);
    const { hosts } = hostListSchema.parse((await stand.get('/v1/hosts')).json());
    expect(hosts.map(({ host }) => host)).toEqual(['baostock.test', 'tushare.test']);
    expect(hosts[1]).toMatchObject({
      state: 'up',
      sources: ['tushare'],
      budgets: [{ ...rule, origin: 'configured' }],
      rules: { configured: [rule], chosen: [], version: 0, author: null },
    });
    expect(codeOf(await stand.get('/v1/hosts/moon'))).toBe('bad_request');
  });

  it('goes by what people choose, through restarts, until they take it back', async () => {
    const { store } = stand.deps;
    const configured = [
      { host: 'tushare.test', ...rule },
      { host: 'tushare.test', api: '*', windowSeconds: 86_400, capacity: 500 },
    ];
    await store.setBudgets(configured);
    await store.takeCall('tushare.test', 'daily');
    const chosen = { ...rule, capacity: 10 };
    expect((await choose(0, [chosen])).statusCode).toBe(200);
    const inForce = async () =>
      (await read()).budgets.map(({ api, capacity }) => `${api} ${capacity}`).toSorted();
    expect(await inForce()).toEqual(['* 500', 'daily 10']);
    expect((await read()).rules).toMatchObject({ chosen: [chosen], version: 1, author: 'installation' });

    await store.setBudgets(configured);
    expect(await inForce()).toEqual(['* 500', 'daily 10']);

    expect(codeOf(await choose(0, []))).toBe('budgets_changed');
    await choose(1, []);
    expect(await inForce()).toEqual(['* 500', 'daily 45']);
    const day = (await read()).budgets.find(({ api }) => api === '*');
    expect(day?.left).toBe(499);
  });

  it('takes the choice of one of many who choose at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => choose(0, [{ ...rule, capacity: n + 1 }])),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19);
  });

  it.each([
    ['the same twice', [rule, { ...rule, capacity: 1 }]],
    ['no calls at all', [{ ...rule, capacity: 0 }]],
    ['a window of more than a day', [{ ...rule, windowSeconds: 86_401 }]],
  ])('is refused %s', async (_, rules) => {
    expect(codeOf(await choose(0, rules))).toBe('bad_request');
    expect((await read()).rules.version).toBe(0);
  });

  it('is asked again at once when somebody closes its breaker', async () => {
    await stand.deps.store.openBreaker('tushare.test', 'banned', 3_600_000);
    expect((await read()).state).toBe('open');
    const answer = await stand.ask({ method: 'POST', url: '/v1/hosts/tushare.test/close-breaker' });
    expect(answer.json()).toMatchObject({ state: 'up', openUntil: null });
    expect(await stand.deps.store.takeCall('tushare.test', 'daily')).toEqual({ kind: 'granted' });
  });
});

describe('the settings', () => {
  it('are for those who administer', async () => {
    expect((await stand.get('/v1/settings')).statusCode).toBe(401);
    const answer = await stand.ask({
      method: 'GET',
      url: '/v1/settings',
      headers: { authorization: `Bearer the-token-of-the-tests` },
    });
    expect(settingsSchema.parse(answer.json())).toEqual({ settings: [] });
  });
});
