import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../../../../test/conformance/baostockCaptures.ts';
import {
  ASK_STOCKS,
  greeting,
  serveBaostock,
  STOCK,
  STOCK_COLUMNS,
  STOCK_ROW,
  stockList,
  type BaostockAction,
} from '../../../../../test/conformance/baostockStand.ts';
import { UNHURRIED } from '../../../../../test/conformance/deadlines.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { refusal, textAnswer } from '../../../../../test/conformance/loopbackBaostock.ts';
import type { AskContext } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

/** An answer to the question for the list of stocks, with parts of it changed. */
function stockAnswer({
  method = 'query_stock_basic',
  page = '1',
  json = '{"record":[]}',
  columns = STOCK_COLUMNS,
}): Buffer {
  return textAnswer(
    '46',
    ['0', 'success', method, 'anonymous', page, '10000', json, '', '', columns].join('\u0001'),
  );
}

describe('the session with BaoStock', () => {
  it('logs in once and keeps the connection for the questions that follow', async () => {
    const { source, methods, connections } = await serveBaostock(stockList());
    const baostock = source();
    const answers = await Promise.all([
      baostock.ask(ASK_STOCKS, FREE),
      baostock.ask(ASK_STOCKS, FREE),
      baostock.ask(ASK_STOCKS, FREE),
    ]);
    expect(answers.map(({ calls }) => calls)).toEqual([1, 1, 1]);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'query_stock_basic', 'query_stock_basic']);
    expect(connections()).toBe(1);
  });

  it('sends the next request only when the answer to the last one is in', async () => {
    let open = 0;
    const together: number[] = [];
    const { source } = await serveBaostock((request) => (socket) => {
      together.push((open += 1));
      const answer = stockList()(request) ?? greeting(request);
      socket.write(answer.subarray(0, 30), () => {
        setImmediate(() => {
          open -= 1;
          socket.write(answer.subarray(30));
        });
      });
    });
    const baostock = source();
    await Promise.all(Array.from({ length: 5 }, () => baostock.ask(ASK_STOCKS, FREE)));
    expect(together).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('logs in again when the server has forgotten the login, and gives up when it does so at once again', async () => {
    const forgetful = await serveBaostock((request, count) =>
      count === 2 ? refusal('10001001', '用户未登陆') : stockList()(request),
    );
    expect((await forgetful.source().ask(ASK_STOCKS, FREE)).calls).toBe(2);
    expect(forgetful.methods()).toEqual(['login', 'query_stock_basic', 'login', 'query_stock_basic']);
    const never = await serveBaostock(({ method }) =>
      method === 'login' ? undefined : refusal('10001001', '用户未登陆'),
    );
    expect((await failureOf(never.source().ask(ASK_STOCKS, FREE))).code).toBe('transport');
    expect(never.requests.length).toBe(4);
  });

  it('logs out and connects anew after so many requests, with leave for each and counting none of it', async () => {
    const { source, methods, connections } = await serveBaostock(stockList());
    const baostock = source({ reconnectEvery: 3 });
    const permits: string[] = [];
    const counting: AskContext = { ...FREE, beforeCall: async (_, api) => void permits.push(api) };
    const calls: number[] = [];
    for (let i = 0; i < 3; i += 1) calls.push((await baostock.ask(ASK_STOCKS, counting)).calls);
    expect(connections()).toBe(2);
    expect(calls).toEqual([1, 1, 1]);
    expect(methods()).toEqual([
      'login',
      'query_stock_basic',
      'query_stock_basic',
      'logout',
      'login',
      'query_stock_basic',
    ]);
    expect(permits).toEqual(methods());
  });

  it('logs out when closed, and opens again for the next question', async () => {
    const { source, methods, connections } = await serveBaostock(stockList());
    const baostock = source();
    await baostock.ask(ASK_STOCKS, FREE);
    await Promise.all([baostock.close(), baostock.close()]);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'logout']);
    await baostock.ask(ASK_STOCKS, FREE);
    expect(connections()).toBe(2);
  });

  it('ends a question in flight when closed', async () => {
    const asked = Promise.withResolvers<void>();
    const { source } = await serveBaostock(({ method }) =>
      method === 'login' ? undefined : () => asked.resolve(),
    );
    const baostock = source();
    const failed = failureOf(baostock.ask(ASK_STOCKS, FREE));
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
    const { source, requests } = await serveBaostock(() => refusal(code, '黑名单用户，请与管理员联系'));
    expect((await failureOf(source().ask(ASK_STOCKS, FREE))).code).toBe(expected);
    expect(requests.length).toBe(1);
  });

  const faults: [string, BaostockAction, string][] = [
    ['hangs up', (socket) => socket.end(), 'transport'],
    [
      'hangs up in the middle',
      (socket) => socket.end(readCapture('query_trade_dates').response.subarray(0, 200)),
      'transport',
    ],
    ['resets', (socket) => socket.resetAndDestroy(), 'transport'],
    ['answers another method', stockAnswer({ method: 'query_all_stock' }), 'malformed'],
    ['answers another page', stockAnswer({ page: '2' }), 'malformed'],
    ['sends no rows where they should be', stockAnswer({ json: '{"rows":[]}' }), 'malformed'],
    [
      'sends rows of other shapes',
      stockAnswer({ json: '{"record":[["sh.600000",1]]}', columns: 'code,code_name' }),
      'malformed',
    ],
    ['speaks another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'malformed'],
    ['reports a fault of its own', refusal('10005001', '系统错误'), 'transport'],
  ];

  it.each(faults)(
    'gives up the connection when the server %s, and goes on with a new one',
    async (_, fault, code) => {
      let faulty = true;
      const { source, connections } = await serveBaostock((request) => {
        if (request.method !== 'query_stock_basic') return undefined;
        return faulty ? fault : stockList()(request);
      });
      const baostock = source();
      const error = await failureOf(baostock.ask(ASK_STOCKS, FREE));
      expect([error.code, error.details.source]).toEqual([code, 'baostock']);
      faulty = false;
      expect((await baostock.ask(ASK_STOCKS, FREE)).batches[0]?.rows).toEqual([STOCK_ROW]);
      expect(connections()).toBe(2);
    },
  );

  it('keeps the session after a plain refusal, and after a call without leave', async () => {
    let refused = true;
    const { source, methods } = await serveBaostock((request) => {
      if (request.method === 'login' || !refused) return stockList()(request);
      refused = false;
      return refusal('10004011', '代码错误');
    });
    const baostock = source();
    expect((await failureOf(baostock.ask(ASK_STOCKS, FREE))).code).toBe('upstream_refused');
    const leave = new AppError('breaker_open', { host: 'x', until: 'later', reason: 'tried too often' });
    const closed: AskContext = { ...FREE, beforeCall: () => Promise.reject(leave) };
    expect(await failureOf(baostock.ask(ASK_STOCKS, closed))).toBe(leave);
    await baostock.ask(ASK_STOCKS, FREE);
    expect(methods()).toEqual(['login', 'query_stock_basic', 'query_stock_basic']);
  });

  it('ends the silence of a server, also one that closed its half of the connection before', async () => {
    const { source } = await serveBaostock(() => () => {});
    const silent = await failureOf(source({ timeouts: { ...UNHURRIED, idleMs: 40 } }).ask(ASK_STOCKS, FREE));
    expect([silent.code, silent.details.phase]).toEqual(['timeout', 'idle']);
    const half = await serveBaostock(() => (socket) => void socket.write('00.9.00', () => socket.end()));
    expect((await failureOf(half.source().ask(ASK_STOCKS, FREE))).code).toBe('transport');
  });

  it('ends an answer that only trickles', async () => {
    const { source } = await serveBaostock(() => (socket) => {
      const drip = () => {
        if (!socket.destroyed) socket.write('0', () => setImmediate(drip));
      };
      socket.write('00.9.00\u000101\u00010000000043', drip);
    });
    const error = await failureOf(source({ timeouts: { ...UNHURRIED, totalMs: 60 } }).ask(ASK_STOCKS, FREE));
    expect([error.code, error.details.phase]).toEqual(['timeout', 'total']);
  });

  it('gives up a connection on which the server speaks unasked', async () => {
    const closed = Promise.withResolvers<void>();
    const { source, connections } = await serveBaostock((request) => (socket) => {
      socket.once('close', () => closed.resolve());
      socket.write(stockList()(request) ?? greeting(request), () => {
        if (request.method !== 'login' && connections() === 1) setImmediate(() => socket.write('unasked'));
      });
    });
    const baostock = source();
    await baostock.ask(ASK_STOCKS, FREE);
    await closed.promise;
    expect((await baostock.ask(ASK_STOCKS, FREE)).batches[0]?.rows).toEqual([STOCK_ROW]);
    expect(connections()).toBe(2);
  });

  it('says where nobody answers', async () => {
    const gone = await serveBaostock(() => undefined);
    await gone.close();
    const error = await failureOf(gone.source().ask(ASK_STOCKS, FREE));
    expect([error.code, error.details.message]).toEqual([
      'transport',
      expect.stringContaining('ECONNREFUSED'),
    ]);
  });

  it('refuses settings that cannot work', async () => {
    const { source } = await serveBaostock(() => undefined);
    const bad = expect.objectContaining({ code: 'bad_setting' });
    for (const address of ['', 'http://x:1', 'tcp://host', 'tcp://host:0']) {
      expect(() => source({ address })).toThrow(bad);
    }
    expect(() => source({ clientVersion: '1.0' })).toThrow(bad);
  });

  it('shows in a probe what came beside what was read', async () => {
    const { source, requests } = await serveBaostock(stockList());
    const probe = await source().probe('stock_basics', FREE);
    expect(probe).toMatchObject({
      api: 'query_stock_basic',
      parsed: { records: [STOCK], rows: [STOCK_ROW] },
    });
    expect(probe.raw).toContain('浦发银行');
    expect(requests[1]?.params).toEqual(['sh.600000', '']);
  });
});
