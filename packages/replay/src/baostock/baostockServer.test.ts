import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BaostockClient, baostockClient, decodeAnswer } from '../../test/baostockClient.ts';
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
import type { ReplayOptions } from '../replay.ts';

const FIELDS =
  'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,peTTM,pbMRQ,psTTM,pcfNcfTTM,isST';
const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;

/** 600000.SH trades, halves on 4 January and is suspended on 5 January; 000001.SZ ends on 3 January. */
async function rawWorld(): Promise<World> {
  const closes = ['10', '10', '5', '5', '5.25', '5.5'];
  const references = ['9.9', '10', '5', '5', '5', '5.25'];
  const rows = DAYS.map((day, i) =>
    rawLine('600000.SH', day, closes[i]!, references[i]!, i === 3 ? '0' : '1'),
  );
  const other = [rawLine('000001.SZ', DAYS[0], '9', '9'), rawLine('000001.SZ', DAYS[1], '9', '9')];
  const folder = await temporaryFolder({
    ...listFiles(),
    'bars_daily_raw.csv': lines(RAW_HEADER, ...other, ...rows),
  });
  return openWorld(folder);
}

async function connected(world: World, options: Omit<ReplayOptions, 'world'> = {}): Promise<BaostockClient> {
  const replay = await runReplay({ world, ...options });
  const client = await baostockClient(replay.baostockUrl);
  await client.login();
  return client;
}

const kData = (
  code: string,
  fields: string,
  flag: string,
  from: string = DAYS[0],
  to: string = DAYS[5],
): string[] => [code, fields, from, to, 'd', flag];

test('greets a login as the real server does, with the wall time of Shanghai', async () => {
  const replay = await runReplay({
    world: await rawWorld(),
    now: () => Date.UTC(2026, 3, 22, 8, 37, 59, 563),
  });
  const client = await baostockClient(replay.baostockUrl);
  const captured = readFileSync(new URL('../../test-data/baostock/login/response.bin', import.meta.url));
  expect((await client.login()).raw).toEqual(captured);
  const logout = await client.ask('02', 'logout', 'anonymous', '20260422163817');
  expect([logout.type, ...logout.parts]).toEqual([
    '03',
    '0',
    'success',
    'logout',
    'anonymous',
    '20260422163759563',
  ]);
});

test('asks for a login first, and again after logout', async () => {
  const replay = await runReplay({ world: await rawWorld() });
  const client = await baostockClient(replay.baostockUrl);
  const ask = async (): Promise<readonly string[]> => {
    const { type, parts } = await client.ask('45', 'query_stock_basic', 'anonymous', '1', '10000', '', '');
    return [type, parts[0]!];
  };
  expect(await ask()).toEqual(['04', '10001001']);
  await client.login();
  expect(await ask()).toEqual(['46', '0']);
  await client.ask('02', 'logout', 'anonymous', '20260422163817');
  expect(await ask()).toEqual(['04', '10001001']);
  expect((await client.ask('00', 'login', '', '123456', '0')).parts[0]).toBe('10001008');
});

test('answers the captured question about the calendar with the captured bytes', async () => {
  const client = await connected(await rawWorld());
  const folder = new URL('../../test-data/baostock/query_trade_dates/', import.meta.url);
  const answer = await client.send(readFileSync(new URL('request.bin', folder)));
  expect(answer.raw).toEqual(readFileSync(new URL('response.bin', folder)));
});

test('answers the captured question about the stock list with the captured bytes', async () => {
  const client = await connected(await rawWorld());
  const folder = new URL('../../test-data/baostock/query_stock_basic/', import.meta.url);
  const answer = await client.send(readFileSync(new URL('request.bin', folder)));
  expect(answer.raw).toEqual(readFileSync(new URL('response.bin', folder)));
});

test('lists a symbol whose bars end as delisted, and finds symbols by part of their name', async () => {
  const client = await connected(await rawWorld());
  const rows = await client.rows('45', 'query_stock_basic', ['', '']);
  expect(rows.filter(([, , , , type]) => type === '1')).toEqual([
    ['sh.600000', '浦发银行', '1999-11-10', '', '1', '1'],
    ['sz.000001', '平安银行', '1991-04-03', '2024-01-04', '1', '0'],
  ]);
  expect(rows).toEqual(rows.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)));
  expect(rows[0]).toEqual(['sh.000001', '上证综合指数', '1991-07-15', '', '2', '1']);
  expect(await client.rows('45', 'query_stock_basic', ['', '平安'])).toHaveLength(1);
  expect(await client.rows('45', 'query_stock_basic', ['sz.999999', ''])).toEqual([]);
});

test('lists who has a row on a day, and nobody on a holiday', async () => {
  const client = await connected(await rawWorld());
  const rows = (day: string): Promise<string[][]> => client.rows('35', 'query_all_stock', [day]);
  const stocks = async (day: string): Promise<string[][]> =>
    (await rows(day)).filter(([, , name = '']) => name.endsWith('银行'));
  expect(await stocks(DAYS[0])).toEqual([
    ['sh.600000', '1', '浦发银行'],
    ['sz.000001', '1', '平安银行'],
  ]);
  expect(await stocks(DAYS[3])).toEqual([['sh.600000', '0', '浦发银行']]);
  expect((await rows(DAYS[3])).length).toBeGreaterThan(10);
  expect(await rows('2024-01-06')).toEqual([]);
});

test('gives raw bars with the decimals of the real server, suspended days included', async () => {
  const client = await connected(await rawWorld());
  const rows = await client.rows('95', 'query_history_k_data_plus', kData('sh.600000', FIELDS, '3'));
  expect(rows.map(([day]) => day)).toEqual([...DAYS]);
  expect(rows[0]?.join(' ')).toBe(
    '2024-01-02 sh.600000 10.0000 10.0000 10.0000 10.0000 9.9000 1234567 15432087.5000 3 ' +
      '0.183700 1 0.808400 5.990000 0.700000 1.900000  0',
  );
  expect(rows[3]?.slice(6, 13)).toEqual(['5.0000', '0', '0.0000', '3', '', '0', '0.000000']);
});

test('adjusts prices forward and backward by the factor of the day, volume not', async () => {
  const client = await connected(await rawWorld());
  const fields = 'close,preclose,volume,adjustflag';
  const backward = await client.rows('95', 'query_history_k_data_plus', kData('sh.600000', fields, '1'));
  expect(backward[1]).toEqual(['10.0000000000', '10.0000000000', '1234567', '1']);
  expect(backward[2]).toEqual(['10.0000000000', '10.0000000000', '1234567', '1']);
  const forward = await client.rows('95', 'query_history_k_data_plus', kData('sh.600000', fields, '2'));
  expect(forward[1]).toEqual(['5.0000000000', '5.0000000000', '1234567', '2']);
  expect(forward[5]).toEqual(['5.5000000000', '5.2500000000', '1234567', '2']);
});

test('gives factors on the days that change them', async () => {
  const client = await connected(await rawWorld());
  const rows = (from: string, to: string): Promise<string[][]> =>
    client.rows('15', 'query_adjust_factor', ['sh.600000', from, to]);
  expect(await rows(DAYS[0], DAYS[5])).toEqual([['sh.600000', DAYS[2], '1.000000', '2.000000', '2.000000']]);
  expect(await rows(DAYS[3], DAYS[5])).toEqual([]);
  expect(await client.rows('15', 'query_adjust_factor', ['sz.000001', '', ''])).toEqual([]);
});

test('gives prices and factors that agree with the captured ones', async () => {
  const captured = decodeAnswer(
    readFileSync(new URL('../../test-data/baostock/query_history_k_data_plus/response.bin', import.meta.url)),
  );
  const factor = 0.936211;
  const { record } = JSON.parse(captured.parts[6]!) as { record: string[][] };
  // The raw bars behind the captured ones: prices of the exchange have two decimals.
  const price = (adjusted: string): string => (Number(adjusted) / factor).toFixed(2);
  const bars = record.map(
    ([day, , open, high, low, close, preClose, volume, amount, , turn, status, change, st]) =>
      `600000.SH,${day},${[open!, high!, low!, close!, preClose!].map(price).join(',')},` +
      `${volume},${Number(amount)},${Number(turn)},${Number(change)},${status},${st},,,`,
  );
  const last = '600000.SH,2024-02-01,7,7,7,7,7,1,7,0,0,1,0,,,';
  const world = await openWorld(
    await temporaryFolder({
      ...listFiles(),
      'bars_daily_raw.csv': lines(RAW_HEADER, ...bars, last),
      'adj_factor_changes.csv': `ts_code,effective_date,adj_factor\n600000.SH,20230721,11.949786\n600000.SH,20240201,${11.949786 / factor}\n`,
    }),
  );
  const client = await connected(world);
  const request = readFileSync(
    new URL('../../test-data/baostock/query_history_k_data_plus/request.bin', import.meta.url),
  );
  expect((await client.send(request)).parts).toEqual(captured.parts);
  const folder = new URL('../../test-data/baostock/query_adjust_factor/', import.meta.url);
  const answer = await client.send(readFileSync(new URL('request.bin', folder)));
  expect(answer.raw).toEqual(readFileSync(new URL('response.bin', folder)));
});

test('serves bars in lots as shares and yuan', async () => {
  const folder = await temporaryFolder({
    ...listFiles(),
    'tushare_daily_adj.csv': lines(LOTS_HEADER, lotsLine('600000.SH', DAYS[0], '10.1', '10', '2.5')),
  });
  const client = await connected(await openWorld(folder));
  const [row] = await client.rows(
    '95',
    'query_history_k_data_plus',
    kData('sh.600000', 'close,volume,amount,turn,isST', '3'),
  );
  expect(row).toEqual(['10.1000', '1234567', '15432090.0000', '', '']);
  const factors = await client.rows('15', 'query_adjust_factor', ['sh.600000', '', '']);
  expect(factors).toEqual([['sh.600000', DAYS[0], '1.000000', '2.500000', '2.500000']]);
});

test('cuts answers into pages of the size asked for, and no longer than 10,000', async () => {
  const client = await connected(await rawWorld());
  const page = (number: number, size: number): Promise<string[][]> =>
    client.rows('95', 'query_history_k_data_plus', kData('sh.600000', 'date', '3'), number, size);
  expect((await page(1, 4)).flat()).toEqual(DAYS.slice(0, 4));
  expect((await page(2, 4)).flat()).toEqual(DAYS.slice(4));
  expect(await page(3, 4)).toEqual([]);
  const { parts } = await client.ask('33', 'query_trade_dates', 'anonymous', '1', '50000', DAYS[0], DAYS[1]);
  expect(parts.slice(4, 6)).toEqual(['1', '10000']);
});

test.each([
  ['10004011', ['600000', 'date', DAYS[0], DAYS[5], 'd', '3']],
  ['10004011', ['bj.920163', 'date', DAYS[0], DAYS[5], 'd', '3']],
  ['10004012', ['sh.600000', 'date,dividend', DAYS[0], DAYS[5], 'd', '3']],
  ['10004018', ['sh.600000', 'date,date', DAYS[0], DAYS[5], 'd', '3']],
  ['10004007', ['sh.600000', 'date', '20240102', DAYS[5], 'd', '3']],
  ['10004008', ['sh.600000', 'date', DAYS[0], '2024-02-30', 'd', '3']],
  ['10004009', ['sh.600000', 'date', DAYS[5], DAYS[0], 'd', '3']],
  ['10004006', ['sh.600000', 'date', DAYS[0], DAYS[5], '1', '3']],
  ['10004006', ['sh.600000', 'date', DAYS[0], DAYS[5], 'd', '4']],
  ['10004012', ['sh.600000', 'date,preclose', DAYS[0], DAYS[5], 'w', '3']],
  ['10004012', ['sh.600000', 'date,turn', DAYS[0], DAYS[5], '5', '3']],
])('refuses a question with %s in a frame of its own type', async (code, params) => {
  const client = await connected(await rawWorld());
  const { type, parts } = await client.ask(
    '95',
    'query_history_k_data_plus',
    'anonymous',
    '1',
    '10000',
    ...params,
  );
  expect([type, parts[0]]).toEqual(['04', code]);
});

test('refuses frames it cannot read and methods it does not have', async () => {
  const client = await connected(await rawWorld());
  expect((await client.send(Buffer.from('nonsense\n'))).parts[0]).toBe('10004019');
  expect(
    (await client.ask('29', 'query_performance_express_report', 'anonymous', '1', '10000')).parts[0],
  ).toBe('10004020');
  expect((await client.ask('33', 'query_all_stock', 'anonymous', '1', '10000')).parts[0]).toBe('10004020');
});

test('answers requests that come in pieces or two at a time, in order', async () => {
  const replay = await runReplay({ world: await rawWorld() });
  const client = await baostockClient(replay.baostockUrl);
  const request = readFileSync(new URL('../../test-data/baostock/login/request.bin', import.meta.url));
  client.socket.write(request.subarray(0, 30));
  expect((await client.send(request.subarray(30))).parts[2]).toBe('login');
  const [first, second] = await new Promise<string[]>((resolve) => {
    let text = '';
    client.socket.on('data', (bytes) => {
      text += bytes.toString();
      const frames = text.split('<![CDATA[]]>\n');
      if (frames.length === 3) resolve(frames);
    });
    client.socket.write(
      Buffer.concat([
        request,
        readFileSync(new URL('../../test-data/baostock/query_trade_dates/request.bin', import.meta.url)),
      ]),
    );
  });
  expect(first).toContain('login');
  expect(second).toContain('query_trade_dates');
});

test('lets only so many connections log in', async () => {
  const replay = await runReplay({ world: await rawWorld(), permissions: { maxLogins: 1 } });
  const first = await baostockClient(replay.baostockUrl);
  const second = await baostockClient(replay.baostockUrl);
  expect((await first.login()).parts[0]).toBe('0');
  expect((await first.login()).parts[0]).toBe('0');
  const refused = await second.login();
  expect([refused.type, refused.parts[0]]).toEqual(['04', '10001005']);
  await first.ask('02', 'logout', 'anonymous', '20260422163817');
  expect((await second.login()).parts[0]).toBe('0');
});

test('shuts an address out for a while that asks too much of it', async () => {
  let now = Date.UTC(2026, 3, 22);
  const limit = { kind: 'limit', calls: 3, windowSeconds: 60, pauseSeconds: 600 } as const;
  const client = await connected(await rawWorld(), {
    now: () => now,
    faults: [{ match: { protocol: 'baostock' }, fault: limit }],
  });
  const ask = async (): Promise<string> =>
    (await client.ask('45', 'query_stock_basic', 'anonymous', '1', '10000', '', '')).parts[0]!;
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual(['0', '0', '10001011', '10001011']);
  now += 601_000;
  expect(await ask()).toBe('0');
});
