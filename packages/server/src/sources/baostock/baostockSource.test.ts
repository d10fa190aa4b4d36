import { addDays, plainDay, symbolOf, type PlainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../../../../test/conformance/baostockCaptures.ts';
import {
  ASK_STOCKS,
  serveBaostock,
  STOCK,
  STOCK_ROW,
  stockList,
} from '../../../../../test/conformance/baostockStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { refusal, tableAnswer } from '../../../../../test/conformance/loopbackBaostock.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-10');

describe('tables of BaoStock', () => {
  it('give the stocks of both exchanges, without indices, funds and B shares', async () => {
    const { source, requests } = await serveBaostock(
      stockList([
        STOCK,
        ['sh.000001', '上证综合指数', '1991-07-15', '', '2', '1'],
        ['sh.510050', '上证50ETF', '2005-02-23', '', '5', '1'],
        ['sh.900901', '云赛Ｂ股', '1992-02-21', '', '1', '1'],
        ['sh.600001', '邯郸钢铁', '1998-01-22', '2009-12-29', '1', '0'],
        ['bj.920163', '方大新材', '2020-07-27', '', '1', '1'],
        ['sz.000032', '深桑达Ａ', '1993-10-28', '', '1', '9'],
        ['sz.000034', '深桑达Ａ', '1994-05-09', '', '1', '1'],
      ]),
    );
    const answer = await source().ask(ASK_STOCKS, FREE);
    expect(answer.batches[0]?.rows).toEqual([
      STOCK_ROW,
      {
        ...STOCK_ROW,
        symbol: '600001.SH',
        name: '邯郸钢铁',
        list_status: 'D',
        list_date: '1998-01-22',
        delist_date: '2009-12-29',
      },
      { ...STOCK_ROW, symbol: '000034.SZ', name: '深桑达Ａ', exchange: 'XSHE', list_date: '1994-05-09' },
    ]);
    expect(answer.unreadable.map(({ reason }) => reason)).toEqual([
      'baostock: code is no symbol',
      'baostock: status cannot be read',
    ]);
    expect(requests.map(({ method, page, params }) => [method, page, params])).toEqual([
      ['login', expect.anything(), expect.anything()],
      ['query_stock_basic', 1, ['', '']],
    ]);
    expect(answer.calls).toBe(1);
  });

  it('read captured answers to the questions that they were given for', async () => {
    const { source } = await serveBaostock(({ method }) =>
      method.startsWith('query') ? readCapture(method).response : undefined,
    );
    const baostock = source({ tradingDays: () => [plainDay('2023-07-20'), plainDay('2023-07-21')] });
    expect((await baostock.ask(ASK_STOCKS, FREE)).batches[0]?.rows).toEqual([STOCK_ROW]);
    const from = plainDay('2024-01-04');
    const calendar = await baostock.ask({ shape: 'all', dataset: 'trade_calendar', from, to: DAY }, FREE);
    const ofShanghai = calendar.batches[0]?.rows.filter(({ exchange }) => exchange === 'XSHG');
    expect(ofShanghai?.map((row) => [row.cal_date, row.is_open, row.prev_trade_date])).toEqual([
      ['2024-01-04', true, '2024-01-03'],
      ['2024-01-05', true, '2024-01-04'],
      ['2024-01-06', false, '2024-01-05'],
      ['2024-01-07', false, '2024-01-05'],
      ['2024-01-08', true, '2024-01-05'],
      ['2024-01-09', true, '2024-01-08'],
      ['2024-01-10', true, '2024-01-09'],
    ]);
    expect(calendar.batches[0]?.rows.length).toBe(21);
    const factors = await baostock.ask(
      {
        shape: 'symbol',
        dataset: 'adj_factors',
        symbol: symbolOf('600000.SH'),
        from: plainDay('2023-07-20'),
        to: DAY,
      },
      FREE,
    );
    expect(factors.batches[0]?.rows.map((row) => row.adj_factor)).toEqual([1, 11.949786]);
  });

  it('give indices out of the list that holds stocks and funds as well', async () => {
    const { source } = await serveBaostock(
      stockList([
        ['sh.000001', '上证综合指数', '1991-07-15', '', '2', '1'],
        ['sh.000047', '上证全指', '2007-06-01', '2022-08-01', '2', '0'],
        ['sz.399001', '深证成份指数(价格)', '1995-01-23', '', '2', '1'],
        ['sz.39900', '深证成份指数', '1995-01-23', '', '2', '1'],
        ['sz.399002', '', '1995-01-23', '', '2', '1'],
        ['sz.399003', '成份Ｂ指', '1995', '', '2', '1'],
        STOCK,
      ]),
    );
    const answer = await source().ask({ ...ASK_STOCKS, dataset: 'index_basics' }, FREE);
    expect(answer.batches[0]?.rows).toEqual([
      {
        symbol: '000001.SH',
        name: '上证综合指数',
        exchange: 'XSHG',
        list_date: '1991-07-15',
        expire_date: null,
      },
      {
        symbol: '000047.SH',
        name: '上证全指',
        exchange: 'XSHG',
        list_date: '2007-06-01',
        expire_date: '2022-08-01',
      },
      {
        symbol: '399001.SZ',
        name: '深证成份指数(价格)',
        exchange: 'XSHE',
        list_date: '1995-01-23',
        expire_date: null,
      },
    ]);
    expect(answer.unreadable.map(({ reason }) => reason)).toEqual([
      'baostock: code is no symbol',
      'baostock: code_name cannot be read',
      'baostock: ipoDate or outDate cannot be read',
    ]);
  });

  it('read the captured figures of a quarter and the captured dividend, each call counted', async () => {
    const { source, methods } = await serveBaostock(({ method }) =>
      method.startsWith('query') ? readCapture(method).response : undefined,
    );
    const baostock = source();
    const quarter = plainDay('2023-06-30');
    const symbol = symbolOf('600000.SH');
    const figures = await baostock.ask(
      { shape: 'symbol', dataset: 'financials', symbol, from: quarter, to: quarter },
      FREE,
    );
    expect(figures.batches[0]?.rows).toMatchObject([
      { period: quarter, ann_date: '2023-08-31', roe: 3.2797 },
    ]);
    expect(figures.calls).toBe(6);
    const from = plainDay('2022-12-31');
    const dividends = await baostock.ask(
      { shape: 'symbol', dataset: 'dividends', symbol, from, to: quarter },
      FREE,
    );
    expect(dividends.batches[0]?.rows).toMatchObject([
      { period: from, ann_date: '2023-04-19', progress: 'implemented', cash: 0.32, ex_date: '2023-07-21' },
    ]);
    expect(dividends.calls).toBe(1);
    expect(methods().slice(1)).toEqual([
      'query_profit_data',
      'query_operation_data',
      'query_growth_data',
      'query_dupont_data',
      'query_balance_data',
      'query_cash_flow_data',
      'query_dividend_data',
    ]);
  });

  it('make no answer out of half of the queries of a quarter', async () => {
    const { source } = await serveBaostock(({ method }) => {
      if (method === 'query_growth_data') return refusal('10005001', '系统错误');
      return method.startsWith('query') ? readCapture(method).response : undefined;
    });
    const quarter = plainDay('2023-06-30');
    const question = { shape: 'symbol', dataset: 'financials', symbol: symbolOf('600000.SH') } as const;
    const error = await failureOf(source().ask({ ...question, from: quarter, to: quarter }, FREE));
    expect([error.code, error.details.upstreamCode]).toEqual(['transport', '10005001']);
  });

  it('come in pages of 10,000 rows', async () => {
    const from = plainDay('1990-12-19');
    const columns = 'calendar_date,is_trading_day';
    const dates = (first: PlainDay, count: number) =>
      Array.from({ length: count }, (_, index) => [addDays(first, index), '1']);
    const { source, requests } = await serveBaostock((request) => {
      if (request.method === 'login') return undefined;
      return tableAnswer(
        request,
        columns,
        request.page === 1 ? dates(from, 10_000) : dates(addDays(from, 9_999), 3),
      );
    });
    const answer = await source().ask({ shape: 'all', dataset: 'trade_calendar', from, to: DAY }, FREE);
    expect(answer.batches[0]?.rows.length).toBe(3 * 10_002);
    expect(requests.map(({ page }) => page).slice(1)).toEqual([1, 2]);
    const stuck = await serveBaostock((request) =>
      request.method === 'login' ? undefined : tableAnswer(request, columns, dates(from, 10_000)),
    );
    const error = await failureOf(
      stuck.source().ask({ shape: 'all', dataset: 'trade_calendar', from, to: DAY }, FREE),
    );
    expect([error.code, stuck.requests.length]).toEqual(['malformed', 3]);
  });

  it('give bars first or indicators first, by the question, in one call', async () => {
    const columns =
      'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,peTTM,pbMRQ,psTTM,pcfNcfTTM,isST';
    const record = '2024-01-10,sz.000001,9.1,9.2,9.0,9.1,9.1,100,910.00,3,0.1,1,0.0,4,0.5,1,2,0'.split(',');
    const { source } = await serveBaostock((request) =>
      request.method === 'login' ? undefined : tableAnswer(request, columns, [record]),
    );
    const baostock = source();
    for (const [dataset, other] of [
      ['daily_bars', 'daily_basics'],
      ['daily_basics', 'daily_bars'],
    ] as const) {
      const answer = await baostock.ask(
        { shape: 'symbol', dataset, symbol: symbolOf('000001.SZ'), from: DAY, to: DAY },
        FREE,
      );
      expect(answer.batches.map((batch) => [batch.dataset, batch.rows.length])).toEqual([
        [dataset, 1],
        [other, 1],
      ]);
    }
  });

  it('are not asked for stocks of Beijing, nor by day, nor for days in the wrong order', async () => {
    const { source, requests } = await serveBaostock(() => undefined);
    const symbol = symbolOf('920163.BJ');
    const questions: [Question, string][] = [
      [{ shape: 'symbol', dataset: 'daily_bars', symbol, from: DAY, to: DAY }, 'source_lacks_dataset'],
      [{ shape: 'day', dataset: 'daily_bars', day: DAY }, 'source_lacks_dataset'],
      [{ shape: 'all', dataset: 'stock_basics', from: addDays(DAY, 1), to: DAY }, 'day_order'],
    ];
    for (const [question, code] of questions)
      expect((await failureOf(source().ask(question, FREE))).code).toBe(code);
    expect(requests).toEqual([]);
  });
});
