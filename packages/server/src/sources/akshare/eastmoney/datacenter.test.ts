import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DIVIDENDS: Question = { shape: 'day', dataset: 'dividends', day: plainDay('2023-12-31') };
const SUSPENSIONS: Question = { shape: 'day', dataset: 'suspensions', day: plainDay('2024-01-05') };

const table = (data: readonly object[], count = data.length, pages = 1) => ({
  version: 'x',
  success: true,
  message: 'ok',
  code: 0,
  result: { pages, count, data },
});
const NONE = { success: false, message: '返回数据为空', code: 9201, result: null };

async function ask(question: Question, reply: (page: number) => AkshareReply) {
  const { source, calls } = await serveAkshare(({ query }) => reply(Number(query['pageNumber'])));
  const answer = await source().ask(question, FREE);
  return { ...answer, rows: answer.batches[0]?.rows ?? [], calls };
}

const DIVIDEND = {
  SECURITY_CODE: '600519',
  REPORT_DATE: '2023-12-31 00:00:00',
  PLAN_NOTICE_DATE: '2024-04-03 00:00:00',
  NOTICE_DATE: '2024-06-13 00:00:00',
  ASSIGN_PROGRESS: '实施分配',
  PRETAX_BONUS_RMB: 308.76,
  BONUS_RATIO: null,
  IT_RATIO: 1.5,
  EQUITY_RECORD_DATE: '2024-06-18 00:00:00',
  EX_DIVIDEND_DATE: '2024-06-19 00:00:00',
  TOTAL_SHARES: 1256197800,
};

describe('tables of the data center', () => {
  it('are put together from their pages', async () => {
    const of = (code: string) => ({ ...DIVIDEND, SECURITY_CODE: code });
    const { rows, calls } = await ask(DIVIDENDS, (page) =>
      table(page === 1 ? [of('600519')] : [of('000001'), of('900901')], 3, 2),
    );
    expect(rows.map((row) => row['symbol'])).toEqual(['600519.SH', '000001.SZ']);
    expect(calls[1]?.query).toMatchObject({
      reportName: 'RPT_SHAREBONUS_DET',
      columns: 'ALL',
      filter: "(REPORT_DATE='2023-12-31')",
      pageSize: '500',
      pageNumber: '2',
    });
  });

  it('are empty where there are no rows', async () => {
    expect((await ask(DIVIDENDS, () => NONE)).rows).toEqual([]);
  });

  it.each<[string, (page: number) => AkshareReply]>([
    ['lack rows', () => table([DIVIDEND], 2)],
    ['change between pages', (page) => table([DIVIDEND], page + 2, 2)],
    ['have an empty page', (page) => table(page === 1 ? [] : [DIVIDEND], 1, 2)],
    ['have more pages than any', () => table([DIVIDEND], 1, 1_000_000)],
    ['are of another quarter', () => table([{ ...DIVIDEND, REPORT_DATE: '2022-12-31 00:00:00' }])],
    ['are no rows', () => table([['x']])],
  ])('that %s are malformed', async (_, reply) => {
    expect((await failureOf(ask(DIVIDENDS, reply))).code).toBe('malformed');
  });

  it('are refused with the code of the refusal', async () => {
    const error = await failureOf(
      ask(DIVIDENDS, () => ({ success: false, code: 9501, message: '返回字段参数不能为空' })),
    );
    expect([error.code, error.details['upstreamCode'], error.details['host']]).toEqual([
      'upstream_refused',
      9501,
      'eastmoney_datacenter',
    ]);
  });
});

describe('dividends of Eastmoney', () => {
  it('are given for a share, though they come for ten', async () => {
    const { rows } = await ask(DIVIDENDS, () => table([DIVIDEND]));
    expect(rows).toEqual([
      {
        symbol: '600519.SH',
        period: '2023-12-31',
        ann_date: '2024-04-03',
        progress: 'implemented',
        imp_ann_date: '2024-06-13',
        cash: 30.876,
        bonus: null,
        transfer: 0.15,
        record_date: '2024-06-18',
        ex_date: '2024-06-19',
        base_shares: 1_256_197_800,
      },
    ]);
  });

  it.each([
    ['董事会决议通过', 'proposal'],
    ['预案', 'proposal'],
    ['股东大会决议通过', 'approved'],
    ['股东大会未通过', 'cancelled'],
    ['取消分配', 'cancelled'],
    ['不分配', 'proposal'],
  ])('that are %s are a %s', async (words, progress) => {
    const { rows } = await ask(DIVIDENDS, () => table([{ ...DIVIDEND, ASSIGN_PROGRESS: words }]));
    expect(rows[0]).toMatchObject({ progress, imp_ann_date: null });
  });

  it('are set aside where they cannot be read, or say two things of one key', async () => {
    const odd = [
      { ...DIVIDEND, PRETAX_BONUS_RMB: 1 },
      { ...DIVIDEND, SECURITY_CODE: 'x' },
      { ...DIVIDEND, ASSIGN_PROGRESS: '?' },
      { ...DIVIDEND, PLAN_NOTICE_DATE: 'soon', NOTICE_DATE: null },
      { ...DIVIDEND, PRETAX_BONUS_RMB: 'ten' },
    ];
    const { rows, unreadable } = await ask(DIVIDENDS, () => table([DIVIDEND, DIVIDEND, ...odd]));
    expect([rows.length, unreadable.length]).toEqual([1, 5]);
  });
});

const SUSPENSION = {
  SECURITY_CODE: '600027',
  SUSPEND_START_TIME: '2024-01-04 09:30:00',
  SUSPEND_END_TIME: null,
  SUSPEND_EXPIRE: '连续停牌',
  SUSPEND_REASON: '筹划重大资产重组',
  SUSPEND_START_DATE: '2024-01-04 00:00:00',
  PREDICT_RESUME_DATE: null,
};

describe('suspensions of Eastmoney', () => {
  const only = async (change: object) => {
    const { rows, suspended } = await ask(SUSPENSIONS, () => table([{ ...SUSPENSION, ...change }]));
    return [
      rows.map((row) => `${String(row['suspend_type'])} ${String(row['timing'])}`).join(),
      suspended.length,
    ];
  };

  it('name the stock, the day and the reason, and that there is no bar', async () => {
    const { rows, suspended, calls } = await ask(SUSPENSIONS, () =>
      table([SUSPENSION, { ...SUSPENSION, SECURITY_CODE: '113001' }]),
    );
    expect(rows).toEqual([
      {
        symbol: '600027.SH',
        trade_date: '2024-01-05',
        suspend_type: 'S',
        timing: null,
        reason: '筹划重大资产重组',
      },
    ]);
    expect(suspended).toEqual([{ symbol: '600027.SH', day: '2024-01-05' }]);
    expect(calls[0]?.query['filter']).toBe(`(MARKET="全部")(DATETIME='2024-01-05')`);
  });

  it.each([
    [
      'that end on the day',
      { SUSPEND_END_TIME: '2024-01-05 15:00:00', PREDICT_RESUME_DATE: '2024-01-08 00:00:00' },
      ['S null', 1],
    ],
    ['that ended before', { SUSPEND_END_TIME: '2024-01-04 15:00:00' }, ['', 0]],
    [
      'that begin later',
      { SUSPEND_START_DATE: '2024-01-08 00:00:00', SUSPEND_START_TIME: '2024-01-08 09:30:00' },
      ['', 0],
    ],
    ['after which it trades again', { PREDICT_RESUME_DATE: '2024-01-05 00:00:00' }, ['R null', 0]],
    [
      'of half an hour',
      {
        SUSPEND_START_DATE: '2024-01-05 00:00:00',
        SUSPEND_START_TIME: '2024-01-05 10:05:00',
        SUSPEND_END_TIME: '2024-01-05 10:35:00',
      },
      ['S 10:05-10:35', 0],
    ],
    [
      'of one whole day',
      {
        SUSPEND_START_DATE: '2024-01-05 00:00:00',
        SUSPEND_START_TIME: '2024-01-05 09:30:00',
        SUSPEND_END_TIME: '2024-01-05 15:00:00',
      },
      ['S null', 1],
    ],
  ])('%s are told apart', async (_, change, expected) => {
    expect(await only(change)).toEqual(expected);
  });
});
