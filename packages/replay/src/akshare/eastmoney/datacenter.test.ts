import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

type Row = Readonly<Record<string, string | number | null>>;
interface Answer {
  readonly result: null | { readonly pages: number; readonly data: readonly Row[]; readonly count: number };
  readonly success: boolean;
  readonly code: number;
}

async function report(client: WebClient, params: Readonly<Record<string, string>>): Promise<Answer> {
  const query = new URLSearchParams({ columns: 'ALL', pageSize: '500', pageNumber: '1', ...params });
  return client.json<Answer>(`/datacenter/api/data/v1/get?${query.toString()}`);
}

const SUMMARY = 'RPT_LICO_FN_CPD';

test('wants columns, and says in the answer what is wrong', async () => {
  const client = await webClient();
  expect(await report(client, { reportName: SUMMARY, columns: '' })).toEqual({
    version: null,
    result: null,
    success: false,
    message: '返回字段参数不能为空',
    code: 9501,
  });
  expect(await report(client, { reportName: 'RPT_NONE' })).toMatchObject({ result: null, code: 9501 });
  expect(await report(client, { reportName: SUMMARY, filter: "(REPORTDATE='1999-12-31')" })).toMatchObject({
    result: null,
    success: false,
    code: 9201,
  });
});

test('gives one summary for a stock and a period, as last announced', async () => {
  const client = await webClient();
  const answer = await report(client, {
    reportName: SUMMARY,
    filter: `(SECURITY_CODE="600519")`,
    sortColumns: 'REPORTDATE',
    sortTypes: '-1',
  });
  expect(Object.keys(answer)).toEqual(['version', 'result', 'success', 'message', 'code']);
  expect(answer).toMatchObject({ success: true, message: 'ok', code: 0 });
  const rows = answer.result!.data;
  expect(rows.length).toBe(answer.result!.count);
  expect(new Set(rows.map((row) => row['REPORTDATE'])).size).toBe(rows.length);
  expect(Object.keys(rows[0]!).slice(0, 20)).toEqual([
    'SECURITY_CODE',
    'SECURITY_NAME_ABBR',
    'TRADE_MARKET_CODE',
    'TRADE_MARKET',
    'SECURITY_TYPE_CODE',
    'SECURITY_TYPE',
    'UPDATE_DATE',
    'REPORTDATE',
    'BASIC_EPS',
    'DEDUCT_BASIC_EPS',
    'TOTAL_OPERATE_INCOME',
    'PARENT_NETPROFIT',
    'WEIGHTAVG_ROE',
    'YSTZ',
    'SJLTZ',
    'BPS',
    'MGJYXJJE',
    'XSMLL',
    'YSHZ',
    'SJLHZ',
  ]);
  expect(Object.keys(rows[0]!)).toHaveLength(37);
  expect(rows[0]).toMatchObject({ SECURITY_NAME_ABBR: '贵州茅台', SECUCODE: '600519.SH', ISNEW: '1' });
  expect(String(rows[0]!['REPORTDATE'])).toMatch(/^\d{4}-\d\d-\d\d 00:00:00$/);
});

test('pages all stocks of a period, at most 500 rows a page', async () => {
  const client = await webClient();
  const filter = "(REPORTDATE='2022-12-31')";
  const ask = (pageNumber: string, pageSize: string): Promise<Answer> =>
    report(client, {
      reportName: SUMMARY,
      filter,
      sortColumns: 'UPDATE_DATE,SECURITY_CODE',
      sortTypes: '-1,-1',
      pageNumber,
      pageSize,
    });
  const whole = (await ask('1', '9999')).result!;
  const pages = [await ask('1', '2'), await ask('2', '2'), await ask('3', '2')];
  const paged = pages.flatMap(({ result }) => result?.data ?? []);
  expect([whole.pages, pages[0]!.result!.pages]).toEqual([1, Math.ceil(whole.count / 2)]);
  expect(paged).toEqual(whole.data);
  client.replay.addFault({ match: { protocol: 'akshare' }, fault: { kind: 'moved_pages' } });
  const moved = [await ask('1', '2'), await ask('2', '2'), await ask('3', '2')];
  const codes = moved.flatMap(({ result }) => (result?.data ?? []).map((row) => row['SECURITY_CODE']));
  expect([codes.length, new Set(codes).size]).toEqual([whole.count, whole.count - 1]);
});

test('picks columns by name', async () => {
  const answer = await report(await webClient(), {
    reportName: SUMMARY,
    columns: 'SECURITY_CODE,REPORTDATE,NONE',
    filter: `(SECURITY_CODE="600519")(REPORTDATE>='2023-01-01')`,
  });
  expect(Object.keys(answer.result!.data[0]!)).toEqual(['SECURITY_CODE', 'REPORTDATE']);
});

test('tells dividends for ten shares, with their state', async () => {
  const client = await webClient();
  const answer = await report(client, {
    reportName: 'RPT_SHAREBONUS_DET',
    filter: `(SECURITY_CODE="600000")`,
    sortColumns: 'EX_DIVIDEND_DATE',
    sortTypes: '-1',
  });
  const row = answer.result!.data[0]!;
  // The price fell by 50 cents on the ex-date.
  expect(row).toMatchObject({
    SECURITY_CODE: '600000',
    PRETAX_BONUS_RMB: 5,
    BONUS_IT_RATIO: null,
    EX_DIVIDEND_DATE: '2024-01-04 00:00:00',
    ASSIGN_PROGRESS: '实施分配',
    IMPL_PLAN_PROFILE: '10派5.00元(含税)',
  });
  expect(Object.keys(row)).toHaveLength(30);
});

test('tells a suspension with its first and last day and the day of resumption', async () => {
  const client = await webClient();
  const on = async (day: string): Promise<readonly Row[] | undefined> =>
    (
      await report(client, {
        reportName: 'RPT_CUSTOM_SUSPEND_DATA_INTERFACE',
        filter: `(MARKET="全部")(DATETIME='${day}')`,
      })
    ).result?.data;
  const suspended = {
    SECURITY_CODE: '600000',
    SECURITY_NAME_ABBR: '浦发银行',
    SUSPEND_START_TIME: '2024-01-05 09:30:00',
    SUSPEND_END_TIME: '2024-01-05 15:00:00',
    SUSPEND_EXPIRE: '停牌一天',
    PREDICT_RESUME_DATE: '2024-01-08 00:00:00',
  };
  expect(await on('2024-01-05')).toEqual([expect.objectContaining(suspended)]);
  expect(await on('2024-01-08')).toEqual([expect.objectContaining(suspended)]);
  expect(await on('2024-01-04')).toBeUndefined();
});
