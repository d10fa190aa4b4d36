import { plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { serveTushare, TOKEN, type TushareReply } from '../../../../../test/conformance/tushareStand.ts';
import type { Answer, AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2018-07-18');

const BAR_FIELDS = [
  'ts_code',
  'trade_date',
  'open',
  'high',
  'low',
  'close',
  'pre_close',
  'change',
  'pct_chg',
  'vol',
  'amount',
];
const BAR = ['000001.SZ', '20180718', 8.75, 8.85, 8.69, 8.7, 8.72, -0.02, -0.2294, 525152.77, 460697.377];

const dayOf = (dataset: DatasetId): Question => ({ shape: 'day', dataset, day: DAY });

describe('bars of Tushare', () => {
  it('come in canonical columns and units, found by name', async () => {
    const { source, calls } = await serveTushare(() => ({
      fields: BAR_FIELDS.toReversed(),
      items: [BAR.toReversed()],
    }));
    const answer = await source().ask(dayOf('daily_bars'), FREE);
    expect(answer.batches).toEqual([
      {
        dataset: 'daily_bars',
        columns: [
          'symbol',
          'trade_date',
          'open',
          'high',
          'low',
          'close',
          'pre_close',
          'volume',
          'amount',
          'pct_chg',
        ],
        rows: [
          {
            symbol: '000001.SZ',
            trade_date: '2018-07-18',
            open: 8.75,
            high: 8.85,
            low: 8.69,
            close: 8.7,
            pre_close: 8.72,
            volume: 52515277,
            amount: 460697377,
            pct_chg: -0.2294,
          },
        ],
      },
    ]);
    expect([answer.calls, answer.suspended, answer.unreadable]).toEqual([1, [], []]);
    expect(answer.bytes).toBeGreaterThan(0);
    expect(calls[0]).toEqual({
      path: '/',
      api_name: 'daily',
      token: TOKEN,
      params: { trade_date: '20180718', offset: '0', limit: '6000' },
      fields: 'ts_code,trade_date,open,high,low,close,pre_close,vol,amount,pct_chg',
    });
  });

  it('are asked for by symbol over a range', async () => {
    const { source, calls } = await serveTushare(() => ({ fields: BAR_FIELDS, items: [BAR] }));
    const symbol = symbolOf('000001.SZ');
    await source().ask({ shape: 'symbol', dataset: 'daily_bars', symbol, from: DAY, to: DAY }, FREE);
    expect(calls[0]?.params).toMatchObject({
      ts_code: '000001.SZ',
      start_date: '20180718',
      end_date: '20180718',
    });
  });

  it('come by the path of the interface where the address ends in /dataapi', async () => {
    const { source, url, calls } = await serveTushare(() => ({ fields: [], items: [] }));
    await source({ baseUrl: `${url}/dataapi/` }).ask(dayOf('daily_bars'), FREE);
    expect(calls[0]?.path).toBe('/dataapi/daily');
  });

  it('set a row aside that cannot be read, with the reason, and keep the others', async () => {
    const bad = (at: number, cell: unknown) => BAR.with(0, '000002.SZ').with(at, cell as string);
    const items = [
      BAR,
      bad(2, 'n/a'),
      bad(9, null),
      bad(1, '2018718'),
      bad(0, 'T00018.SH'),
      bad(3, { a: 1 }),
      bad(9, 1e300),
    ];
    const { source } = await serveTushare(() => ({ fields: BAR_FIELDS, items }));
    const { batches, unreadable } = await source().ask(dayOf('daily_bars'), FREE);
    expect(batches[0]?.rows.map((row) => row.symbol)).toEqual(['000001.SZ']);
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      'tushare: open cannot be read',
      'tushare: vol is empty',
      'tushare: trade_date cannot be read',
      'tushare: "T00018.SH" is no symbol',
      'tushare: high cannot be read',
      'tushare: vol cannot be read',
    ]);
    expect(unreadable[0]?.raw).toContain('"n/a"');
  });

  it('leave out B shares', async () => {
    const { source } = await serveTushare(() => ({
      fields: BAR_FIELDS,
      items: [BAR.with(0, '900901.SH'), BAR.with(0, '200011.SZ'), BAR],
    }));
    const { batches, unreadable } = await source().ask(dayOf('daily_bars'), FREE);
    expect([batches[0]?.rows.length, unreadable]).toEqual([1, []]);
  });

  it('are malformed when another day or symbol comes, or a column is missing', async () => {
    const symbol = symbolOf('000001.SZ');
    const ofSymbol: Question = { shape: 'symbol', dataset: 'daily_bars', symbol, from: DAY, to: DAY };
    const cases: [Question, TushareReply][] = [
      [dayOf('daily_bars'), { fields: BAR_FIELDS, items: [BAR.with(1, '20180719')] }],
      [ofSymbol, { fields: BAR_FIELDS, items: [BAR.with(0, '000002.SZ')] }],
      [dayOf('daily_bars'), { fields: BAR_FIELDS.with(2, 'opening'), items: [BAR] }],
    ];
    for (const [question, reply] of cases) {
      const { source } = await serveTushare(() => reply);
      expect((await failureOf(source().ask(question, FREE))).code).toBe('malformed');
    }
  });

  it('are malformed over pages that moved, since a row that comes twice stands for one that never came', async () => {
    const symbols = Array.from({ length: 5 }, (_, index) => `00000${index + 1}.SZ`);
    const page = (from: number, to: number, close: number) =>
      symbols.slice(from, to).map((name) => BAR.with(0, name).with(5, close));
    for (const close of [8.7, 8.71]) {
      const moving = await serveTushare(({ params }) =>
        params.offset === '0'
          ? { fields: BAR_FIELDS, items: page(0, 3, 8.7), has_more: true }
          : { fields: BAR_FIELDS, items: page(2, 5, close), has_more: false },
      );
      expect((await failureOf(moving.source().ask(dayOf('daily_bars'), FREE))).code).toBe('malformed');
    }
  });

  it('are never anything but canonical or refused, whatever the cells are', async () => {
    let items: unknown[][] = [];
    const { source } = await serveTushare(() => ({ fields: BAR_FIELDS, items }));
    const cell = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('20180718', '000001.SZ', '1.5', 'NaN', '', '１２'),
      fc.double(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(10), cell), { maxLength: 4 }), async (changes) => {
        items = [changes.reduce<unknown[]>((row, [at, value]) => row.with(at, value), BAR)];
        const answer = await source()
          .ask(dayOf('daily_bars'), FREE)
          .catch((error: unknown) => error);
        if (answer instanceof Error) {
          expect(answer).toMatchObject({ code: 'malformed' });
          return;
        }
        const { batches, unreadable } = answer as Answer;
        for (const row of batches[0]?.rows ?? []) {
          const { symbol, trade_date, pct_chg, volume, ...prices } = row;
          expect(symbol).toMatch(/^\d{6}\.(SH|SZ|BJ)$/);
          expect(trade_date).toBe(DAY);
          expect(Number.isSafeInteger(volume)).toBe(true);
          expect(pct_chg === null || Number.isFinite(pct_chg)).toBe(true);
          for (const value of Object.values(prices)) expect(Number.isFinite(value)).toBe(true);
        }
        expect((batches[0]?.rows.length ?? 0) + unreadable.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('other tables of Tushare', () => {
  it('give indicators with shares and market values in canonical units', async () => {
    const { source } = await serveTushare(() => ({
      fields: [
        'ts_code',
        'trade_date',
        'close',
        'turnover_rate',
        'turnover_rate_f',
        'pe',
        'total_share',
        'free_share',
        'total_mv',
      ],
      items: [['000001.SZ', '20180718', 8.7, 0.3121, 0.5, null, 1717041.1366, 723450.7021, 14938257.8884]],
    }));
    const { batches } = await source().ask(dayOf('daily_basics'), FREE);
    expect(batches[0]).toEqual({
      dataset: 'daily_basics',
      columns: [
        'symbol',
        'trade_date',
        'turnover_rate',
        'turnover_rate_free',
        'pe',
        'total_share',
        'free_share',
        'total_mv',
      ],
      rows: [
        {
          symbol: '000001.SZ',
          trade_date: '2018-07-18',
          turnover_rate: 0.3121,
          turnover_rate_free: 0.5,
          pe: null,
          total_share: 17170411366,
          free_share: 7234507021,
          total_mv: 149382578884,
        },
      ],
    });
  });

  it('give the factor of each day', async () => {
    const { source, calls } = await serveTushare(() => ({
      fields: ['ts_code', 'trade_date', 'adj_factor'],
      items: [['000001.SZ', '20180718', 108.031]],
    }));
    const { batches } = await source().ask(dayOf('adj_factors'), FREE);
    expect(batches[0]?.rows).toEqual([
      { symbol: '000001.SZ', trade_date: '2018-07-18', adj_factor: 108.031 },
    ]);
    expect(calls[0]?.api_name).toBe('adj_factor');
  });

  it('give stocks of every status, once each', async () => {
    const fields = ['ts_code', 'name', 'exchange', 'list_status', 'list_date', 'delist_date', 'is_hs'];
    const lists: Record<string, unknown[][]> = {
      L: [
        ['000001.SZ', '平安银行', 'SZSE', 'L', '19910403', null, 'S'],
        ['920163.BJ', '方大新材', 'BSE', 'L', '20200727', null, 'N'],
      ],
      D: [
        ['600001.SH', '邯郸钢铁', 'SSE', 'D', '19980122', '20091229', 'N'],
        ['000001.SZ', '平安银行', 'SZSE', 'D', '19910403', null, 'S'],
      ],
      P: [],
      G: [
        ['301999.SZ', '待上市', 'SZSE', 'G', null, null, ''],
        ['600002.SH', '假', 'SZSE', 'G', null, null, ''],
      ],
    };
    const { source, calls } = await serveTushare(({ params }) => ({
      fields,
      items: lists[params.list_status ?? ''] ?? [],
    }));
    const { batches, unreadable } = await source().ask(
      { shape: 'all', dataset: 'stock_basics', from: DAY, to: DAY },
      FREE,
    );
    const rest = { connect: 'N', delist_date: null };
    expect(batches[0]?.rows).toEqual([
      {
        ...rest,
        symbol: '000001.SZ',
        name: '平安银行',
        exchange: 'XSHE',
        list_status: 'L',
        list_date: '1991-04-03',
        connect: 'S',
        board: 'main',
      },
      {
        ...rest,
        symbol: '920163.BJ',
        name: '方大新材',
        exchange: 'XBSE',
        list_status: 'L',
        list_date: '2020-07-27',
        board: 'bse',
      },
      {
        ...rest,
        symbol: '600001.SH',
        name: '邯郸钢铁',
        exchange: 'XSHG',
        list_status: 'D',
        list_date: '1998-01-22',
        delist_date: '2009-12-29',
        board: 'main',
      },
      {
        ...rest,
        symbol: '301999.SZ',
        name: '待上市',
        exchange: 'XSHE',
        list_status: 'G',
        list_date: null,
        connect: null,
        board: 'chinext',
      },
    ]);
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      'tushare: 600002.SH is not of XSHE',
      'tushare: on the lists L and D at once',
    ]);
    expect(calls.map(({ api_name: api, params }) => params.list_status ?? api)).toEqual([
      'L',
      'D',
      'P',
      'G',
      'bse_mapping',
    ]);
  });

  it('give the calendars of Shanghai and Shenzhen, and that of Shanghai again for Beijing', async () => {
    const { source, calls } = await serveTushare(({ params }) => ({
      fields: ['exchange', 'cal_date', 'is_open', 'pretrade_date'],
      items: [
        [params.exchange, '20180718', 1, '20180717'],
        [params.exchange, '19901219', '1', null],
      ].slice(0, 1),
    }));
    const { batches } = await source().ask(
      { shape: 'all', dataset: 'trade_calendar', from: DAY, to: DAY },
      FREE,
    );
    const day = { cal_date: '2018-07-18', is_open: true, prev_trade_date: '2018-07-17' };
    expect(batches[0]?.rows).toEqual([
      { exchange: 'XSHG', ...day },
      { exchange: 'XSHE', ...day },
      { exchange: 'XBSE', ...day },
    ]);
    expect(calls.map(({ params }) => [params.exchange, params.start_date, params.end_date])).toEqual([
      ['SSE', '20180718', '20180718'],
      ['SZSE', '20180718', '20180718'],
    ]);
  });
});
