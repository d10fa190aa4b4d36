import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

interface Data {
  readonly code: string;
  readonly klines: readonly string[];
}

const FIELDS = 'f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61';

async function answer(client: WebClient, params: Readonly<Record<string, string>>): Promise<string> {
  const query = new URLSearchParams({
    secid: '1.600000',
    ut: '7eea3edcaed734bea9cbfc24409ed989',
    fields1: 'f1,f2,f3,f4,f5,f6',
    fields2: FIELDS,
    klt: '101',
    fqt: '0',
    beg: '0',
    end: '20500000',
    ...params,
  });
  return (await client.ask(`/push2his/api/qt/stock/kline/get?${query.toString()}`)).text;
}

async function klines(
  client: WebClient,
  params: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  return (JSON.parse(await answer(client, params)) as { data: Data }).data.klines;
}

test('answers in the captured form: open, close, high, low, lots, yuan; no row without trade', async () => {
  const client = await webClient();
  const text = await answer(client, { beg: '20240104', end: '20240108' });
  expect(text).toMatch(/^\{"rc":0,"rt":17,"svr":\d+,"lt":1,"full":0,"data":\{"code":"600000","market":1,/);
  const { data } = JSON.parse(text) as { data: Data };
  expect(Object.keys(data)).toEqual(['code', 'market', 'name', 'decimal', 'dktotal', 'preKPrice', 'klines']);
  expect(data).toMatchObject({ name: '浦发银行', decimal: 2, dktotal: 5, preKPrice: 10 });
  expect(data.klines).toEqual([
    '2024-01-04,10.00,10.29,10.40,9.95,30000,30500000.00,4.50,2.90,0.29,1.20',
    '2024-01-08,10.30,10.70,10.80,10.20,15001,15900000.00,5.83,3.98,0.41,0.60',
  ]);
});

test('gives the columns that are asked for, and code 102 without ut', async () => {
  const client = await webClient();
  expect(await klines(client, { fields2: 'f51,f53', beg: '20240109' })).toEqual(['2024-01-09,10.80']);
  expect(JSON.parse(await answer(client, { ut: '' }))).toMatchObject({ rc: 102, data: null });
});

test('gives null for a symbol that is not known and no rows for an empty range', async () => {
  const client = await webClient();
  expect(JSON.parse(await answer(client, { secid: '1.999999' }))).toMatchObject({ rc: 0, data: null });
  expect(await klines(client, { beg: '20250101', end: '20250110' })).toEqual([]);
});

test('tells Beijing from Shenzhen, and an index from a stock of the same code', async () => {
  const client = await webClient();
  const names = async (secid: string): Promise<unknown> =>
    (JSON.parse(await answer(client, { secid })) as { data: { name: string; market: number } }).data;
  expect(await names('0.920001')).toMatchObject({ name: '纬达光电', market: 0 });
  expect(await names('0.000001')).toMatchObject({ name: '平安银行', market: 0 });
  expect(await names('1.000001')).toMatchObject({ name: '上证指数', market: 1 });
});

test('puts days together to weeks and months', async () => {
  const client = await webClient();
  expect(await klines(client, { klt: '102' })).toEqual(
    [
      '2024-01-05,10.00,10.29,10.60,9.90,65803,67500000.62,7.00,2.90,0.29,2.60',
      '2024-01-09,10.30,10.80,10.90,10.20,31001,33100000.00,6.80,4.96,0.51,1.25',
    ].map((line) => line.replace('2024-01-05', '2024-01-04')),
  );
  expect(await klines(client, { klt: '103', fields2: 'f51,f52,f53' })).toEqual(['2024-01-09,10.00,10.80']);
});

test('gives stretches of minutes that add up to the day', async () => {
  const client = await webClient();
  const day = { beg: '20240109', end: '20240109', secid: '0.000001' };
  for (const [klt, count, first] of [
    ['1', 240, '09:31'],
    ['5', 48, '09:35'],
    ['15', 16, '09:45'],
    ['30', 8, '10:00'],
    ['60', 4, '10:30'],
  ] as const) {
    const rows = (await klines(client, { ...day, klt })).map((line) => line.split(','));
    expect([rows.length, rows[0]![0], rows.at(-1)![0]]).toEqual([
      count,
      `2024-01-09 ${first}`,
      '2024-01-09 15:00',
    ]);
    expect([rows[0]![1], rows.at(-1)![2]]).toEqual(['10.70', '10.80']);
    expect(Math.max(...rows.map((row) => Number(row[3])))).toBe(10.9);
    expect(Math.min(...rows.map((row) => Number(row[4])))).toBe(10.6);
    expect(rows.reduce((sum, row) => sum + Number(row[5]), 0)).toBe(16000);
    expect(rows.reduce((sum, row) => sum + Number(row[6]), 0)).toBeCloseTo(17_200_000, 1);
  }
  expect(await klines(client, { klt: '5', secid: '1.000001' })).toEqual([]);
});

test('adjusts by adding what ex-dates took, so that early prices may go below the raw ones', async () => {
  const client = await webClient();
  const prices = { fields2: 'f51,f53', end: '20240104' };
  expect(await klines(client, { ...prices, fqt: '1' })).toEqual([
    '2024-01-02,9.70',
    '2024-01-03,10.00',
    '2024-01-04,10.29',
  ]);
  expect(await klines(client, { ...prices, fqt: '2' })).toEqual([
    '2024-01-02,10.20',
    '2024-01-03,10.50',
    '2024-01-04,10.79',
  ]);
});

test('keeps the newest rows where a number is asked for', async () => {
  const client = await webClient();
  expect(await klines(client, { lmt: '2', fields2: 'f51' })).toEqual(['2024-01-08', '2024-01-09']);
});

test('faults of the data change rows, and the answer stays well formed', async () => {
  const client = await webClient();
  const match = { protocol: 'akshare', origin: 'push2his' } as const;
  const day = { beg: '20240108', end: '20240108', fields2: 'f51,f53,f56,f57' };
  client.replay.addFault({ match, fault: { kind: 'scale', field: 'volume', factor: 100, board: 'star' } });
  expect(await klines(client, { ...day, secid: '1.688001' })).toEqual([
    '2024-01-08,10.70,1500050,15900000.00',
  ]);
  expect(await klines(client, day)).toEqual(['2024-01-08,10.70,15001,15900000.00']);
  client.replay.clearFaults();
  client.replay.addFault({ match, fault: { kind: 'changed_history', day: '2024-01-08', factor: 1.1 } });
  expect(await klines(client, day)).toEqual(['2024-01-08,11.77,15001,17490000.00']);
  client.replay.clearFaults();
  client.replay.addFault({ match, fault: { kind: 'half_day', share: 0, day: '2024-01-08' }, times: 1 });
  expect(await klines(client, day)).toEqual([]);
  expect(await klines(client, day)).toHaveLength(1);
  client.replay.addFault({
    match: { ...match, day: '2024-01-08', symbol: '600000.SH' },
    fault: { kind: 'empty' },
  });
  expect(await klines(client, day)).toEqual([]);
  expect(await klines(client, { ...day, beg: '20240104' })).toHaveLength(2);
});
