import { expect, test } from 'vitest';
import { webClient } from '../../../test/askWeb.ts';

const REFERER = { headers: { referer: 'https://finance.sina.com.cn' } } as const;
const COMPANY = '/sina/realstock/company';
const LIST = '/sina_list/quotes_service/api/json_v2.php/Market_Center';

test('gives the calendar as a script', async () => {
  const { text, type } = await (await webClient()).ask(`${COMPANY}/klc_td_sh.txt`);
  expect(type).toBe('text/plain');
  expect(text).toMatch(/^var datelist="LC\/[A-Za-z0-9+/]+";var KLC_TD_SH=datelist;\n$/);
});

test('gives factors newest first: raw times hfq, raw by qfq', async () => {
  const client = await webClient();
  const factors = async (kind: string): Promise<unknown> => {
    const { text } = await client.ask(`${COMPANY}/sh600000/${kind}.js`);
    expect(text.startsWith(`var sh600000${kind}={"total":2,"data":[`)).toBe(true);
    const line = text.split('=')[1]!.split('\n')[0]!;
    return (JSON.parse(line) as { data: unknown }).data;
  };
  expect(await factors('hfq')).toEqual([
    { d: '2024-01-04', f: '1.0500000000000000' },
    { d: '1900-01-01', f: '1.0000000000000000' },
  ]);
  expect(await factors('qfq')).toEqual([
    { d: '2024-01-04', f: '1.0000000000000000' },
    { d: '1900-01-01', f: '1.0500000000000000' },
  ]);
  expect((await client.ask(`${COMPANY}/sh999999/hfq.js`)).status).toBe(404);
  client.replay.addFault({
    match: { protocol: 'akshare', api: 'sina.factors', symbol: '600000.SH' },
    fault: { kind: 'late_factor', day: '2024-01-04' },
    times: 1,
  });
  expect((await client.ask(`${COMPANY}/sh600000/hfq.js`)).text).toContain('"total":1');
  expect((await client.ask(`${COMPANY}/sh600000/hfq.js`)).text).toContain('"total":2');
});

test('pages the list of a node, and counts it in quotes', async () => {
  const client = await webClient();
  expect((await client.ask(`${LIST}.getHQNodeStockCount?node=hs_a`)).text).toBe('"6"');
  const page = async (query: string): Promise<readonly Record<string, unknown>[]> =>
    client.json(`${LIST}.getHQNodeData?${query}`);
  const rows = await page('page=1&num=80&sort=symbol&asc=1&node=hs_a&symbol=&_s_r_a=page');
  expect(rows.map((row) => row['symbol'])).toEqual([
    'bj920001',
    'sh600000',
    'sh600519',
    'sh688001',
    'sz000001',
    'sz300001',
  ]);
  expect(Object.keys(rows[1]!)).toEqual([
    'symbol',
    'code',
    'name',
    'trade',
    'pricechange',
    'changepercent',
    'buy',
    'sell',
    'settlement',
    'open',
    'high',
    'low',
    'volume',
    'amount',
    'ticktime',
    'per',
    'pb',
    'mktcap',
    'nmc',
    'turnoverratio',
  ]);
  expect(rows[1]).toMatchObject({ name: '浦发银行', trade: '10.800', settlement: '10.700', volume: 1600000 });
  expect(await page('page=2&num=4&sort=symbol&asc=1&node=hs_a')).toHaveLength(2);
  expect(await page('page=3&num=4&sort=symbol&asc=1&node=hs_a')).toEqual([]);
  expect(await page('page=1&num=4&sort=symbol&asc=1&node=kcb')).toMatchObject([{ code: '688001' }]);
});

test('quotes only for pages of its own', async () => {
  const client = await webClient();
  expect((await client.ask('/sina_hq/list=sh600000')).status).toBe(403);
  const other = { headers: { referer: 'https://sina.com.cn.example.com/' } };
  expect((await client.ask('/sina_hq/list=sh600000', other)).status).toBe(403);
  expect((await client.ask('/sina_hq/list=sh600000', REFERER)).status).toBe(200);
});

test('quotes in GBK, shares and yuan, quantity before price; unknown codes are empty', async () => {
  const client = await webClient();
  const { bytes, text } = await client.ask('/sina_hq/list=sh600000,sh999999', {
    ...REFERER,
    encoding: 'gbk',
  });
  expect(new TextDecoder('utf-8').decode(bytes)).not.toContain('浦发银行');
  const [line = '', empty] = text.split('\n');
  expect(empty).toBe('var hq_str_sh999999="";');
  const cells = /^var hq_str_sh600000="(.*),";$/.exec(line)![1]!.split(',');
  expect(cells).toHaveLength(33);
  expect(cells.slice(0, 12)).toEqual([
    '浦发银行',
    '10.700',
    '10.700',
    '10.800',
    '10.900',
    '10.600',
    '10.800',
    '10.810',
    '1600000',
    '17200000.000',
    expect.stringMatching(/^\d+00$/),
    '10.800',
  ]);
  expect(cells.slice(30)).toEqual(['2024-01-09', '15:00:03', '00']);
});
