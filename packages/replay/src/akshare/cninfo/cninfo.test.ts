import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { form, webClient, type WebClient } from '../../../test/askWeb.ts';

interface Answer {
  readonly totalAnnouncement: number;
  readonly announcements: readonly Readonly<Record<string, unknown>>[] | null;
  readonly hasMore: boolean;
}

const QUERY = '/cninfo/new/hisAnnouncement/query';

async function ask(client: WebClient, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const asked = {
    pageNum: '1',
    pageSize: '30',
    column: 'szse',
    tabName: 'fulltext',
    plate: '',
    stock: '',
    searchkey: '',
    secid: '',
    category: '',
    trade: '',
    seDate: '2024-01-02~2024-01-09',
    sortName: '',
    sortType: '',
    isHLtitle: 'true',
    ...fields,
  };
  return client.json<Answer>(QUERY, form(asked));
}

test('answers forms only, in pages of 30 at most', async () => {
  const client = await webClient();
  expect((await client.ask(`${QUERY}?pageNum=1`)).status).toBe(405);
  const all = await ask(client, { pageSize: '500' });
  expect(all.announcements!.length).toBe(Math.min(30, all.totalAnnouncement));
  const second = await ask(client, { pageSize: '2', pageNum: '2' });
  expect(second.announcements).toEqual(all.announcements!.slice(2, 4));
  expect(second.hasMore).toBe(true);
  const none = await ask(client, { seDate: '2023-01-02~2023-01-03' });
  expect(none).toMatchObject({ totalAnnouncement: 0, announcements: null, hasMore: false });
});

test('tells the day in milliseconds of its midnight, newest first', async () => {
  const { announcements } = await ask(await webClient());
  const first = announcements![0]!;
  expect(first['announcementTime']).toBe(shanghaiInstant(plainDay('2024-01-09'), 0));
  expect(first['adjunctUrl']).toBe(`finalpage/2024-01-09/${String(first['announcementId'])}.PDF`);
  expect(Object.keys(first).slice(0, 10)).toEqual([
    'id',
    'secCode',
    'secName',
    'orgId',
    'announcementId',
    'announcementTitle',
    'announcementTime',
    'adjunctUrl',
    'adjunctSize',
    'adjunctType',
  ]);
});

test('finds a stock only by its code and its id together', async () => {
  const client = await webClient();
  const { stockList } = await client.json<{ stockList: readonly { code: string; orgId: string }[] }>(
    '/cninfo/new/data/szse_stock.json',
  );
  const ids = new Map(stockList.map(({ code, orgId }) => [code, orgId]));
  expect([ids.get('600519'), ids.get('000001'), ids.get('920001')]).toEqual([
    'gssh0600519',
    'gssz0000001',
    'gfbj0920001',
  ]);
  // Younger stocks have ids that the code does not tell.
  expect(ids.get('688001')).toMatch(/^99000\d{5}$/);
  const whole = await ask(client);
  const code = String(whole.announcements![0]!['secCode']);
  const found = await ask(client, { stock: `${code},${ids.get(code)!}` });
  expect(found.announcements!.every((item) => item['secCode'] === code)).toBe(true);
  expect((await ask(client, { stock: `${code},gssz9999999` })).totalAnnouncement).toBe(0);
});

test('marks the words that were searched in titles', async () => {
  const { announcements } = await ask(await webClient(), { searchkey: '公告' });
  expect(announcements!.every((item) => String(item['announcementTitle']).includes('<em>公告</em>'))).toBe(
    true,
  );
});

test('packs the answer as the asker says', async () => {
  const client = await webClient();
  for (const encoding of ['br', 'gzip', 'identity']) {
    const headers = { 'accept-encoding': encoding };
    const response = await fetch(`${client.replay.akshareUrl}/cninfo/new/data/szse_stock.json`, { headers });
    expect(response.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
    expect(await response.json()).toHaveProperty('stockList');
  }
});
