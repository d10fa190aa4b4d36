import { expect, test } from 'vitest';
import type { ReplayOptions } from '../replay.ts';
import { askTushare, askTushareText, type TushareAnswer, type TushareCall } from '../../test/askTushare.ts';
import { runReplay } from '../../test/runReplay.ts';
import {
  DAYS,
  listFiles,
  LOTS_HEADER,
  lotsLine,
  RAW_HEADER,
  rawLine,
  temporaryFolder,
} from '../../test/temporaryFolder.ts';
import { openWorld, type World } from '../world/openWorld.ts';

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;
const KEYS = 'ts_code,trade_date';

/** 600000.SH is suspended on 5 January and halves on 4 January; 000001.SZ ends on 3 January. */
const RAW = lines(
  RAW_HEADER,
  ...DAYS.map((day, i) =>
    rawLine('600000.SH', day, i < 2 ? '10' : '5', i < 2 ? '9.9' : '4.95', i === 3 ? '0' : '1'),
  ),
  rawLine('000001.SZ', DAYS[0], '9', '9'),
  rawLine('000001.SZ', DAYS[1], '9', '9'),
);
const LOTS = lines(
  LOTS_HEADER,
  ...DAYS.slice(0, 4).map((day, i) => lotsLine('600000.SH', day, '10.1', '10', i < 2 ? '11.9498' : '12.10')),
  lotsLine('000001.SZ', DAYS[3], '9.25', '9', ''),
);

async function world(
  files: Readonly<Record<string, string>> = { 'bars_daily_raw.csv': RAW },
): Promise<World> {
  return openWorld(await temporaryFolder({ ...listFiles(), ...files }));
}

/** Asks a server over the raw bars. */
async function asker(
  options: Partial<ReplayOptions> = {},
): Promise<(api: string, call?: TushareCall) => Promise<TushareAnswer>> {
  const replay = await runReplay({ world: await world(), ...options });
  return (api, call) => askTushare(replay.tushareUrl, api, call);
}

const column = (answer: TushareAnswer, name: string): unknown[] =>
  answer.data!.items.map((item) => item[answer.data!.fields.indexOf(name)]);

test('answers in the envelope of the real server', async () => {
  const replay = await runReplay({ world: await world() });
  const text = await askTushareText(replay.tushareUrl, 'daily', {
    params: { trade_date: '20240102', ts_code: '600000.SH' },
  });
  expect(text).toMatch(/^\{"request_id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}","code":0,"data":/);
  expect(text.slice(text.indexOf('"data"'))).toBe(
    '"data":{"fields":["ts_code","trade_date","open","high","low","close","pre_close","change","pct_chg","vol","amount"],' +
      '"items":[["600000.SH","20240102",10,10,10,10,9.9,0.1,0.8084,12345.67,15432.0875]],"has_more":false,"count":-1},' +
      '"msg":"","detail":null}',
  );
});

test('answers on the path of an interface as well, and misleads on any other path', async () => {
  const replay = await runReplay({ world: await world() });
  const at = async (path: string, apiName: string): Promise<number> => {
    const body = JSON.stringify({ api_name: apiName, token: 'a token of a test', params: {}, fields: '' });
    const response = await fetch(replay.tushareUrl + path, { method: 'POST', body });
    return ((await response.json()) as TushareAnswer).code;
  };
  expect(await at('/dataapi/daily', 'daily')).toBe(0);
  expect(await at('/dataapi/daily', '')).toBe(0);
  expect(await at('/daily', 'daily')).toBe(40101);
});

test('refuses what is no call with an HTTP status', async () => {
  const replay = await runReplay({ world: await world() });
  expect((await fetch(replay.tushareUrl)).status).toBe(405);
  expect((await fetch(replay.tushareUrl, { method: 'POST', body: '{' })).status).toBe(400);
  expect((await fetch(replay.tushareUrl, { method: 'POST', body: '[1]' })).status).toBe(200);
});

test('refuses tokens, names and rights in the words of the real server, with HTTP 200', async () => {
  const ask = await asker({ permissions: { deniedApis: ['adj_factor'] } });
  expect(await ask('daily', { token: '' })).toMatchObject({
    code: 40101,
    data: null,
    msg: '您的token不对，请确认。',
  });
  expect(await ask('daily', { token: '1234567' })).toMatchObject({ code: 40101 });
  expect(await ask('no_such_thing')).toMatchObject({ code: 40101, data: null, msg: '请指定正确的接口名' });
  expect(await ask('adj_factor')).toMatchObject({
    code: 40203,
    msg: expect.stringContaining('没有接口(adj_factor)访问权限'),
  });
  expect(await ask('daily', { params: { trade_date: '2024-13-01' } })).toMatchObject({
    code: -2001,
    data: null,
  });
});

test('accepts only the tokens of a list where there is one', async () => {
  const ask = await asker({ permissions: { tokens: ['short'] } });
  expect((await ask('daily', { token: 'short' })).code).toBe(0);
  expect((await ask('daily', { token: 'a long but unknown token' })).code).toBe(40101);
});

test('gives the columns asked for in their order and drops unknown ones', async () => {
  const ask = await asker();
  const { data } = await ask('daily', {
    params: { trade_date: '20240103' },
    fields: 'close, nonsense,ts_code',
  });
  expect(data).toMatchObject({
    fields: ['close', 'ts_code'],
    items: [
      [9, '000001.SZ'],
      [10, '600000.SH'],
    ],
  });
});

test('gives the newest day first and no row for a suspended day', async () => {
  const ask = await asker();
  const one = await ask('daily', {
    params: { ts_code: '600000.SH', start_date: '20240103', end_date: '20240108' },
  });
  expect(column(one, 'trade_date')).toEqual(['20240108', '20240104', '20240103']);
  const both = await ask('daily', {
    params: { ts_code: '600000.SH,000001.SZ,000003.SZ', end_date: '20240103' },
    fields: KEYS,
  });
  const market = await ask('daily', { params: { end_date: '20240103' }, fields: KEYS });
  expect(both.data!.items).toEqual([
    ['000001.SZ', '20240103'],
    ['600000.SH', '20240103'],
    ['000001.SZ', '20240102'],
    ['600000.SH', '20240102'],
  ]);
  expect(market.data!.items).toEqual(both.data!.items);
});

test('gives an empty answer for a holiday and for an unknown symbol', async () => {
  const ask = await asker();
  for (const params of [{ trade_date: '20240106' }, { ts_code: '999999.SH' }, { trade_date: '20250102' }]) {
    expect(await ask('daily', { params })).toMatchObject({ code: 0, data: { items: [], has_more: false } });
  }
});

test('pages by offset and limit, and says when more follows', async () => {
  const ask = await asker();
  const page = async (offset: number, limit: number): Promise<unknown> => {
    const answer = await ask('daily', { params: { offset, limit: String(limit) }, fields: KEYS });
    return [...column(answer, 'trade_date'), answer.data!.has_more];
  };
  expect(await page(0, 3)).toEqual(['20240109', '20240108', '20240104', true]);
  expect(await page(3, 3)).toEqual(['20240103', '20240103', '20240102', true]);
  expect(await page(6, 3)).toEqual(['20240102', false]);
  expect(await page(4, 3)).toEqual(['20240103', '20240102', '20240102', false]);
  expect((await ask('daily', { params: { limit: 'many' } })).code).toBe(-2001);
});

test('cuts every answer silently at the cap of the interface', async () => {
  const ask = await asker({ caps: { daily: 2, stock_basic: 1 } });
  for (const params of [{}, { limit: 5000 }]) {
    const { data } = await ask('daily', { params });
    expect([data!.items.length, data!.has_more]).toEqual([2, true]);
  }
  const list = await ask('stock_basic', { params: { list_status: 'L,D' } });
  expect([column(list, 'ts_code'), list.data!.has_more]).toEqual([['000001.SZ'], true]);
  const rest = await ask('stock_basic', { params: { list_status: 'L,D', offset: 1 } });
  expect([column(rest, 'ts_code'), rest.data!.has_more]).toEqual([['600000.SH'], false]);
});

test('leaves out has_more and count in the old style', async () => {
  const ask = await asker({ envelope: 'absent', caps: { daily: 2 } });
  const answer = await ask('daily');
  expect(Object.keys(answer.data!)).toEqual(['fields', 'items']);
  expect(Object.keys(answer)).toEqual(['request_id', 'code', 'data', 'msg']);
});

test('lists by status, exchange and symbol; only the listed by default', async () => {
  const ask = await asker();
  const listed = async (params: TushareCall['params'] = {}): Promise<unknown> =>
    (
      await ask('stock_basic', {
        params,
        fields: 'ts_code,name,list_status,list_date,delist_date,exchange,fullname',
      })
    ).data!.items;
  const bank = ['600000.SH', '浦发银行', 'L', '19991110', null, 'SSE', null];
  const ended = ['000001.SZ', '平安银行', 'D', '19910403', '20240104', 'SZSE', null];
  expect(await listed()).toEqual([bank]);
  expect(await listed({ list_status: 'D' })).toEqual([ended]);
  expect(await listed({ list_status: 'L,D,P,G' })).toEqual([ended, bank]);
  expect(await listed({ list_status: 'P' })).toEqual([]);
  expect(await listed({ exchange: 'SZSE' })).toEqual([]);
  expect(await listed({ exchange: 'SZSE', list_status: 'L,D' })).toEqual([ended]);
  expect(await listed({ ts_code: '600000.SH' })).toEqual([bank]);
  expect((await ask('stock_basic')).data!.fields).not.toContain('list_status');
});

test('gives the calendar of each exchange, newest day first', async () => {
  const ask = await asker();
  const range = { start_date: '20240105', end_date: '20240108' };
  for (const exchange of ['SSE', 'SZSE', 'BSE']) {
    expect((await ask('trade_cal', { params: { exchange, ...range } })).data!.items).toEqual([
      [exchange, '20240108', 1, '20240105'],
      [exchange, '20240107', 0, '20240105'],
      [exchange, '20240106', 0, '20240105'],
      [exchange, '20240105', 1, '20240104'],
    ]);
  }
  expect((await ask('trade_cal', { params: { exchange: 'CFFEX' } })).data!.items).toEqual([]);
  const all = await ask('trade_cal', { params: { is_open: '1' } });
  expect(all.data!.items.at(-1)).toEqual(['SSE', '20240102', 1, null]);
  expect((await ask('trade_cal', { params: { is_open: '0' } })).data!.items).toHaveLength(3);
});

test('derives factors where the folder knows none, suspended days included', async () => {
  const ask = await asker();
  const { data } = await ask('adj_factor', { params: { ts_code: '600000.SH' } });
  expect(data!.items.map(([, day, factor]) => [day, factor])).toEqual([
    ['20240109', 2.103071],
    ['20240108', 2.082041],
    ['20240105', 2.06122],
    ['20240104', 2.040608],
    ['20240103', 1.010101],
    ['20240102', 1],
  ]);
  expect((await ask('adj_factor', { params: { trade_date: '20240106' } })).data!.items).toEqual([]);
});

test('gives the ratios that the bars carry and null for the others', async () => {
  const ask = await asker();
  const { data } = await ask('daily_basic', { params: { ts_code: '600000.SH', trade_date: '20240102' } });
  const row = Object.fromEntries(data!.fields.map((field, index) => [field, data!.items[0]![index]]));
  expect(row).toMatchObject({
    close: 10,
    turnover_rate: 0.1837,
    pe_ttm: 5.99,
    pb: 0.7,
    ps_ttm: 1.9,
    pe: null,
    total_mv: null,
  });
  expect(data!.fields).toHaveLength(18);
  const { data: suspended } = await ask('daily_basic', {
    params: { ts_code: '600000.SH', trade_date: '20240105' },
  });
  expect(suspended!.items).toEqual([]);
});

test('serves bars in lots with the digits of the file', async () => {
  const replay = await runReplay({ world: await world({ 'tushare_daily_adj.csv': LOTS }) });
  const text = await askTushareText(replay.tushareUrl, 'daily', {
    params: { ts_code: '600000.SH', trade_date: '20240102' },
  });
  expect(text).toContain('["600000.SH","20240102",10.1,10.1,10.1,10.1,10,0.1,0.5,12345.67,15432.09]');
  const factors = await askTushareText(replay.tushareUrl, 'adj_factor', {
    params: { end_date: '20240105', start_date: '20240103' },
  });
  expect(factors).toContain('[["000001.SZ","20240105",null],["600000.SH","20240105",12.10],');
  const none = await askTushare(replay.tushareUrl, 'adj_factor', { params: { trade_date: '20240108' } });
  expect(none.data!.items).toEqual([]);
});

test('takes ratios from the raw bars of the same symbol and day', async () => {
  const both = await world({ 'tushare_daily_adj.csv': LOTS, 'bars_daily_raw.csv': RAW });
  const replay = await runReplay({ world: both });
  const call = { params: { trade_date: '20240105' }, fields: 'ts_code,close,pe_ttm,pb' };
  expect((await askTushare(replay.tushareUrl, 'daily_basic', call)).data!.items).toEqual([
    ['000001.SZ', 9.25, null, null],
    ['600000.SH', 10.1, 5.99, 0.7],
  ]);
});

test('sends damaged cells as they are', async () => {
  const damaged = lines(LOTS_HEADER, lotsLine('600000.SH', DAYS[0], '1O.1', '010', '1'));
  const replay = await runReplay({ world: await world({ 'tushare_daily_adj.csv': damaged }) });
  const { data } = await askTushare(replay.tushareUrl, 'daily', { fields: 'close,pre_close' });
  expect(data!.items).toEqual([['1O.1', '010']]);
});
