import { isAppError } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { startReplay } from './replay.ts';
import { askTushare } from '../test/askTushare.ts';
import { baostockClient } from '../test/baostockClient.ts';
import { runReplay } from '../test/runReplay.ts';
import { sharedDataFolder } from '../test/sharedData.ts';
import { openWorld } from './world/openWorld.ts';
import { sampleFolder } from './world/sampleFolder.ts';

const world = await openWorld(sampleFolder());

test('counts and keeps the calls of both protocols, without tokens or passwords', async () => {
  const replay = await runReplay({ world, now: () => 1234 });
  await askTushare(replay.tushareUrl, 'daily', {
    params: { trade_date: '20240102', limit: 5 },
    token: 'a secret token',
  });
  await askTushare(replay.tushareUrl, 'no such interface');
  const client = await baostockClient(replay.baostockUrl);
  await client.login();
  await client.rows('45', 'query_stock_basic', ['sh.600000', '']);
  expect(replay.calls()).toEqual([
    { protocol: 'tushare', api: 'daily', at: 1234, params: { trade_date: '20240102', limit: '5' } },
    { protocol: 'tushare', api: 'unknown', at: 1234, params: {} },
    { protocol: 'baostock', api: 'login', at: 1234, params: {} },
    {
      protocol: 'baostock',
      api: 'query_stock_basic',
      at: 1234,
      params: { code: 'sh.600000', code_name: '' },
    },
  ]);
  expect(replay.counts()).toEqual({
    'tushare.daily': 1,
    'tushare.unknown': 1,
    'baostock.login': 1,
    'baostock.query_stock_basic': 1,
  });
});

test('a fault matches by symbol in either spelling, and can be added and forgotten while running', async () => {
  const replay = await runReplay({ world });
  const client = await baostockClient(replay.baostockUrl);
  await client.login();
  const ask = async (symbol: string, code: string): Promise<readonly number[]> => {
    const daily = await askTushare(replay.tushareUrl, 'daily', { params: { ts_code: symbol, limit: 3 } });
    const bars = await client.rows('95', 'query_history_k_data_plus', [
      code,
      'date',
      '2024-12-27',
      '2024-12-31',
      'd',
      '3',
    ]);
    return [daily.data!.items.length, bars.length];
  };
  replay.addFault({ match: { protocol: 'tushare', symbol: '600000.SH' }, fault: { kind: 'empty' } });
  replay.addFault({ match: { protocol: 'baostock', symbol: '600000.SH' }, fault: { kind: 'empty' } });
  expect(await ask('600000.SH', 'sh.600000')).toEqual([0, 0]);
  expect(await ask('000001.SZ', 'sz.000001')).toEqual([3, 3]);
  replay.clearFaults();
  expect(await ask('600000.SH', 'sh.600000')).toEqual([3, 3]);
  const broken = { match: { protocol: 'tushare' }, fault: { kind: 'page_cap', rows: 0 } } as const;
  expect(() => replay.addFault(broken)).toThrow('rows must be a whole number from 1');
});

test('stops with connections open and answers pending, and may be stopped twice', async () => {
  const replay = await startReplay({ world, latencyMs: 3_600_000 });
  const pending = askTushare(replay.tushareUrl, 'daily').catch((cause: unknown) => cause);
  const client = await baostockClient(replay.baostockUrl);
  const waiting = client.login().catch((cause: unknown) => cause);
  await Promise.all([replay.stop(), replay.stop()]);
  expect(await pending).toBeInstanceOf(Error);
  expect(await waiting).toBeInstanceOf(Error);
  await expect(baostockClient(replay.baostockUrl)).rejects.toThrow('ECONNREFUSED');
});

test('says which port is taken and leaves nothing running', async () => {
  const replay = await runReplay({ world });
  const taken = Number(new URL(replay.baostockUrl).port);
  for (const port of ['tusharePort', 'baostockPort', 'aksharePort']) {
    const error: unknown = await startReplay({ world, [port]: taken }).catch((cause: unknown) => cause);
    expect(isAppError(error, 'port_taken')).toBe(true);
  }
});

test('serves the same bar through every protocol, each in its own units', async () => {
  const replay = await runReplay({ world });
  const daily = await askTushare(replay.tushareUrl, 'daily', {
    params: { ts_code: '600000.SH', trade_date: '20241231' },
    fields: 'open,high,low,close,vol,amount',
  });
  const [open, high, low, close, lots, thousands] = daily.data!.items[0]!.map(Number);
  const query = 'secid=1.600000&ut=x&klt=101&fqt=0&beg=20241231&end=20241231&fields2=f52,f53,f54,f55,f56,f57';
  const response = await fetch(`${replay.akshareUrl}/push2his/api/qt/stock/kline/get?${query}`);
  const { data } = (await response.json()) as { data: { klines: readonly string[] } };
  const row = data.klines[0]!.split(',').map(Number);
  expect(row).toEqual([open, close, high, low, Math.round(lots!), Math.round(thousands! * 100_000) / 100]);
});

test('a quota refuses calls of Tushare by the clock that was given', async () => {
  let now = 0;
  const fault = { kind: 'quota', calls: 1, per: 'minute' } as const;
  const replay = await runReplay({
    world,
    faults: [{ match: { protocol: 'tushare' }, fault }],
    now: () => now,
  });
  const code = async (): Promise<number> =>
    (await askTushare(replay.tushareUrl, 'daily', { params: { limit: 1 } })).code;
  expect([await code(), await code()]).toEqual([0, 40203]);
  now += 60_000;
  expect(await code()).toBe(0);
});

const folder = sharedDataFolder();

const LONG = { timeout: 120_000 };

test.skipIf(folder === undefined)(
  'serves the real data set: its own symbols for each protocol, all rows',
  LONG,
  async () => {
    const real = await openWorld(folder!);
    const replay = await runReplay({ world: real });
    const list = await askTushare(replay.tushareUrl, 'stock_basic', {
      params: { list_status: 'L,D' },
      fields: 'ts_code,delist_date',
    });
    expect(list.data!.items).toHaveLength(984);
    expect(list.data!.items.filter(([, delisted]) => delisted !== null)).toEqual([
      ['000016.SZ', '20241230'],
      ['000421.SZ', '20241227'],
      ['000777.SZ', '20241230'],
      ['002252.SZ', '20241223'],
      ['002309.SZ', '20241111'],
      ['002379.SZ', '20241223'],
      ['002494.SZ', '20241230'],
    ]);
    let rows = 0;
    for (let offset = 0, more = true; more; offset += 6000) {
      const { data } = await askTushare(replay.tushareUrl, 'daily', {
        params: { offset, limit: 6000 },
        fields: 'ts_code',
      });
      rows += data!.items.length;
      more = data!.has_more!;
    }
    expect(rows).toBe(237_144);

    const client = await baostockClient(replay.baostockUrl);
    await client.login();
    // the list holds indices too, as type 2
    const stocks = (await client.rows('45', 'query_stock_basic', ['', ''])).filter((row) => row[4] === '1');
    expect(stocks).toHaveLength(300);
    expect(stocks.find(([code]) => code === 'sh.601989')).toEqual([
      'sh.601989',
      '601989',
      '2020-01-02',
      '',
      '1',
      '1',
    ]);
    let bars = 0;
    for (const [code] of stocks) {
      bars += (await client.rows('95', 'query_history_k_data_plus', [code!, 'date', '', '', 'd', '3']))
        .length;
    }
    expect(bars).toBe(369_338);
  },
);
