import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

interface Article {
  readonly date: string;
  readonly title: string;
  readonly url: string;
}
interface Notices {
  readonly data: {
    readonly list: readonly {
      readonly art_code: string;
      readonly notice_date: string;
      readonly codes: readonly unknown[];
    }[];
    readonly total_hits: number;
  };
}

async function search(client: WebClient, keyword: string, page: number, size: number): Promise<string> {
  const options = { pageIndex: page, pageSize: size, preTag: '<em>', postTag: '</em>' };
  const asked = { uid: '', keyword, type: ['cmsArticleWebOld'], param: { cmsArticleWebOld: options } };
  const query = new URLSearchParams({ cb: 'jQuery3510_1', param: JSON.stringify(asked), _: '2' });
  return (await client.ask(`/emsearch/search/jsonp?${query.toString()}`)).text;
}

function articles(text: string): readonly Article[] {
  const value = JSON.parse(text.slice(text.indexOf('(') + 1, -1)) as {
    result: { cmsArticleWebOld: readonly Article[] };
  };
  return value.result.cmsArticleWebOld;
}

test('calls back with the news about a code, newest first', async () => {
  const client = await webClient();
  const text = await search(client, '600519', 1, 100);
  expect(text).toMatch(/^jQuery3510_1\(\{.*\}\)$/);
  const all = articles(text);
  expect(all.length).toBeGreaterThan(1);
  expect(Object.keys(all[0]!)).toEqual(['date', 'image', 'code', 'mediaName', 'title', 'content', 'url']);
  const dates = all.map(({ date }) => date);
  expect(dates).toEqual(dates.toSorted().reverse());
  expect(dates[0]).toMatch(/^2024-01-\d\d \d\d:\d\d:\d\d$/);
  expect(articles(await search(client, '600519', 2, 1))).toEqual([all[1]]);
  expect(articles(await search(client, '999999', 1, 10))).toEqual([]);
});

test('pages announcements of a stretch of days by stock', async () => {
  const client = await webClient();
  const ask = (params: Readonly<Record<string, string>>): Promise<Notices> => {
    const query = new URLSearchParams({
      sr: '-1',
      page_size: '100',
      page_index: '1',
      ann_type: 'A',
      client_source: 'web',
      f_node: '0',
      s_node: '0',
      begin_time: '2024-01-02',
      end_time: '2024-01-04',
      ...params,
    });
    return client.json<Notices>(`/emnotice/api/security/ann?${query.toString()}`);
  };
  const { data } = await ask({});
  expect(data.total_hits).toBe(data.list.length);
  expect(data.list[0]!.codes).toHaveLength(1);
  expect(new Set(data.list.map(({ notice_date: day }) => day.slice(0, 10)))).toEqual(
    new Set(['2024-01-02', '2024-01-03', '2024-01-04']),
  );
  const second = await ask({ page_size: '1', page_index: '2' });
  expect([second.data.list[0], second.data.total_hits]).toEqual([data.list[1], data.total_hits]);
  const one = await ask({ stock_list: '600519', begin_time: '', end_time: '' });
  expect(one.data.list.every(({ codes }) => JSON.stringify(codes).includes('"600519"'))).toBe(true);
});
