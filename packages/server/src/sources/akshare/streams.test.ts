import { plainDay, shanghaiInstant, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import {
  serveAkshare,
  type AkshareCall,
  type AkshareReply,
} from '../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-05');
const NEWS: Question = {
  shape: 'symbol',
  dataset: 'news',
  symbol: symbolOf('600519.SH'),
  from: plainDay('2024-01-03'),
  to: DAY,
};
const ANNOUNCEMENTS: Question = { shape: 'day', dataset: 'announcements', day: DAY };

async function ask(question: Question, reply: (call: AkshareCall) => AkshareReply) {
  const { source, calls } = await serveAkshare(reply);
  const answer = await source().ask(question, FREE);
  return { ...answer, rows: answer.batches[0]?.rows ?? [], calls };
}

const article = (code: string, date: string, rest: object = {}) => ({
  date,
  code,
  title: '<em>贵州茅台</em>：提价',
  content: '1月5日，\r\n　<em>贵州茅台</em>公告',
  mediaName: '证券时报',
  image: '',
  ...rest,
});
const jsonp = (articles: readonly object[]) =>
  `news(${JSON.stringify({ code: 0, result: { cmsArticleWebOld: articles } })})`;
const pageOf = ({ query }: AkshareCall): number =>
  JSON.parse(query['param'] ?? '{}').param.cmsArticleWebOld.pageIndex;

describe('news of Eastmoney', () => {
  it('name their stock and the time at which they appeared, in plain text', async () => {
    const articles = [
      article('2', '2024-01-08 09:00:00'),
      article('1', '2024-01-05 19:40:15'),
      article('0', '2024-01-02 08:00:00'),
    ];
    const { rows, calls } = await ask(NEWS, () => jsonp(articles));
    expect(rows).toEqual([
      {
        news_id: '1',
        published_at: shanghaiInstant(DAY, 19 * 60 + 40) + 15_000,
        title: '贵州茅台：提价',
        summary: '1月5日， 贵州茅台公告',
        url: 'http://finance.eastmoney.com/a/1.html',
        channel: '证券时报',
        symbols: '["600519.SH"]',
      },
    ]);
    expect(JSON.parse(calls[0]?.query['param'] ?? '')).toMatchObject({
      keyword: '600519',
      type: ['cmsArticleWebOld'],
    });
  });

  it('are read back to the first day of the range, page by page', async () => {
    const full = (page: number, date: string) =>
      Array.from({ length: 100 }, (_, at) => article(`${page}-${at}`, date));
    const { rows, calls } = await ask(NEWS, (call) =>
      jsonp(full(pageOf(call), `2024-01-0${6 - pageOf(call)} 10:00:00`)),
    );
    expect([rows.length, calls.length]).toEqual([300, 4]);
  });

  it('end where pages repeat', async () => {
    const full = Array.from({ length: 100 }, (_, at) => article(`${at}`, '2024-01-05 10:00:00'));
    const { rows, calls } = await ask(NEWS, () => jsonp(full));
    expect([rows.length, calls.length]).toEqual([100, 2]);
  });

  it('are set aside where they cannot be read', async () => {
    const { rows, unreadable } = await ask(NEWS, () =>
      jsonp([
        article('1', 'today'),
        article('', '2024-01-05 10:00:00'),
        article('2', '2024-01-05 10:00:00', { title: null }),
      ]),
    );
    expect([rows, unreadable.length]).toEqual([[], 3]);
  });

  it('are none where nothing is found', async () => {
    expect((await ask(NEWS, () => 'news({"code":0,"result":null})')).rows).toEqual([]);
  });
});

const filing = (id: string, rest: object = {}) => ({
  secCode: '600519',
  secName: '贵州茅台',
  announcementId: id,
  announcementTitle: '关于回购的公告',
  announcementTime: shanghaiInstant(DAY, 0),
  adjunctUrl: `finalpage/2024-01-05/${id}.PDF`,
  announcementTypeName: null,
  ...rest,
});
const filings = (
  announcements: readonly object[] | null,
  totalAnnouncement = announcements?.length ?? 0,
) => ({ totalAnnouncement, announcements });

const notice = (id: string, rest: object = {}) => ({
  art_code: id,
  title: '贵州茅台:关于回购的公告',
  notice_date: '2024-01-05 00:00:00',
  display_time: '2024-01-04 18:01:05:123',
  codes: [{ stock_code: '600519', ann_type: 'A,SHA', short_name: '贵州茅台' }],
  columns: [{ column_name: '回购' }],
  ...rest,
});
const notices = (list: readonly object[], total = list.length) => ({
  data: { list, total_hits: total },
  success: 1,
});

describe('announcements', () => {
  it('come from CNINFO with the address of their document', async () => {
    const later = { announcementTime: shanghaiInstant(DAY, 18 * 60) };
    const { rows, calls } = await ask(ANNOUNCEMENTS, () =>
      filings([filing('1'), filing('2', later), filing('3', { secCode: '113001' })]),
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      announcement_id: '1',
      symbol: '600519.SH',
      ann_date: '2024-01-05',
      title: '关于回购的公告',
      type: null,
      name: '贵州茅台',
      url: 'http://static.cninfo.com.cn/finalpage/2024-01-05/1.PDF',
      published_at: null,
    });
    expect(rows[1]).toMatchObject({ published_at: shanghaiInstant(DAY, 18 * 60) });
    expect(calls[0]?.form).toMatchObject({
      column: 'szse',
      seDate: '2024-01-05~2024-01-05',
      pageNum: '1',
      pageSize: '30',
    });
  });

  it('are read page by page until all came', async () => {
    const { rows, calls } = await ask(ANNOUNCEMENTS, ({ form }) => {
      const first = (Number(form['pageNum']) - 1) * 30;
      return filings(
        Array.from({ length: Math.min(30, 70 - first) }, (_, at) => filing(`${first + at}`)),
        70,
      );
    });
    expect([rows.length, calls.length]).toEqual([70, 3]);
  });

  it('of several stocks in one document are that of the first, and the others set aside', async () => {
    const both = [filing('1'), filing('1', { secCode: '000001' })];
    const { rows, unreadable } = await ask(ANNOUNCEMENTS, () => filings(both));
    expect([rows.length, unreadable.length]).toEqual([1, 1]);
  });

  it('are none on a day without any', async () => {
    expect((await ask(ANNOUNCEMENTS, () => filings(null))).rows).toEqual([]);
  });

  it.each<[string, (call: AkshareCall) => AkshareReply]>([
    ['whose pages repeat', () => filings([filing('1')], 2)],
    ['that end too early', ({ form }) => filings(form['pageNum'] === '1' ? [filing('1')] : [], 3)],
    [
      'whose number changes',
      ({ form }) => filings([filing(form['pageNum'] ?? '')], 2 + Number(form['pageNum'])),
    ],
    [
      'of another day',
      () => filings([filing('1', { announcementTime: shanghaiInstant(plainDay('2024-01-04'), 0) })]),
    ],
  ])('%s are malformed', async (_, reply) => {
    expect((await failureOf(ask(ANNOUNCEMENTS, reply))).code).toBe('malformed');
  });

  it('are set aside where they cannot be read', async () => {
    const odd = [
      filing('1', { announcementTitle: '' }),
      filing('2', { announcementTime: 'x' }),
      filing('3', { announcementTime: 1e300 }),
      // no code of anything, where one of a bond is passed over
      filing('4', { secCode: '600519\0' }),
    ];
    expect((await ask(ANNOUNCEMENTS, () => filings(odd))).unreadable).toHaveLength(4);
  });

  it('come from Eastmoney where CNINFO fails, or shows less than there are', async () => {
    for (const refusal of [503, filings([filing('1')], 3001)]) {
      const { rows, calls } = await ask(ANNOUNCEMENTS, ({ origin }) =>
        origin === 'cninfo' ? refusal : notices([notice('AN1')]),
      );
      expect(rows).toEqual([
        {
          announcement_id: 'AN1',
          symbol: '600519.SH',
          ann_date: '2024-01-05',
          title: '贵州茅台:关于回购的公告',
          type: '回购',
          name: '贵州茅台',
          url: 'https://data.eastmoney.com/notices/detail/600519/AN1.html',
          published_at: shanghaiInstant(plainDay('2024-01-04'), 18 * 60 + 1) + 5000,
        },
      ]);
      expect(calls.at(-1)?.query).toMatchObject({
        ann_type: 'A',
        begin_time: '2024-01-05',
        end_time: '2024-01-05',
      });
    }
  });

  it.each<[string, object]>([
    ['repeat', notices([notice('AN1')], 2)],
    ['are of another day', notices([notice('AN1', { notice_date: '2024-01-06 00:00:00' })])],
  ])('of Eastmoney that %s are malformed', async (_, reply) => {
    expect(
      (await failureOf(ask(ANNOUNCEMENTS, ({ origin }) => (origin === 'cninfo' ? 503 : reply)))).code,
    ).toBe('malformed');
  });
});
