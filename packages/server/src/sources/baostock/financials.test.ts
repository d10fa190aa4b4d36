import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../../../../test/conformance/baostockCaptures.ts';
import {
  createReportCollector,
  FINANCIAL_COLUMNS,
  REPORT_INTERFACES,
  reportQuarters,
  reportQuery,
} from './financials.ts';
import { FrameReader } from './frameReader.ts';
import { readPage, readReply, type BaostockPage } from './reply.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const PERIOD = plainDay('2023-06-30');
const QUESTION = {
  shape: 'symbol',
  dataset: 'financials',
  symbol: symbolOf('600000.SH'),
  from: PERIOD,
  to: PERIOD,
} as const;

/** The captured answer of an interface about the second quarter of 2023. */
function captured(method: string): BaostockPage {
  const { body = '' } = new FrameReader(UPSTREAM).push(readCapture(method).response) ?? {};
  const reply = readReply(UPSTREAM, body, method);
  if (reply.kind === 'refused') throw new Error(reply.message);
  return readPage(UPSTREAM, reply.parts, 1, 10);
}

type Change = (page: BaostockPage, method: string) => BaostockPage;

function collect(change: Change = (page) => page) {
  const collector = createReportCollector(UPSTREAM, QUESTION);
  for (const each of REPORT_INTERFACES)
    collector.take(each, PERIOD, change(captured(each.method), each.method));
  return { rows: collector.rows, unreadable: collector.unreadable.map(({ reason }) => reason) };
}

/** Changes one cell of the answer of one interface. */
const cell =
  (of: string, name: string, text: string): Change =>
  (page, method) =>
    method === of
      ? { ...page, records: page.records.map((record) => record.with(page.columns.indexOf(name), text)) }
      : page;

describe('financial figures of BaoStock', () => {
  it('are asked for quarter by quarter, six times', () => {
    expect(reportQuarters({ ...QUESTION, from: plainDay('2022-12-31') })).toEqual([
      '2022-12-31',
      '2023-03-31',
      '2023-06-30',
    ]);
    expect(REPORT_INTERFACES.map((each) => reportQuery(each, QUESTION, PERIOD).type)).toEqual([
      '17',
      '19',
      '21',
      '23',
      '25',
      '27',
    ]);
    expect(reportQuery(REPORT_INTERFACES[0]!, QUESTION, PERIOD).params).toEqual(['sh.600000', '2023', '2']);
  });

  it('are one row, in percent and yuan, with every item as it came', () => {
    const { rows, unreadable } = collect();
    expect(unreadable).toEqual([]);
    expect(rows.length).toBe(1);
    expect(Object.keys(rows[0]!)).toEqual(FINANCIAL_COLUMNS);
    const { items, ...row } = rows[0]!;
    expect(row).toEqual({
      symbol: '600000.SH',
      period: '2023-06-30',
      statement: 'indicators',
      ann_date: '2023-08-31',
      report_type: '1',
      update_flag: '0',
      roe: 3.2797,
      net_margin: 25.8851,
      gross_margin: null,
      net_profit: 23_615_000_000,
      net_profit_yoy: -23.3181,
      current_ratio: null,
      quick_ratio: null,
      debt_to_assets: 91.9275,
    });
    expect(JSON.parse(String(items))).toEqual({
      roeAvg: 0.032797,
      npMargin: 0.258851,
      netProfit: 23615000000,
      epsTTM: 1.503636,
      MBRevenue: 167814000000,
      totalShare: 29352175421,
      liqaShare: 29352175421,
      AssetTurnRatio: 0.010345,
      YOYEquity: 0.040577,
      YOYAsset: 0.050148,
      YOYNI: -0.228167,
      YOYEPSBasic: -0.24,
      YOYPNI: -0.233181,
      dupontROE: 0.032797,
      dupontAssetStoEquity: 12.500014,
      dupontAssetTurn: 0.010345,
      dupontPnitoni: 0.979801,
      dupontNitogr: 0.258851,
      dupontTaxBurden: 0.888885,
      YOYLiability: 0.051119,
      liabilityToAsset: 0.919275,
      assetToEquity: 12.387695,
      CFOToOR: 0.53147,
      CFOToNP: 2.053187,
      CFOToGr: 0.53147,
    });
  });

  it('are a row for each announcement', () => {
    const { rows } = collect(cell('query_balance_data', 'pubDate', '2023-10-28'));
    expect(rows.map((row) => [row.ann_date, row.roe, row.debt_to_assets])).toEqual([
      ['2023-08-31', 3.2797, null],
      ['2023-10-28', null, 91.9275],
    ]);
  });

  it('are none where BaoStock has nothing', () => {
    expect(collect((page) => ({ ...page, records: [] })).rows).toEqual([]);
  });

  it.each([
    ['query_profit_data', 'roeAvg', 'n/a', 'roeAvg cannot be read'],
    ['query_dupont_data', 'dupontROE', '1e5', 'dupontROE cannot be read'],
    ['query_balance_data', 'pubDate', '', 'pubDate or statDate cannot be read'],
    ['query_balance_data', 'statDate', '2023', 'pubDate or statDate cannot be read'],
  ])('are no row at all where %s sends %s as %j', (method, name, text, reason) => {
    expect(collect(cell(method, name, text))).toEqual({ rows: [], unreadable: [`baostock: ${reason}`] });
  });

  it('count a record that comes again once', () => {
    const collector = createReportCollector(UPSTREAM, QUESTION);
    const [profit] = REPORT_INTERFACES;
    const page = captured('query_profit_data');
    expect([collector.take(profit!, PERIOD, page), collector.take(profit!, PERIOD, page)]).toEqual([1, 0]);
  });

  it.each<[string, Change]>([
    ['another symbol', cell('query_growth_data', 'code', 'sh.600001')],
    ['another quarter', cell('query_growth_data', 'statDate', '2023-09-30')],
    [
      'two records of one announcement',
      (page) => ({
        ...page,
        records: [...page.records, ...page.records.map((record) => record.with(-1, '9'))],
      }),
    ],
    ['a column twice', (page) => ({ ...page, columns: page.columns.with(-1, 'statDate') })],
    ['a column without a name', (page) => ({ ...page, columns: page.columns.with(-1, '') })],
  ])('are malformed with %s', (_, change) => {
    expect(() => collect(change)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
