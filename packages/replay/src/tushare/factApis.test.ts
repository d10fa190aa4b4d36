import { plainDay, symbolOf } from '@tapekeeper/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { askTushare, type TushareAnswer, type TushareCall } from '../../test/askTushare.ts';
import { runReplay } from '../../test/runReplay.ts';
import type { ReplayOptions } from '../replay.ts';
import { openWorld } from '../world/openWorld.ts';
import { sampleFolder } from '../world/sampleFolder.ts';
import type { World } from '../world/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(sampleFolder());
});

type Rows = readonly Readonly<Record<string, string | number | null>>[];

async function asker(options: Partial<ReplayOptions> = {}) {
  const { tushareUrl } = await runReplay({ world, ...options });
  const ask = (api: string, params: TushareCall['params'] = {}, fields = ''): Promise<TushareAnswer> =>
    askTushare(tushareUrl, api, { params, fields });
  const rows = async (api: string, params?: TushareCall['params'], fields?: string): Promise<Rows> =>
    rowsOf(await ask(api, params, fields));
  return { ask, rows };
}

function rowsOf({ data, msg }: TushareAnswer): Rows {
  if (data === null) return expect.fail(String(msg));
  return data.items.map((item) => Object.fromEntries(data.fields.map((field, at) => [field, item[at]!])));
}

const column = (rows: Rows, name: string): unknown[] => rows.map((row) => row[name]);
const texts = (rows: Rows, name: string): string[] => rows.map((row) => String(row[name]));

describe('what has to be named', () => {
  test.each([
    ['index_daily', {}, 'ts_code'],
    ['income', { period: '20240331' }, 'ts_code'],
    ['balancesheet', {}, 'ts_code'],
    ['cashflow', {}, 'ts_code'],
    ['fina_indicator', {}, 'ts_code'],
    ['dividend', {}, 'ts_code'],
    ['rt_k', {}, 'ts_code'],
    ['news', { start_date: '2024-07-18 00:00:00', end_date: '2024-07-18 23:59:59' }, 'src'],
    ['news', { src: 'cls', end_date: '2024-07-18 23:59:59' }, 'start_date'],
  ])('%s is refused with %o, which lacks %s', async (api, params, missing) => {
    const { ask } = await asker();
    expect(await ask(api, params)).toMatchObject({
      code: -2001,
      data: null,
      msg: expect.stringContaining(missing),
    });
  });

  test('a time or a day that is none is refused', async () => {
    const { ask } = await asker();
    const stretch = { src: 'cls', start_date: '2024-07-18 9:00', end_date: '2024-07-18 23:59:59' };
    expect((await ask('news', stretch)).code).toBe(-2001);
    expect((await ask('anns_d', { ann_date: '2024-07' })).code).toBe(-2001);
  });
});

describe('indices', () => {
  test('are listed by market, Shanghai unless another one is named', async () => {
    const { rows } = await asker();
    const shanghai = await rows('index_basic');
    expect(new Set(column(shanghai, 'market'))).toEqual(new Set(['SSE']));
    expect(shanghai).toEqual(await rows('index_basic', { market: 'SSE' }));
    expect(column(await rows('index_basic', { market: 'SZSE' }), 'ts_code')).toContain('399001.SZ');
    const [one] = await rows('index_basic', { ts_code: '000300.SH' }, 'ts_code,fullname,base_date,exp_date');
    expect(one).toEqual({
      ts_code: '000300.SH',
      fullname: '沪深300指数',
      base_date: '20041231',
      exp_date: null,
    });
  });

  test('have bars in lots and thousands of yuan, newest first', async () => {
    const { rows } = await asker();
    const bars = await rows('index_daily', {
      ts_code: '000300.SH',
      start_date: '20240701',
      end_date: '20240703',
    });
    expect(column(bars, 'trade_date')).toEqual(['20240703', '20240702', '20240701']);
    const [fact] = world.facts.indexBars(
      symbolOf('000300.SH'),
      plainDay('2024-07-03'),
      plainDay('2024-07-03'),
    );
    expect(bars[0]).toMatchObject({
      close: fact?.close,
      vol: fact!.volume / 100,
      amount: fact!.amount / 1000,
    });
    expect(await rows('index_daily', { ts_code: '000001.SZ' })).toEqual([]);
  });
});

describe('bars of weeks and months', () => {
  test.each([
    ['weekly', '20240719', '20240715', '20240714'],
    ['monthly', '20240731', '20240701', '20240630'],
  ])('%s ones sum up the days of %s back to %s', async (api, last, first, eve) => {
    const { rows } = await asker();
    const params = { ts_code: '000001.SZ', start_date: first, end_date: last };
    const days = await rows('daily', params);
    const [bar, ...others] = await rows(api, params);
    const of = (name: string): number[] => days.map((row) => Number(row[name]));
    const sum = (name: string): number => of(name).reduce((total, each) => total + each, 0);
    expect(bar).toMatchObject({
      trade_date: last,
      open: of('open').at(-1),
      close: of('close')[0],
      high: Math.max(...of('high')),
      low: Math.min(...of('low')),
    });
    expect(Number(bar?.['vol'])).toBeCloseTo(sum('vol'), 2);
    expect(Number(bar?.['amount'])).toBeCloseTo(sum('amount'), 3);
    const before = await rows('daily', {
      ts_code: '000001.SZ',
      end_date: eve,
      limit: 1,
    });
    expect(bar?.['pre_close']).toBe(before[0]?.['close']);
    expect(others).toEqual([]);
    expect((await rows(api, { trade_date: last })).find((row) => row['ts_code'] === '000001.SZ')).toEqual(
      bar,
    );
  });

  test('come only on the last trading day, newest first', async () => {
    const { rows } = await asker();
    expect(await rows('weekly', { trade_date: '20240718' })).toEqual([]);
    const days = texts(await rows('monthly', { ts_code: '000001.SZ', start_date: '20240101' }), 'trade_date');
    expect(days).toHaveLength(12);
    expect(days).toEqual(days.toSorted().reverse());
  });
});

describe('price limits', () => {
  test('are there for each listed stock, with the reference price when it is asked for', async () => {
    const { ask, rows } = await asker({ caps: { stk_limit: 60 } });
    const whole = await ask('stk_limit', { trade_date: '20240718' });
    expect([whole.data!.items.length, whole.data!.has_more]).toEqual([60, true]);
    expect(whole.data!.fields).toEqual(['trade_date', 'ts_code', 'up_limit', 'down_limit']);
    const [one] = await rows(
      'stk_limit',
      { trade_date: '20240718', ts_code: '000001.SZ' },
      'pre_close,up_limit',
    );
    const [bar] = await rows('daily', { trade_date: '20240718', ts_code: '000001.SZ' });
    const limits = world.facts.limits(symbolOf('000001.SZ'), plainDay('2024-07-18'));
    expect(one).toEqual({ pre_close: bar?.['pre_close'], up_limit: limits?.up });
  });

  test('go on while a stock is suspended, from its last close', async () => {
    const { rows } = await asker();
    const [one] = await rows('stk_limit', { trade_date: '20240722', ts_code: '600027.SH' }, 'pre_close');
    const [last] = await rows('daily', { ts_code: '600027.SH', end_date: '20240722', limit: 1 });
    expect(last?.['trade_date']).toBe('20240718');
    expect(one).toEqual({ pre_close: last?.['close'] });
  });
});

describe('quotes', () => {
  const at = (text: string) => ({ now: () => Date.parse(`${text}+08:00`) });

  test('come by wildcards, in shares and yuan, of the newest day that has begun', async () => {
    const { rows } = await asker(at('2024-07-18T10:00:00'));
    const some = await rows('rt_k', { ts_code: '68*.SH,000001.SZ' }, 'ts_code,close,vol,trade_time');
    expect(some.length).toBeGreaterThan(1);
    expect(column(some, 'ts_code').every((symbol) => /^68\d{4}\.SH$|^000001\.SZ$/.test(String(symbol)))).toBe(
      true,
    );
    const { ts_code: symbol, vol, trade_time: time } = some[0]!;
    const [bar] = await rows('daily', { ts_code: String(symbol), trade_date: '20240718' });
    expect(Number(vol)).toBeCloseTo(Number(bar?.['vol']) * 100, 0);
    expect(time).toBe('2024-07-18 10:00:00');
  });

  test('are of the day before until the exchanges open, and of the last day for ever', async () => {
    const timeOf = async (now: string): Promise<unknown> => {
      const { rows } = await asker(at(now));
      return column(await rows('rt_k', { ts_code: '000001.SZ' }, 'trade_time'), 'trade_time')[0];
    };
    expect(await timeOf('2024-07-18T09:29:00')).toBe('2024-07-17 15:00:00');
    expect(await timeOf('2024-07-20T12:00:00')).toBe('2024-07-19 15:00:00');
    expect(await timeOf('2026-11-22T12:00:00')).toBe('2024-12-31 15:00:00');
    const { ask } = await asker(at('2001-01-01T12:00:00'));
    expect((await ask('rt_k', { ts_code: '000001.SZ' })).data!.items).toEqual([]);
  });
});

describe('reports', () => {
  test('are asked for by days of announcement, indicators by periods', async () => {
    const { rows } = await asker();
    const ofDays = { ts_code: '000001.SZ', start_date: '20240101', end_date: '20240630' };
    for (const api of ['income', 'balancesheet', 'cashflow']) {
      const found = await rows(api, ofDays);
      expect(found.length).toBeGreaterThan(1);
      expect(found.every(({ ann_date: day }) => String(day) >= '20240101' && String(day) <= '20240630')).toBe(
        true,
      );
    }
    expect(column(await rows('fina_indicator', ofDays), 'end_date')).toEqual(['20240630', '20240331']);
    expect(await rows('income', { ...ofDays, report_type: '4' })).toEqual([]);
    expect(column(await rows('income', { ts_code: '000001.SZ', period: '20240331' }), 'end_date')).toEqual([
      '20240331',
    ]);
  });

  test('come in their own units, and a corrected one twice', async () => {
    const corrected = world.symbols.find((symbol) =>
      world.facts.reports(symbol).some(({ update }) => update === 1),
    );
    const all = world.facts.reports(corrected ?? expect.fail('nothing was corrected'));
    const { period } = all.find(({ update }) => update === 1)!;
    const { rows } = await asker();
    const params = { ts_code: corrected!, period: period.replaceAll('-', '') };
    const found = await rows('income', params);
    expect(column(found, 'update_flag')).toEqual(['1', '0']);
    expect(column(found, 'n_income')).toEqual(
      all
        .filter((each) => each.period === period)
        .map(({ netProfit }) => netProfit)
        .reverse(),
    );
    const [indicators] = await rows('fina_indicator', params, 'roe_waa,update_flag');
    expect(indicators).toEqual({ roe_waa: all.find((each) => each.update === 1)?.roe, update_flag: '1' });
  });

  test('of indicators come a hundred at most', async () => {
    const { ask } = await asker({ caps: { fina_indicator: 3 } });
    const { data } = await ask('fina_indicator', { ts_code: '000001.SZ', limit: 50 });
    expect([data!.items.length, data!.has_more]).toEqual([3, true]);
  });
});

describe('dividends', () => {
  test('have a row for each step, and are found by any of their days', async () => {
    const { rows } = await asker();
    const all = await rows('dividend', { ts_code: '000001.SZ' });
    const year = all.filter(({ end_date: period }) => period === '20231231');
    expect(column(year, 'div_proc')).toEqual(['实施', '股东大会通过', '预案']);
    expect(column(year, 'ex_date')).toEqual(['20240614', null, null]);
    expect(year[0]).toMatchObject({ cash_div_tax: 0.72, cash_div: 0.648, imp_ann_date: '20240605' });
    const ofDay = await rows('dividend', { ex_date: '20240614' }, 'ts_code,div_proc,base_share');
    const base = ofDay.find(({ ts_code: symbol }) => symbol === '000001.SZ');
    const { total } = world.facts.shares(symbolOf('000001.SZ'), plainDay('2024-06-13'));
    expect(base).toEqual({ ts_code: '000001.SZ', div_proc: '实施', base_share: total / 10_000 });
  });
});

describe('streams', () => {
  test('of suspensions come by day and kind', async () => {
    const { rows } = await asker();
    expect(await rows('suspend_d', { trade_date: '20240719' })).toEqual([
      { ts_code: '600027.SH', trade_date: '20240719', suspend_timing: null, suspend_type: 'S' },
    ]);
    expect(await rows('suspend_d', { trade_date: '20240719', suspend_type: 'R' })).toEqual([]);
    const resumed = await rows('suspend_d', {
      ts_code: '600027.SH',
      suspend_type: 'R',
      start_date: '20240719',
    });
    expect(resumed).toHaveLength(1);
  });

  test('of names come by the days of announcement, newest first', async () => {
    const { rows } = await asker();
    const all = texts(await rows('namechange'), 'ann_date');
    expect(all).toEqual(all.toSorted().reverse());
    const bank = await rows('namechange', { ts_code: '000001.SZ' }, 'name,start_date,end_date');
    expect(bank).toEqual([
      { name: '平安银行', start_date: '20210224', end_date: null },
      { name: '平安发展', start_date: '19910403', end_date: '20210223' },
    ]);
    expect(await rows('namechange', { ts_code: '000001.SZ', end_date: '19910403' })).toHaveLength(1);
  });

  test('of news come by publisher and time, newest first; all together are the news of the day', async () => {
    const { rows } = await asker();
    const day = { start_date: '2024-07-18 00:00:00', end_date: '2024-07-18 23:59:59' };
    const titles: string[] = [];
    for (const src of [
      'sina',
      'wallstreetcn',
      '10jqka',
      'eastmoney',
      'yuncaijing',
      'fenghuang',
      'jinrongjie',
      'cls',
      'yicai',
    ]) {
      const found = await rows('news', { src, ...day });
      const times = texts(found, 'datetime');
      expect(times).toEqual(times.toSorted().reverse());
      titles.push(...texts(found, 'title'));
    }
    const facts = world.facts.news(plainDay('2024-07-18'));
    expect(titles.toSorted()).toEqual(facts.map(({ title }) => title).sort());
    expect(await rows('news', { src: 'another', ...day })).toEqual([]);
    const [early] = await rows('news', { src: 'cls', ...day, end_date: '2024-07-18 06:00:00' });
    expect(early).toBeUndefined();
    expect((await rows('news', { src: 'cls', ...day }, 'channels'))[0]?.['channels']).toContain('name');
  });

  test('of announcements come by day, with their time when it is asked for', async () => {
    const { ask, rows } = await asker();
    const whole = await ask('anns_d', { ann_date: '20240718' });
    expect(whole.data!.fields).toEqual(['ann_date', 'ts_code', 'name', 'title', 'url']);
    expect(whole.data!.items).toHaveLength(world.facts.announcements(plainDay('2024-07-18')).length);
    const timed = await rows('anns_d', { start_date: '20240718', end_date: '20240718' }, 'rec_time');
    expect(timed[0]?.['rec_time']).toMatch(/^2024-07-18 \d\d:\d\d:00$/);
  });

  test('of new codes name what a stock was called before', async () => {
    const recoded = [
      { old: symbolOf('838163.BJ'), now: symbolOf('000001.SZ'), since: plainDay('2025-10-09') },
    ];
    const { rows } = await asker({ world: { ...world, recoded } });
    const row = { name: '平安银行', o_code: '838163.BJ', n_code: '000001.SZ', list_date: '19910403' };
    expect(await rows('bse_mapping')).toEqual([row]);
    expect(await rows('bse_mapping', { o_code: '838163.BJ' })).toEqual([row]);
    expect(await rows('bse_mapping', { n_code: '920163.BJ' })).toEqual([]);
  });
});
