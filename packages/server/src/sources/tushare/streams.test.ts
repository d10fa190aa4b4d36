import { plainDay, shanghaiInstant, type DatasetId } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { serveTushare, type TushareReply } from '../../../../../test/conformance/tushareStand.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2020-03-12');

const ofDay = (dataset: DatasetId): Question => ({ shape: 'day', dataset, day: DAY });
const ofAll = (dataset: DatasetId): Question => ({ shape: 'all', dataset, from: DAY, to: DAY });

async function answerTo(question: Question, reply: TushareReply) {
  const { source, calls } = await serveTushare(() => reply);
  const { batches, unreadable } = await source().ask(question, FREE);
  return { rows: batches[0]?.rows ?? [], reasons: unreadable.map(({ reason }) => reason), calls };
}

describe('suspensions of Tushare', () => {
  it('come by day, and join the halts of one stock', async () => {
    const { rows, reasons, calls } = await answerTo(ofDay('suspensions'), {
      fields: ['ts_code', 'trade_date', 'suspend_timing', 'suspend_type'],
      items: [
        ['000029.SZ', '20200312', null, 'S'],
        ['300819.SZ', '20200312', '10:30-11:00', 'S'],
        ['300819.SZ', '20200312', '09:30-10:00', 'S'],
        ['300819.SZ', '20200312', null, 'R'],
      ],
    });
    expect(rows.map((row) => [row.symbol, row.suspend_type, row.timing])).toEqual([
      ['000029.SZ', 'S', null],
      ['300819.SZ', 'S', '09:30-10:00,10:30-11:00'],
      ['300819.SZ', 'R', null],
    ]);
    expect(reasons).toEqual([]);
    expect(calls[0]?.params).toMatchObject({ trade_date: '20200312' });
  });
});

describe('names of Tushare', () => {
  it('come by the days of their announcement, old ones without', async () => {
    const { rows, reasons, calls } = await answerTo(ofAll('name_changes'), {
      fields: ['ts_code', 'name', 'start_date', 'end_date', 'ann_date', 'change_reason'],
      items: [
        ['600848.SH', '上海临港', '20151118', null, '20151117', '改名'],
        ['600848.SH', '自仪股份', '20070514', '20151117', null, '撤销ST'],
        ['600848.SH', '上海临港', '20151118', null, '20151117', '改名'],
        ['600848.SH', '上海临港', '20151118', '20160101', '20151117', '其他'],
        ['600848.SH', '某', null, null, null, null],
      ],
    });
    expect(rows.map(({ name, start_date: start, end_date: end }) => [name, start, end])).toEqual([
      ['上海临港', '2015-11-18', null],
      ['自仪股份', '2007-05-14', '2015-11-17'],
    ]);
    expect(reasons).toEqual(['tushare: start_date is empty', 'tushare: it came twice with different values']);
    expect(calls[0]?.params).toMatchObject({ start_date: '20200312', end_date: '20200312' });
  });
});

describe('news of Tushare', () => {
  const FIELDS = ['datetime', 'content', 'title'];

  it('come from every publisher, with a headline and an id in any case', async () => {
    const { rows, reasons, calls } = await answerTo(ofAll('news'), {
      fields: FIELDS,
      items: [
        ['2020-03-12 09:30:05', '正文', '标题'],
        ['2020-03-12 09:30:05', '【快讯】两市高开。', ''],
        ['2020-03-12 09:30', null, null],
        ['2020-03-12', '正文', '标题'],
      ],
    });
    const ofOne = rows.filter(({ channel }) => channel === 'cls');
    expect(ofOne.map(({ title, content }) => [title, content])).toEqual([
      ['标题', '正文'],
      ['快讯', '【快讯】两市高开。'],
    ]);
    expect(ofOne[0]?.published_at).toBe(shanghaiInstant(DAY, 9 * 60 + 30) + 5000);
    expect(new Set(rows.map(({ news_id: id }) => id)).size).toBe(18);
    expect(new Set(reasons)).toEqual(
      new Set(['tushare: title and content are empty', 'tushare: datetime cannot be read']),
    );
    expect(calls).toHaveLength(9);
    expect(calls[0]?.params).toEqual({
      src: 'sina',
      start_date: '2020-03-12 00:00:00',
      end_date: '2020-03-12 23:59:59',
      limit: '1500',
    });
  });

  it('are read backwards in time where a page is full, and lose nothing of its last second', async () => {
    const times = ['09:00:03', '09:00:02', '09:00:02', '09:00:01', '09:00:00'];
    const all = times.map((time, index) => [`2020-03-12 ${time}`, `第${index}条`, '']);
    const { source, calls } = await serveTushare(({ params }) => {
      if (params.src !== 'sina') return { fields: FIELDS, items: [] };
      const items = all.filter(([time]) => String(time) <= String(params.end_date));
      return { fields: FIELDS, items: items.slice(0, 4), has_more: items.length > 4 };
    });
    const { batches } = await source().ask(ofAll('news'), FREE);
    expect(batches[0]?.rows.map(({ content }) => content)).toEqual(all.map(([, content]) => content));
    expect(calls.slice(0, 3).map(({ params }) => params.end_date)).toEqual([
      '2020-03-12 23:59:59',
      '2020-03-12 09:00:02',
      '2020-03-12 23:59:59',
    ]);
  });

  it('are malformed where pages do not move on, and where they are of another day', async () => {
    const item = ['2020-03-12 09:00:00', '正文', '标题'];
    const stuck = answerTo(ofAll('news'), { fields: FIELDS, items: [item], has_more: true });
    expect((await failureOf(stuck)).code).toBe('malformed');
    const other = answerTo(ofAll('news'), { fields: FIELDS, items: [item.with(0, '2020-03-13 00:00:00')] });
    expect((await failureOf(other)).code).toBe('malformed');
  });
});

describe('announcements of Tushare', () => {
  it('come by day, with an id of their address and a time where it is known', async () => {
    const { rows, calls } = await answerTo(ofDay('announcements'), {
      fields: ['ann_date', 'ts_code', 'name', 'title', 'url', 'rec_time'],
      items: [
        ['20200312', '600590.SH', '泰豪科技', '决议公告', 'http://example.com/1', '2020-03-12 18:00:00'],
        ['20200312', '300504.SZ', '天邑股份', '公告', 'http://example.com/2', null],
        ['20200312', '600590.SH', '泰豪科技', '决议公告', null, null],
      ],
    });
    expect(rows.map((row) => row.published_at)).toEqual([shanghaiInstant(DAY, 18 * 60), null, null]);
    expect(new Set(rows.map((row) => row.announcement_id)).size).toBe(3);
    expect(rows[0]).toMatchObject({ symbol: '600590.SH', ann_date: DAY, title: '决议公告' });
    expect(calls[0]?.params).toMatchObject({ ann_date: '20200312', limit: '2000' });
  });

  it('are malformed where they are of another day', async () => {
    const other = answerTo(ofDay('announcements'), {
      fields: ['ann_date', 'ts_code', 'title'],
      items: [['20200313', '600590.SH', '公告']],
    });
    expect((await failureOf(other)).code).toBe('malformed');
  });
});
