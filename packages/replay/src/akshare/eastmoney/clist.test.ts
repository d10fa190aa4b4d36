import { shanghaiInstant, plainDay } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

type Row = Readonly<Record<string, string | number>>;
interface Answer {
  readonly rc: number;
  readonly data: null | {
    readonly total: number;
    readonly diff: readonly Row[] | Readonly<Record<string, Row>>;
  };
}

const ALL = 'm:0 t:6,m:0 t:80,m:1 t:2,m:1 t:23,m:0 t:81 s:2048';

async function list(client: WebClient, params: Readonly<Record<string, string>>): Promise<Answer> {
  const query = new URLSearchParams({
    pn: '1',
    pz: '100',
    po: '0',
    np: '1',
    fltt: '2',
    invt: '2',
    fid: 'f12',
    fs: ALL,
    fields: 'f12',
    ...params,
  });
  return client.json<Answer>(`/push2/api/qt/clist/get?${query.toString()}`);
}

const codes = ({ data }: Answer): unknown =>
  data === null ? null : (data.diff as readonly Row[]).map(({ f12 }) => f12);

test('answers in the captured form, with decimals applied', async () => {
  const client = await webClient();
  const { text } = await client.ask(
    '/push2/api/qt/clist/get?pn=1&pz=1&po=0&np=1&fltt=2&invt=2&fid=f12&fs=m:1+t:2' +
      '&fields=f2,f3,f4,f5,f6,f7,f8,f9,f12,f13,f14,f15,f16,f17,f18,f20,f23,f26,f152',
  );
  expect(text).toMatch(/^\{"rc":0,"rt":6,"svr":\d+,"lt":1,"full":1,"data":\{"total":2,"diff":\[\{/);
  const { data } = JSON.parse(text) as { data: { diff: readonly Row[] } };
  expect(data.diff[0]).toMatchObject({
    f2: 10.8,
    f3: 0.93,
    f4: 0.1,
    f5: 16000,
    f6: 17200000,
    f7: 2.8,
    f8: 0.65,
    f9: 5.99,
    f12: '600000',
    f13: 1,
    f14: '浦发银行',
    f15: 10.9,
    f16: 10.6,
    f17: 10.7,
    f18: 10.7,
    f23: 0.7,
    f26: 19991110,
    f152: 2,
  });
});

test('gives whole numbers in units of the last decimal without fltt', async () => {
  const client = await webClient();
  const { data } = await list(client, { fltt: '1', fs: 'm:1 t:2', fields: 'f2,f3,f5,f18,f152' });
  expect((data!.diff as readonly Row[])[0]).toEqual({ f2: 1080, f3: 93, f5: 16000, f18: 1070, f152: 2 });
});

test('gives an object with numbered keys without np', async () => {
  const { data } = await list(await webClient(), { np: '0', fs: 'm:0 t:81 s:2048' });
  expect(data).toEqual({ total: 1, diff: { '0': { f12: '920001' } } });
});

test('filters by exchange, type and mark, and by either of two alternatives', async () => {
  const client = await webClient();
  const filtered = async (fs: string): Promise<unknown> => codes(await list(client, { fs }));
  expect(await filtered(ALL)).toEqual(['000001', '300001', '600000', '600519', '688001', '920001']);
  expect(await filtered('m:1 t:23')).toEqual(['688001']);
  expect(await filtered('m:0 t:80')).toEqual(['300001']);
  expect(await filtered('m:0+t:81+s:2048,m:0 t:6')).toEqual(['000001', '920001']);
  expect(await filtered('m:0 t:7 s:4096')).toBeNull();
  const indices = (await filtered('m:1+s:2,m:0+t:5')) as string[];
  expect(indices).toContain('399001');
  expect(indices).not.toContain('600000');
});

test('cuts pages at a hundred rows in silence, and gives null data past the last', async () => {
  const client = await webClient();
  const page = async (pn: string, pz: string): Promise<unknown> => codes(await list(client, { pn, pz }));
  expect(await page('2', '4')).toEqual(['688001', '920001']);
  expect(await page('3', '4')).toBeNull();
  client.replay.addFault({ match: { protocol: 'akshare' }, fault: { kind: 'page_cap', rows: 2 } });
  const capped = await list(client, { pz: '5000' });
  expect([codes(capped), capped.data!.total]).toEqual([['000001', '300001'], 6]);
});

test('sorts falling by default, rows without a value last', async () => {
  // On that day the bank is suspended.
  const client = await webClient({ now: () => shanghaiInstant(plainDay('2024-01-05'), 16 * 60) });
  const { data } = await list(client, { po: '1', fid: 'f2', fields: 'f2,f5,f12,f17,f18' });
  expect((data!.diff as readonly Row[]).at(-1)).toEqual({
    f2: '-',
    f5: '-',
    f12: '600000',
    f17: '-',
    f18: 10.29,
  });
});

test('shows the part of a day that has been traded while the session runs', async () => {
  const at = (minutes: number): number => shanghaiInstant(plainDay('2024-01-09'), minutes);
  const quoted = async (now: number): Promise<Row> => {
    const client = await webClient({ now: () => now });
    const { data } = await list(client, { fs: 'm:1 t:2', fields: 'f5,f17,f18' });
    return (data!.diff as readonly Row[])[0]!;
  };
  const before = await quoted(at(9 * 60));
  const during = await quoted(at(10 * 60 + 30));
  const after = await quoted(at(16 * 60));
  expect([before['f17'], during['f17'], after['f17']]).toEqual([10.3, 10.7, 10.7]);
  expect(Number(during['f5'])).toBeGreaterThan(0);
  expect(Number(during['f5'])).toBeLessThan(Number(after['f5']));
});

test('one stock has its basics, and a field asked for twice comes twice', async () => {
  const client = await webClient();
  const path = '/push2/api/qt/stock/get?invt=2&secid=';
  const { text } = await client.ask(
    `${path}0.920001&fltt=2&fields=f43,f43,f57,f58,f127,f128,f189,f51,f52,f60`,
  );
  expect(text).toMatch(
    /"data":\{"f43":10\.8,"f43":10\.8,"f51":"?[-\d.]+"?,"f52":"?[-\d.]+"?,"f57":"920001","f58":"纬达光电","f60":10\.7,/,
  );
  expect(text).toContain('"f127":"元器件","f128":"广东板块","f189":20221227');
  const whole = await client.json<Answer>(`${path}1.600000&fields=f43,f47,f59,f60,f170`);
  expect(whole.data).toEqual({ f43: 1080, f47: 16000, f59: 2, f60: 1070, f170: 93 });
  expect(await client.json(`${path}1.999999&fltt=2&fields=f43`)).toMatchObject({ rc: 0, data: null });
  expect(await client.json(`${path}116.600000&fltt=2&fields=f43`)).toMatchObject({ rc: 0, data: null });
});
