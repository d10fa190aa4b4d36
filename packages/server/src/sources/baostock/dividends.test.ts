import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { createDividendCollector, dividendQuery } from './dividends.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const QUESTION = {
  shape: 'symbol',
  dataset: 'dividends',
  symbol: symbolOf('600000.SH'),
  from: plainDay('2022-12-31'),
  to: plainDay('2023-09-30'),
} as const;

const COLUMNS = [
  'code',
  'dividPreNoticeDate',
  'dividAgmPumDate',
  'dividPlanAnnounceDate',
  'dividPlanDate',
  'dividRegistDate',
  'dividOperateDate',
  'dividPayDate',
  'dividStockMarketDate',
  'dividCashPsBeforeTax',
  'dividCashPsAfterTax',
  'dividStocksPs',
  'dividCashStock',
  'dividReserveToStockPs',
];
/** As it was captured, of 2023. */
const RECORD = [
  'sh.600000',
  '',
  '2023-06-29',
  '2023-04-19',
  '2023-07-13',
  '2023-07-20',
  '2023-07-21',
  '2023-07-21',
  '',
  '0.32',
  '0.288或0.32',
  '0.000000',
  '10派3.2元（含税，扣税后2.88或3.2元）',
  '',
];
const ROW = {
  symbol: '600000.SH',
  period: '2022-12-31',
  ann_date: '2023-04-19',
  progress: 'implemented',
  cash: 0.32,
  cash_after_tax: 0.288,
  bonus: 0,
  transfer: null,
  record_date: '2023-07-20',
  ex_date: '2023-07-21',
  pay_date: '2023-07-21',
  share_list_date: null,
  imp_ann_date: '2023-07-13',
};

const at = (name: string) => COLUMNS.indexOf(name);

function collect(records: readonly string[][]) {
  const collector = createDividendCollector(UPSTREAM, QUESTION);
  const fresh = collector.take({ columns: COLUMNS, pageRows: 10_000, records });
  return { rows: collector.rows, unreadable: collector.unreadable.map(({ reason }) => reason), fresh };
}

describe('dividends of BaoStock', () => {
  it('are asked for by the year of their plan', () => {
    expect(dividendQuery(QUESTION, 2023)).toEqual({
      type: '13',
      method: 'query_dividend_data',
      params: ['sh.600000', '2023', 'report'],
      columnsPart: 10,
    });
  });

  it('come with the least that is left after tax, and the quarter that they are for', () => {
    expect(collect([RECORD, RECORD])).toEqual({ rows: [ROW], unreadable: [], fresh: 1 });
  });

  it.each([
    ['0.32', 0.32],
    ['0.19或0.2或0.18', 0.18],
    ['', null],
  ])('read %j as what is left after tax', (text, sum) => {
    expect(collect([RECORD.with(at('dividCashPsAfterTax'), text)]).rows[0]?.cash_after_tax).toBe(sum);
  });

  it('give shares by ten, and the day on which they trade', () => {
    const split = RECORD.with(at('dividStocksPs'), '0.3')
      .with(at('dividReserveToStockPs'), '0.7')
      .with(at('dividStockMarketDate'), '2023-07-24');
    expect(collect([split]).rows[0]).toMatchObject({
      bonus: 0.3,
      transfer: 0.7,
      share_list_date: '2023-07-24',
    });
  });

  it('are approved, and no more, while nothing says when they are paid', () => {
    const open = RECORD.with(at('dividOperateDate'), '').with(at('dividPayDate'), '');
    expect(collect([open]).rows[0]).toMatchObject({ progress: 'approved', ex_date: null });
  });

  it('leave out quarters that were not asked for', () => {
    const later = RECORD.with(at('dividPlanAnnounceDate'), '2024-03-30');
    expect(collect([later, RECORD]).rows).toEqual([ROW]);
  });

  it('take the earliest other announcement where the plan has no day', () => {
    const old = RECORD.with(at('dividPlanAnnounceDate'), '');
    expect(collect([old]).rows[0]).toMatchObject({ period: '2022-12-31', ann_date: '2023-06-29' });
  });

  it.each([
    ['a day cannot be read', RECORD.with(at('dividPlanAnnounceDate'), 'soon')],
    ['no announcement has a day', [2, 3, 4].reduce((record, place) => record.with(place, ''), RECORD)],
    ['dividCashPsBeforeTax cannot be read', RECORD.with(at('dividCashPsBeforeTax'), '0.3元')],
    ['dividCashPsAfterTax cannot be read', RECORD.with(at('dividCashPsAfterTax'), '0.3或')],
    ['dividOperateDate cannot be read', RECORD.with(at('dividOperateDate'), '2023-02-30')],
  ])('are set aside where %s', (reason, record) => {
    expect(collect([record])).toMatchObject({ rows: [], unreadable: [`baostock: ${reason}`] });
  });

  it('are set aside where a second one was announced on the same day for the same quarter', () => {
    const { rows, unreadable } = collect([RECORD, RECORD.with(at('dividCashPsBeforeTax'), '0.5')]);
    expect(rows).toEqual([ROW]);
    expect(unreadable).toEqual(['baostock: a second dividend was announced on 2023-04-19']);
  });

  it('are malformed for another symbol', () => {
    expect(() => collect([RECORD.with(0, 'sh.600001')])).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
