import { addDays, AppError, plainDay, symbolOf, type PlainDay } from '@tapekeeper/core';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readCapture } from '../../../../../test/conformance/baostockCaptures.ts';
import { UNHURRIED } from '../../../../../test/conformance/deadlines.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import {
  loginAnswer,
  logoutAnswer,
  refusal,
  startLoopbackBaostock,
  tableAnswer,
  textAnswer,
  type BaostockRequest,
} from '../../../../../test/conformance/loopbackBaostock.ts';
import { systemClock } from '../../clock.ts';
import type { AskContext, Question } from '../../ports/source.ts';
import { createBaostockSource, type BaostockOptions } from './baostockSource.ts';

type Reply = Buffer | ((socket: Socket) => void);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A server that greets and answers with what `reply` gives; without an own word it logs anyone in and out. */
async function serve(reply: (request: BaostockRequest, count: number) => Reply | undefined) {
  const requests: BaostockRequest[] = [];
  const server = await startLoopbackBaostock((request, socket) => {
    requests.push(request);
    const answer = reply(request, requests.length) ?? greeting(request);
    if (typeof answer === 'function') answer(socket);
    else socket.write(answer);
  });
  closers.push(server.close);
  return { ...server, requests, methods: () => requests.map(({ method }) => method) };
}

function greeting({ method }: BaostockRequest): Buffer {
  return method === 'login' ? loginAnswer() : logoutAnswer();
}

function source(address: string, rest: Partial<BaostockOptions> = {}) {
  const made = createBaostockSource({ address, clock: systemClock, tradingDays: () => [], timeouts: UNHURRIED, ...rest });
  closers.push(made.close);
  return made;
}

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-10');
const STOCKS: Question = { shape: 'all', dataset: 'stock_basics', from: DAY, to: DAY };
const STOCK_COLUMNS = 'code, code_name, ipoDate, outDate, type, status';
const STOCK = ['sh.600000', '浦发银行', '1999-11-10', '', '1', '1'];

const stocks = (records: readonly string[][]) => (request: BaostockRequest) =>
  request.method === 'query_stock_basic' ? tableAnswer(request, STOCK_COLUMNS, records) : undefined;

const CANONICAL = {
  symbol: '600000.SH', name: '浦发银行', exchange: 'XSHG', board: 'main', list_status: 'L', list_date: '1999-11-10', delist_date: null,
};

describe('tables of BaoStock', () => {
  it('give the stocks of both exchanges, without indices, funds and B shares', async () => {
    const { address, requests } = await serve(
      stocks([
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
    const answer = await source(address).ask(STOCKS, FREE);
    expect(answer.batches[0]?.rows).toEqual([
      CANONICAL,
      { ...CANONICAL, symbol: '600001.SH', name: '邯郸钢铁', list_status: 'D', list_date: '1998-01-22', delist_date: '2009-12-29' },
      { ...CANONICAL, symbol: '000034.SZ', name: '深桑达Ａ', exchange: 'XSHE', list_date: '1994-05-09' },
    ]);
    expect(answer.unreadable.map(({ reason }) => reason)).toEqual(['baostock: code is no symbol', 'baostock: status cannot be read']);
    expect(requests.map(({ method, page, params }) => [method, page, params])).toEqual([
      ['login', expect.anything(), expect.anything()],
      ['query_stock_basic', 1, ['', '']],
    ]);
    expect(answer.calls).toBe(2);
  });

  it('read captured answers to the questions that they were given for', async () => {
    const { address } = await serve(({ method }) => (method.startsWith('query') ? readCapture(method).response : undefined));
    const baostock = source(address, { tradingDays: () => [plainDay('2023-07-20'), plainDay('2023-07-21')] });
    expect((await baostock.ask(STOCKS, FREE)).batches[0]?.rows).toEqual([CANONICAL]);
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
      { shape: 'symbol', dataset: 'adj_factors', symbol: symbolOf('600000.SH'), from: plainDay('2023-07-20'), to: DAY },
      FREE,
    );
    expect(factors.batches[0]?.rows.map((row) => row.adj_factor)).toEqual([1, 11.949786]);
  });

  it('come in pages of 10,000 rows', async () => {
    const from = plainDay('1990-12-19');
    const columns = 'calendar_date,is_trading_day';
    const dates = (first: PlainDay, count: number) => Array.from({ length: count }, (_, index) => [addDays(first, index), '1']);
    const { address, requests } = await serve((request) => {
      if (request.method === 'login') return undefined;
      return tableAnswer(request, columns, request.page === 1 ? dates(from, 10_000) : dates(addDays(from, 9_999), 3));
    });
    const answer = await source(address).ask({ shape: 'all', dataset: 'trade_calendar', from, to: DAY }, FREE);
    expect(answer.batches[0]?.rows.length).toBe(3 * 10_002);
    expect(requests.map(({ page }) => page).slice(1)).toEqual([1, 2]);
    const stuck = await serve((request) => (request.method === 'login' ? undefined : tableAnswer(request, columns, dates(from, 10_000))));
    const error = await failureOf(source(stuck.address).ask({ shape: 'all', dataset: 'trade_calendar', from, to: DAY }, FREE));
    expect([error.code, stuck.requests.length]).toEqual(['malformed', 3]);
  });

  it('give bars first or indicators first, by the question, in one call', async () => {
    const columns = 'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,peTTM,pbMRQ,psTTM,pcfNcfTTM,isST';
    const record = '2024-01-10,sz.000001,9.1,9.2,9.0,9.1,9.1,100,910.00,3,0.1,1,0.0,4,0.5,1,2,0'.split(',');
    const { address } = await serve((request) => (request.method === 'login' ? undefined : tableAnswer(request, columns, [record])));
    const baostock = source(address);
    for (const [dataset, other] of [['daily_bars', 'daily_basics'], ['daily_basics', 'daily_bars']] as const) {
      const answer = await baostock.ask({ shape: 'symbol', dataset, symbol: symbolOf('000001.SZ'), from: DAY, to: DAY }, FREE);
      expect(answer.batches.map((batch) => [batch.dataset, batch.rows.length])).toEqual([[dataset, 1], [other, 1]]);
    }
  });

  it('are not asked for stocks of Beijing, nor by day, nor for days in the wrong order', async () => {
    const { address, requests } = await serve(() => undefined);
    const symbol = symbolOf('920163.BJ');
    const questions: [Question, string][] = [
      [{ shape: 'symbol', dataset: 'daily_bars', symbol, from: DAY, to: DAY }, 'source_lacks_dataset'],
      [{ shape: 'day', dataset: 'daily_bars', day: DAY }, 'source_lacks_dataset'],
      [{ ...STOCKS, from: addDays(DAY, 1) }, 'day_order'],
    ];
    for (const [question, code] of questions) expect((await failureOf(source(address).ask(question, FREE))).code).toBe(code);
    expect(requests).toEqual([]);
  });
});

describe('the session with BaoStock', () => {
  it('logs in once and keeps the connection for the questions that follow', async () => {
    const { address, methods, connections } = await serve(stocks([STOCK]));
    const baostock = source(address);
    const answers = await Promise.all([baostock.ask(STOCKS, FREE), baostock.ask(STOCKS, FREE), baostock.ask(STOCKS, FREE)]);
    expect(answers.map(({ calls }) => calls)).toEqual([2, 1, 1]);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'query_stock_basic', 'query_stock_basic']);
    expect(connections()).toBe(1);
  });

  it('sends the next request only when the answer to the last one is in', async () => {
    let open = 0;
    const together: number[] = [];
    const { address } = await serve((request) => (socket) => {
      together.push((open += 1));
      const answer = stocks([STOCK])(request) ?? greeting(request);
      socket.write(answer.subarray(0, 30), () => {
        setImmediate(() => {
          open -= 1;
          socket.write(answer.subarray(30));
        });
      });
    });
    const baostock = source(address);
    await Promise.all(Array.from({ length: 5 }, () => baostock.ask(STOCKS, FREE)));
    expect(together).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('logs in again when the server has forgotten the login, and gives up when it does so at once again', async () => {
    const forgetful = await serve((request, count) => (count === 2 ? refusal('10001001', '用户未登陆') : stocks([STOCK])(request)));
    expect((await source(forgetful.address).ask(STOCKS, FREE)).calls).toBe(4);
    expect(forgetful.methods()).toEqual(['login', 'query_stock_basic', 'login', 'query_stock_basic']);
    const never = await serve(({ method }) => (method === 'login' ? undefined : refusal('10001001', '用户未登陆')));
    expect((await failureOf(source(never.address).ask(STOCKS, FREE))).code).toBe('transport');
    expect(never.requests.length).toBe(4);
  });

  it('logs out and connects anew after so many requests', async () => {
    const { address, methods, connections } = await serve(stocks([STOCK]));
    const baostock = source(address, { reconnectEvery: 3 });
    const permits: string[] = [];
    const counting: AskContext = { ...FREE, beforeCall: async (_, api) => void permits.push(api) };
    for (let i = 0; i < 3; i += 1) await baostock.ask(STOCKS, counting);
    expect(connections()).toBe(2);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'query_stock_basic', 'logout', 'login', 'query_stock_basic']);
    expect(permits).toEqual(methods());
  });

  it('logs out when closed, and opens again for the next question', async () => {
    const { address, methods, connections } = await serve(stocks([STOCK]));
    const baostock = source(address);
    await baostock.ask(STOCKS, FREE);
    await Promise.all([baostock.close(), baostock.close()]);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'logout']);
    await baostock.ask(STOCKS, FREE);
    expect(connections()).toBe(2);
  });

  it('ends a question in flight when closed', async () => {
    const asked = Promise.withResolvers<void>();
    const { address } = await serve(({ method }) => (method === 'login' ? undefined : () => asked.resolve()));
    const baostock = source(address);
    const failed = failureOf(baostock.ask(STOCKS, FREE));
    await asked.promise;
    await baostock.close();
    expect((await failed).code).toBe('interrupted');
  });

  it.each([
    ['10001011', 'banned'],
    ['10001005', 'banned'],
    ['10001002', 'upstream_refused'],
    ['10001004', 'upstream_refused'],
    ['10005001', 'transport'],
  ])('fails when the login is refused with %s as %s', async (code, expected) => {
    const { address, requests } = await serve(() => refusal(code, '黑名单用户，请与管理员联系'));
    expect((await failureOf(source(address).ask(STOCKS, FREE))).code).toBe(expected);
    expect(requests.length).toBe(1);
  });

  const faults: [string, Reply, string][] = [
    ['hangs up', (socket) => socket.end(), 'transport'],
    ['hangs up in the middle', (socket) => socket.end(readCapture('query_trade_dates').response.subarray(0, 200)), 'transport'],
    ['resets', (socket) => socket.resetAndDestroy(), 'transport'],
    ['answers another method', textAnswer('46', ['0', 'success', 'query_all_stock', 'anonymous', '1', '10000', '{"record":[]}', '', '', STOCK_COLUMNS].join('\u0001')), 'malformed'],
    ['answers another page', textAnswer('46', ['0', 'success', 'query_stock_basic', 'anonymous', '2', '10000', '{"record":[]}', '', '', STOCK_COLUMNS].join('\u0001')), 'malformed'],
    ['sends no rows where they should be', textAnswer('46', ['0', 'success', 'query_stock_basic', 'anonymous', '1', '10000', '{"rows":[]}', '', '', STOCK_COLUMNS].join('\u0001')), 'malformed'],
    ['sends rows of other shapes', textAnswer('46', ['0', 'success', 'query_stock_basic', 'anonymous', '1', '10000', '{"record":[["sh.600000",1]]}', '', '', 'code,code_name'].join('\u0001')), 'malformed'],
    ['speaks another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'malformed'],
    ['refuses the parameters', refusal('10004011', '代码错误'), 'upstream_refused'],
  ];

  it.each(faults)('gives up the connection when the server %s, and goes on with a new one', async (_, fault, code) => {
    let faulty = true;
    const { address, connections } = await serve((request) => {
      if (request.method !== 'query_stock_basic') return undefined;
      return faulty ? fault : stocks([STOCK])(request);
    });
    const baostock = source(address);
    const error = await failureOf(baostock.ask(STOCKS, FREE));
    expect([error.code, error.details.source]).toEqual([code, 'baostock']);
    faulty = false;
    expect((await baostock.ask(STOCKS, FREE)).batches[0]?.rows).toEqual([CANONICAL]);
    expect(connections()).toBe(2);
  });

  it('ends the silence of a server, also one that closed its half of the connection before', async () => {
    const { address } = await serve(() => () => {});
    const silent = await failureOf(source(address, { timeouts: { ...UNHURRIED, idleMs: 40 } }).ask(STOCKS, FREE));
    expect([silent.code, silent.details.phase]).toEqual(['timeout', 'idle']);
    const half = await serve(() => (socket) => void socket.write('00.9.00', () => socket.end()));
    expect((await failureOf(source(half.address).ask(STOCKS, FREE))).code).toBe('transport');
  });

  it('ends an answer that only trickles', async () => {
    const { address } = await serve(() => (socket) => {
      const drip = () => {
        if (!socket.destroyed) socket.write('0', () => setImmediate(drip));
      };
      socket.write('00.9.00\u000101\u00010000000043', drip);
    });
    const error = await failureOf(source(address, { timeouts: { ...UNHURRIED, totalMs: 60 } }).ask(STOCKS, FREE));
    expect([error.code, error.details.phase]).toEqual(['timeout', 'total']);
  });

  it('gives up a connection on which the server speaks unasked', async () => {
    const spoken = Promise.withResolvers<void>();
    const { address, connections } = await serve((request) => (socket) => {
      const answer = stocks([STOCK])(request) ?? greeting(request);
      socket.write(answer, () => {
        if (request.method === 'login') return;
        setImmediate(() => socket.write('unasked', () => spoken.resolve()));
        socket.once('close', () => spoken.resolve());
      });
    });
    const baostock = source(address);
    await baostock.ask(STOCKS, FREE);
    await spoken.promise;
    const again = await baostock.ask(STOCKS, FREE).catch((error: unknown) => error);
    if (again instanceof AppError) expect(again.code).toBe('malformed');
    expect((await baostock.ask(STOCKS, FREE)).batches[0]?.rows).toEqual([CANONICAL]);
    expect(connections()).toBeGreaterThan(1);
  });

  it('says where nobody answers', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    const error = await failureOf(source(gone.address).ask(STOCKS, FREE));
    expect([error.code, error.details.message]).toEqual(['transport', expect.stringContaining('ECONNREFUSED')]);
  });

  it('refuses settings that cannot work', () => {
    const bad = expect.objectContaining({ code: 'bad_setting' });
    for (const address of ['', 'http://x:1', 'tcp://host', 'tcp://host:0']) expect(() => source(address)).toThrow(bad);
    expect(() => source('tcp://localhost:1', { clientVersion: '1.0' })).toThrow(bad);
  });

  it('shows in a probe what came beside what was read', async () => {
    const { address, requests } = await serve(stocks([STOCK]));
    const probe = await source(address).probe('stock_basics', FREE);
    expect(probe).toMatchObject({ api: 'query_stock_basic', parsed: { records: [STOCK], rows: [CANONICAL] } });
    expect(probe.raw).toContain('浦发银行');
    expect(requests[1]?.params).toEqual(['sh.600000', '']);
  });
});
