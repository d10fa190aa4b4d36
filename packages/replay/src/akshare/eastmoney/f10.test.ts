import { expect, test } from 'vitest';
import { webClient, type WebClient } from '../../../test/askWeb.ts';

type Row = Readonly<Record<string, string | number | null>>;
interface Answer {
  readonly $type?: string;
  readonly data?: readonly Row[];
}

const BASE = '/f10/PC_HSF10/NewFinanceAnalysis';

async function ask(
  client: WebClient,
  name: string,
  params: Readonly<Record<string, string>>,
): Promise<Answer> {
  const query = new URLSearchParams({ companyType: '4', reportDateType: '0', reportType: '1', ...params });
  return client.json<Answer>(`${BASE}/${name}?${query.toString()}`);
}

test('says the company type in a page, by the industry', async () => {
  const client = await webClient();
  const typeOf = async (code: string): Promise<unknown> =>
    /id="hidctype"[^>]*value="(\d)"/.exec(
      (await client.ask(`${BASE}/Index?type=web&code=${code}`)).text,
    )?.[1];
  expect([await typeOf('sh600519'), await typeOf('sz000001')]).toEqual(['4', '3']);
  expect((await client.ask(`${BASE}/Index?type=web&code=sh999999`)).status).toBe(404);
});

test('lists the dates of reports, newest first', async () => {
  const client = await webClient();
  const dates = (await ask(client, 'zcfzbDateAjaxNew', { code: 'SH600519' })).data!;
  expect(dates[0]).toMatchObject({
    SECUCODE: '600519.SH',
    REPORT_TYPE: expect.stringMatching(/报$/) as string,
  });
  const days = dates.map((row) => String(row['REPORT_DATE']));
  expect(days).toEqual(days.toSorted().reverse());
  const years = (await ask(client, 'lrbDateAjaxNew', { code: 'SH600519', reportDateType: '1' })).data!;
  expect(years.every((row) => String(row['REPORT_DATE']).includes('-12-31 '))).toBe(true);
});

test('gives three statements of at most five dates with the change against the year before', async () => {
  const client = await webClient();
  const dates = '2023-09-30,2023-06-30,2023-03-31,2022-12-31,2022-09-30,2022-06-30';
  for (const [name, column] of [
    ['zcfzbAjaxNew', 'TOTAL_ASSETS'],
    ['lrbAjaxNew', 'TOTAL_OPERATE_INCOME'],
    ['xjllbAjaxNew', 'NETCASH_OPERATE'],
  ] as const) {
    const rows = (await ask(client, name, { code: 'SH600519', dates })).data!;
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ REPORT_DATE: '2023-09-30 00:00:00', CURRENCY: 'CNY' });
    const before = rows.find((row) => row['REPORT_DATE'] === '2022-09-30 00:00:00')!;
    const growth = (Number(rows[0]![column]) / Number(before[column]) - 1) * 100;
    expect(rows[0]![`${column}_YOY`]).toBeCloseTo(Number(before[column]) > 0 ? growth : -growth, 6);
  }
});

test('gives nothing but a type for another company type, an unknown stock and dates without a report', async () => {
  const client = await webClient();
  const dates = '2023-06-30';
  for (const params of [
    { code: 'SZ000001', dates },
    { code: 'SH999999', dates },
    { code: 'SH600519', dates: '1999-12-31' },
  ]) {
    expect(await ask(client, 'lrbAjaxNew', params)).toEqual({ $type: '1' });
  }
  const bank = (await ask(client, 'lrbAjaxNew', { code: 'SZ000001', dates, companyType: '3' })).data![0]!;
  expect(bank).toMatchObject({ ORG_TYPE: '银行', OPERATE_INCOME: expect.any(Number) as number });
  expect(bank).not.toHaveProperty('TOTAL_OPERATE_INCOME');
});
