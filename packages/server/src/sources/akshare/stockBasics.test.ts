import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import {
  HANG_UP,
  serveAkshare,
  type AkshareCall,
  type AkshareReply,
} from '../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { workbookOf } from '../../../../../test/conformance/workbook.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-05');
const LIST: Question = { shape: 'all', dataset: 'stock_basics', from: DAY, to: DAY };

const SSE: Record<string, readonly object[]> = {
  '1': [{ A_STOCK_CODE: '600519', SEC_NAME_CN: '贵州茅台', LIST_DATE: '20010827', DELIST_DATE: '-' }],
  '8': [{ A_STOCK_CODE: '688981', SEC_NAME_CN: '中芯国际', LIST_DATE: '20200716' }],
  '1,2,8': [
    {
      COMPANY_CODE: '600001',
      COMPANY_ABBR: '邯郸钢铁',
      A_STOCK_CODE: '-',
      LIST_DATE: '19980122',
      DELIST_DATE: '20091229',
    },
    {
      COMPANY_CODE: '600602',
      COMPANY_ABBR: '仪电B股',
      A_STOCK_CODE: '-',
      B_STOCK_CODE: '900901',
      LIST_DATE: '19920221',
      DELIST_DATE: '20200101',
    },
    // Moved to another board, and listed still.
    {
      COMPANY_CODE: '600519',
      COMPANY_ABBR: '贵州茅台',
      A_STOCK_CODE: '600519',
      LIST_DATE: '20010827',
      DELIST_DATE: '20100101',
    },
  ],
};

const SZSE: Record<string, Buffer> = {
  '1110': workbookOf([
    ['板块', 'A股代码', 'A股简称', 'A股上市日期'],
    ['主板', '1', '平安银行', '1991-04-03'],
    ['主板', '', '', ''],
  ]),
  '1793_ssgs': workbookOf([
    ['证券代码', '证券简称', '上市日期', '终止上市日期'],
    ['000003', 'PT金田Ａ', '1991-07-03', '2002-06-14'],
    ['200003', 'PT金田B', '1993-06-29', '2002-06-14'],
  ]),
};

const BSE = [
  { xxzqdm: '920163', xxzqjc: '方大新材', fxssrq: '20200727' },
  { xxzqdm: '920819', xxzqjc: '颖泰生物', fxssrq: '20200727' },
];

function official({ origin, query, form }: AkshareCall): AkshareReply {
  if (origin === 'sse') return { result: SSE[query['STOCK_TYPE'] ?? ''] };
  if (origin === 'szse') return SZSE[query['CATALOGID'] ?? ''] ?? 404;
  const page = Number(form['page']);
  return origin === 'bse'
    ? `null(${JSON.stringify([{ totalPages: 2, content: BSE.slice(page, page + 1) }])})`
    : 502;
}

const CLIST = [
  { f12: '600519', f13: 1, f14: '贵州茅台', f26: 20010827 },
  { f12: '000001', f13: 0, f14: '平安银行', f26: 19910403 },
  { f12: '920163', f13: 0, f14: '方大新材', f26: 20200727 },
  { f12: '900901', f13: 1, f14: '云赛B股', f26: 19920221 },
];
const listing = (diff: readonly object[]) => ({ rc: 0, data: { total: diff.length, diff } });

async function ask(clist: AkshareReply, rest: (call: AkshareCall) => AkshareReply = official) {
  const { source, calls } = await serveAkshare((call) => (call.origin === 'push2' ? clist : rest(call)));
  const trouble: string[] = [];
  const routeFailed = async ({
    code,
    details,
  }: {
    code: string;
    details: Readonly<Record<string, unknown>>;
  }) => void trouble.push(`${code} ${String(details['host'])}`);
  const context = { ...FREE, routeFailed };
  const answer = await source().ask(LIST, context);
  return { rows: answer.batches[0]?.rows ?? [], answer, calls, trouble };
}

const brief = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map((row) => [row['symbol'], row['list_status'], row['list_date'], row['delist_date']].join(' '));

describe('the stock list', () => {
  it('holds the listed stocks of Eastmoney and the delisted ones of the exchanges', async () => {
    const { rows, answer, calls } = await ask(listing(CLIST));
    expect(brief(rows)).toEqual([
      '600519.SH L 2001-08-27 ',
      '000001.SZ L 1991-04-03 ',
      '920163.BJ L 2020-07-27 ',
      '600001.SH D 1998-01-22 2009-12-29',
      '000003.SZ D 1991-07-03 2002-06-14',
    ]);
    expect(rows[2]).toMatchObject({ name: '方大新材', exchange: 'XBSE', board: 'bse' });
    expect([answer.unreadable, answer.calls]).toEqual([[], 3]);
    expect(calls.find(({ origin }) => origin === 'sse')?.referer).toContain('sse.com.cn');
  });

  it('takes first days from the exchanges where Eastmoney has none', async () => {
    const unknown = CLIST.map((each) => ({ ...each, f26: '-' }));
    const { rows, answer } = await ask(listing([...unknown, { f12: '301999', f13: 0, f14: '新股' }]));
    expect(brief(rows).slice(0, 4)).toEqual([
      '600519.SH L 2001-08-27 ',
      '000001.SZ L 1991-04-03 ',
      '920163.BJ L 2020-07-27 ',
      '301999.SZ G  ',
    ]);
    expect(answer.calls).toBe(8);
  });

  it('comes from the exchanges alone where Eastmoney fails', async () => {
    const { rows, trouble } = await ask(HANG_UP);
    expect(brief(rows)).toEqual([
      '600519.SH L 2001-08-27 ',
      '688981.SH L 2020-07-16 ',
      '000001.SZ L 1991-04-03 ',
      '920163.BJ L 2020-07-27 ',
      '920819.BJ L 2020-07-27 ',
      '600001.SH D 1998-01-22 2009-12-29',
      '000003.SZ D 1991-07-03 2002-06-14',
    ]);
    expect(trouble).toEqual(['transport eastmoney_push2']);
  });

  it('is none without the delisted ones', async () => {
    const error = await failureOf(ask(listing(CLIST), () => 503));
    expect([error.code, error.details['host']]).toEqual(['transport', 'sse']);
  });

  it('sets lines aside that cannot be read', async () => {
    const { answer } = await ask(listing([...CLIST, { f12: 'x', f13: 0, f14: '?', f26: 20200101 }]), (call) =>
      call.origin === 'sse'
        ? { result: [{ A_STOCK_CODE: '600002', SEC_NAME_CN: '齐鲁', LIST_DATE: 'soon' }] }
        : official(call),
    );
    expect(answer.unreadable).toHaveLength(2);
  });
});

describe('names of stocks', () => {
  it('last to the day before the next, and are those that began in the range', async () => {
    const sheet = workbookOf([
      ['变更日期', '证券代码', '证券简称', '变更前简称', '变更后简称'],
      ['2012-08-02', '1', '平安银行', '深发展A', '平安银行'],
      ['2007-06-20', '000001', '平安银行', 'S深发展A', '深发展A'],
      ['2006-10-09', '000001', '平安银行', 'G深发展A', 'S深发展A'],
      ['2020-01-01', '200002', '万科B', 'a', 'b'],
      ['soon', '000004', 'a', 'b', 'c'],
    ]);
    const { source } = await serveAkshare(() => sheet);
    const range = { from: plainDay('2007-01-01'), to: plainDay('2024-01-01') };
    const { batches, unreadable } = await source().ask(
      { shape: 'all', dataset: 'name_changes', ...range },
      FREE,
    );
    expect(batches[0]?.rows).toEqual([
      { symbol: '000001.SZ', start_date: '2007-06-20', name: '深发展A', end_date: '2012-08-01' },
      { symbol: '000001.SZ', start_date: '2012-08-02', name: '平安银行', end_date: null },
    ]);
    expect(unreadable).toHaveLength(1);
  });
});
