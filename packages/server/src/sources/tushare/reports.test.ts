import { plainDay, symbolOf, type Row } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { serveTushare, type TushareCall } from '../../../../../test/conformance/tushareStand.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const SYMBOL = symbolOf('600000.SH');
const QUARTERS = { from: plainDay('2017-12-31'), to: plainDay('2018-03-31') };
const FINANCIALS: Question = { shape: 'symbol', dataset: 'financials', symbol: SYMBOL, ...QUARTERS };
const DIVIDENDS: Question = { shape: 'symbol', dataset: 'dividends', symbol: SYMBOL, ...QUARTERS };

type Cells = Readonly<Record<string, unknown>>;

/** Answers each interface with the rows given for it. */
async function answerTo(question: Question, tables: Readonly<Record<string, readonly Cells[]>>) {
  const { source, calls } = await serveTushare(({ api_name: api }) => {
    const rows = tables[api] ?? [];
    const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { fields, items: rows.map((row) => fields.map((field) => row[field] ?? null)) };
  });
  const { batches, unreadable } = await source().ask(question, FREE);
  return {
    rows: batches[0]?.rows ?? [],
    reasons: unreadable.map(({ reason }) => reason),
    calls: calls as readonly TushareCall[],
  };
}

const INCOME: Cells = {
  ts_code: '600000.SH',
  ann_date: '20180428',
  f_ann_date: '20180428',
  end_date: '20180331',
  report_type: '1',
  comp_type: '2',
  end_type: '1',
  basic_eps: 0.46,
  total_revenue: 41986000000,
  n_income: 14500000000.5,
  int_income: 61500000000,
  fin_exp: null,
  update_flag: '0',
};

describe('financial reports of Tushare', () => {
  it('are four statements, each with its figures and every item that has a value', async () => {
    const identity = { ts_code: '600000.SH', ann_date: '20180428', end_date: '20180331' };
    const { rows, reasons, calls } = await answerTo(FINANCIALS, {
      income: [INCOME],
      balancesheet: [{ ...INCOME, basic_eps: null, total_assets: 5, total_liab: 3, money_cap: 1 }],
      cashflow: [{ ...INCOME, n_cashflow_act: -7 }],
      fina_indicator: [{ ...identity, roe_waa: 3.28, update_flag: '1', tr_yoy: -1.5 }],
    });
    expect(reasons).toEqual([]);
    expect(rows.map(({ statement }) => statement)).toEqual(['income', 'balance', 'cashflow', 'indicators']);
    expect(rows[0]).toMatchObject({
      symbol: '600000.SH',
      period: '2018-03-31',
      ann_date: '2018-04-28',
      f_ann_date: null,
      report_type: '1',
      update_flag: '0',
      company_type: '2',
      revenue: 41986000000,
      net_profit: 14500000000.5,
      total_assets: null,
      items:
        '{"basic_eps":0.46,"int_income":61500000000,"n_income":14500000000.5,"total_revenue":41986000000}',
    });
    expect(rows[3]).toMatchObject({ roe: 3.28, revenue_yoy: -1.5, report_type: '1', update_flag: '1' });
    expect(calls.map(({ api_name: api, params }) => [api, params.start_date, params.end_date])).toEqual([
      ['income', '20171231', undefined],
      ['balancesheet', '20171231', undefined],
      ['cashflow', '20171231', undefined],
      ['fina_indicator', '20171231', '20180331'],
    ]);
    expect(calls[1]?.fields.split(',').length).toBe(158);
    expect(calls[3]?.params.limit).toBe('100');
  });

  it('are passed over for periods that were not asked for, and malformed for another company', async () => {
    const later = { ...INCOME, end_date: '20180630', ann_date: '20180830' };
    expect((await answerTo(FINANCIALS, { income: [later, INCOME] })).rows).toHaveLength(1);
    const other = answerTo(FINANCIALS, { income: [{ ...INCOME, ts_code: '600001.SH' }] });
    expect((await failureOf(other)).code).toBe('malformed');
  });

  it('are known from the day of their announcement, or else from the actual one; or are set aside', async () => {
    const { rows, reasons } = await answerTo(FINANCIALS, {
      income: [
        { ...INCOME, ann_date: '20180428', f_ann_date: '20190427', update_flag: '1' },
        { ...INCOME, ann_date: null, f_ann_date: '20180430' },
        { ...INCOME, ann_date: null, f_ann_date: null },
        { ...INCOME, ann_date: '2018042' },
      ],
    });
    expect(rows.map((row) => [row.ann_date, row.f_ann_date, row.update_flag])).toEqual([
      ['2018-04-28', '2019-04-27', '1'],
      ['2018-04-30', null, '0'],
    ]);
    expect(reasons).toEqual(['tushare: ann_date is empty', 'tushare: ann_date cannot be read']);
  });

  it('come once where Tushare sends a report twice: the first stays, a differing one is set aside', async () => {
    const { rows, reasons } = await answerTo(FINANCIALS, {
      income: [INCOME, INCOME, { ...INCOME, n_income: null }],
    });
    expect(rows.map(({ net_profit: profit }) => profit)).toEqual([14500000000.5]);
    expect(reasons).toEqual(['tushare: it came twice with different values']);
  });

  it('are set aside with an item that is no number', async () => {
    const { rows, reasons } = await answerTo(FINANCIALS, { income: [{ ...INCOME, int_income: '6l5' }] });
    expect([rows, reasons]).toEqual([[], ['tushare: int_income cannot be read']]);
  });
});

const DIVIDEND: Cells = {
  ts_code: '600000.SH',
  end_date: '20171231',
  ann_date: '20180428',
  div_proc: '实施',
  stk_div: 0.3,
  stk_bo_rate: 0.1,
  stk_co_rate: 0.2,
  cash_div: 0.09,
  cash_div_tax: 0.1,
  record_date: '20180711',
  ex_date: '20180712',
  pay_date: '20180712',
  div_listdate: null,
  imp_ann_date: '20180705',
  base_share: 2935208.0397,
  update_flag: '0',
};

describe('dividends of Tushare', () => {
  it('come with shares a share, whole shares and our words for their progress', async () => {
    const words = ['实施', '预案', '股东大会通过', '停止实施'];
    const { rows, calls } = await answerTo(DIVIDENDS, {
      dividend: words.map((word) => ({ ...DIVIDEND, div_proc: word })),
    });
    expect(rows.map(({ progress }) => progress)).toEqual([
      'implemented',
      'proposal',
      'approved',
      'cancelled',
    ]);
    expect(rows[0]).toEqual({
      symbol: '600000.SH',
      period: '2017-12-31',
      ann_date: '2018-04-28',
      progress: 'implemented',
      cash: 0.1,
      cash_after_tax: 0.09,
      bonus: 0.1,
      transfer: 0.2,
      record_date: '2018-07-11',
      ex_date: '2018-07-12',
      pay_date: '2018-07-12',
      share_list_date: null,
      imp_ann_date: '2018-07-05',
      base_shares: 29352080397,
    } satisfies Row);
    expect([calls.length, calls[0]?.params.ts_code]).toEqual([1, '600000.SH']);
  });

  it('find what is missing of the shares, and the day of announcement, in other columns', async () => {
    const parts = [
      { stk_bo_rate: null },
      { stk_co_rate: null },
      { stk_bo_rate: null, stk_co_rate: null },
      { stk_div: null, stk_bo_rate: null, stk_co_rate: null, ann_date: null },
    ];
    const { rows } = await answerTo(DIVIDENDS, {
      dividend: parts.map((part, index) => ({ ...DIVIDEND, ann_date: `2018042${index}`, ...part })),
    });
    expect(rows.map(({ bonus, transfer }) => [bonus, transfer])).toEqual([
      [0.1, 0.2],
      [0.1, 0.2],
      [0.3, 0],
      [null, null],
    ]);
    expect(rows[3]?.ann_date).toBe('2018-07-05');
  });

  it('keep the corrected row, whichever comes first, and set words aside that are not known', async () => {
    const { rows, reasons } = await answerTo(DIVIDENDS, {
      dividend: [
        DIVIDEND,
        { ...DIVIDEND, cash_div_tax: 0.2, update_flag: '1' },
        { ...DIVIDEND, div_proc: '待定' },
        { ...DIVIDEND, div_proc: '不分配' },
        { ...DIVIDEND, end_date: '20181231' },
        { ...DIVIDEND, div_proc: '预案', ann_date: null, imp_ann_date: null },
      ],
    });
    expect(rows.map(({ cash }) => cash)).toEqual([0.2]);
    expect(reasons).toEqual(['tushare: div_proc is no word for progress', 'tushare: ann_date is empty']);
  });
});
