import { readFileSync } from 'node:fs';
import { plainDay, symbolOf } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { type BaostockClient, baostockClient, decodeAnswer } from '../../test/baostockClient.ts';
import { runReplay } from '../../test/runReplay.ts';
import type { DividendFact } from '../world/facts.ts';
import { openWorld, type World } from '../world/openWorld.ts';
import { sampleFolder } from '../world/sampleFolder.ts';

const sample = await openWorld(sampleFolder());
const SYMBOL = symbolOf('600000.SH');
const folderOf = (api: string): URL => new URL(`../../../../test/fixtures/baostock/${api}/`, import.meta.url);
const capture = (api: string) => ({
  request: readFileSync(new URL('request.bin', folderOf(api))),
  response: readFileSync(new URL('response.bin', folderOf(api))),
});

async function connected(world: World = sample): Promise<BaostockClient> {
  const client = await baostockClient((await runReplay({ world })).baostockUrl);
  await client.login();
  return client;
}

/** The sample under another symbol, with other dividends. */
function worldOf(dividends: readonly DividendFact[]): World {
  const known = { ...sample.baostock.instruments[0]!, symbol: SYMBOL };
  return {
    ...sample,
    baostock: { ...sample.baostock, instrument: (symbol) => (symbol === SYMBOL ? known : undefined) },
    facts: { ...sample.facts, dividends: () => dividends },
  };
}

const INTERFACES = [
  ['17', 'query_profit_data'],
  ['19', 'query_operation_data'],
  ['21', 'query_growth_data'],
  ['23', 'query_dupont_data'],
  ['25', 'query_balance_data'],
  ['27', 'query_cash_flow_data'],
] as const;

test.each(INTERFACES)('answers %s in the form of the captured answer', async (_, api) => {
  const client = await connected(worldOf([]));
  const { request, response } = capture(api);
  const captured = decodeAnswer(response);
  const answer = await client.send(request);
  expect(answer.type).toBe(captured.type);
  expect(answer.parts.with(6, '')).toEqual(captured.parts.with(6, ''));
});

test('states figures of a quarter in fractions and yuan, as first announced', async () => {
  const client = await connected();
  const symbol = symbolOf('000001.SZ');
  const [report] = sample.facts.reports(symbol).filter(({ period }) => period === '2023-06-30');
  const of = async (type: string, api: string): Promise<string[]> =>
    (await client.rows(type, api, ['sz.000001', '2023', '2']))[0]!;
  const profit = await of('17', 'query_profit_data');
  expect(profit.slice(0, 3)).toEqual(['sz.000001', report!.announced, '2023-06-30']);
  expect(profit.slice(3, 7).map(Number)).toEqual([
    expect.closeTo(report!.roe / 100, 9),
    expect.closeTo(report!.netMargin / 100, 9),
    expect.closeTo(report!.grossMargin / 100, 9),
    report!.netProfit,
  ]);
  expect(profit[3]).toMatch(/^-?\d+\.\d{6}$/);
  expect(profit[9]).toBe(`${report!.totalShare}.00`);
  const balance = await of('25', 'query_balance_data');
  expect(Number(balance[7])).toBeCloseTo(report!.debtToAssets / 100, 9);
});

test('has no row for quarters that are not announced and for stocks that it does not know', async () => {
  const client = await connected();
  expect(await client.rows('17', 'query_profit_data', ['sz.000001', '2024', '4'])).toEqual([]);
  expect(await client.rows('17', 'query_profit_data', ['sz.999999', '2023', '2'])).toEqual([]);
  expect(await client.rows('13', 'query_dividend_data', ['sz.999999', '2023', 'report'])).toEqual([]);
});

test('answers the captured question about dividends as the captured answer does', async () => {
  const { request, response } = capture('query_dividend_data');
  const dividend: DividendFact = {
    period: plainDay('2022-12-31'),
    announced: plainDay('2023-04-19'),
    cash: 0.32,
    bonus: 0,
    transfer: 0,
    carriedOut: {
      announced: plainDay('2023-07-13'),
      recordDay: plainDay('2023-07-20'),
      exDay: plainDay('2023-07-21'),
      payDay: plainDay('2023-07-21'),
    },
  };
  const client = await connected(worldOf([dividend]));
  const { raw, parts } = await client.send(request);
  const captured = decodeAnswer(response);
  // The day of the meeting is drawn, and with it comes another checksum.
  const [meeting = ''] = (JSON.parse(parts[6]!) as { record: string[][] }).record[0]!.slice(2);
  expect(meeting).toMatch(/^2023-0[567]-\d\d$/);
  expect(parts).toEqual(captured.parts.with(6, captured.parts[6]!.replace('2023-06-29', meeting)));
  expect(raw.subarray(0, 21)).toEqual(response.subarray(0, 21));
});

test('finds dividends by the year of the plan and by the year of the ex-day, once they are decided', async () => {
  const dividend = (announced: string, exDay: string, more: Partial<DividendFact> = {}): DividendFact => ({
    period: plainDay('2022-12-31'),
    announced: plainDay(announced),
    cash: 0,
    bonus: 0.1,
    transfer: 0.4,
    carriedOut: {
      announced: plainDay(exDay),
      recordDay: plainDay(exDay),
      exDay: plainDay(exDay),
      payDay: plainDay(exDay),
    },
    ...more,
  });
  const client = await connected(
    worldOf([
      dividend('2023-12-20', '2024-01-19'),
      dividend('2023-04-19', '2023-07-21', { cash: 0.25 }),
      dividend('2023-08-19', '2023-09-21', { carriedOut: undefined }),
    ]),
  );
  const rows = (year: string, type: string): Promise<string[][]> =>
    client.rows('13', 'query_dividend_data', ['sh.600000', year, type]);
  expect((await rows('2023', 'report')).map((row) => row[3])).toEqual(['2023-12-20', '2023-04-19']);
  expect((await rows('2024', 'operate')).map((row) => row[3])).toEqual(['2023-12-20']);
  const [plain, cash] = await rows('2023', 'report');
  expect(plain!.slice(8)).toEqual(['2024-01-19', '', '', '0.100000', '10送1股转4股', '0.400000']);
  expect(cash!.slice(9)).toEqual([
    '0.25',
    '0.225或0.25',
    '0.100000',
    '10送1股转4股派2.5元（含税，扣税后2.25或2.5元）',
    '0.400000',
  ]);
});

test.each([
  ['10004011', '17', 'query_profit_data', ['600000', '2023', '2']],
  ['10004006', '17', 'query_profit_data', ['sh.600000', '23', '2']],
  ['10004006', '17', 'query_profit_data', ['sh.600000', '2023', '5']],
  ['10004006', '13', 'query_dividend_data', ['sh.600000', '', 'report']],
  ['10004006', '13', 'query_dividend_data', ['sh.600000', '2023', 'paid']],
])('refuses a question with %s', async (code, type, api, params) => {
  const client = await connected();
  const { parts } = await client.ask(type, api, 'anonymous', '1', '10000', ...params);
  expect(parts[0]).toBe(code);
});
