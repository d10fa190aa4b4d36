import { compactDay, type Row } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, rowOf, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, HOST, TOKEN, type Answer, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
});

interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly data: {
    readonly fields: readonly string[];
    readonly items: readonly (readonly unknown[])[];
    readonly has_more: boolean;
  } | null;
}

function send(body: unknown, path = '/dataapi', headers: Record<string, string> = {}): Promise<Answer> {
  return stand.app.inject({
    method: 'POST',
    url: path,
    headers: { host: HOST, 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function call(api: string, params: object = {}, fields = ''): Promise<Envelope> {
  const answer = await send({ api_name: api, token: TOKEN, params, fields });
  if (answer.statusCode !== 200) throw new Error(`${api} answered ${answer.statusCode}: ${answer.payload}`);
  return answer.json<Envelope>();
}

/** Rows of an answer by the names of its fields. */
async function rowsOf(
  api: string,
  params: object = {},
  fields = '',
): Promise<readonly Record<string, unknown>[]> {
  const { code, data, msg } = await call(api, params, fields);
  expect([code, msg]).toEqual([0, '']);
  return (data?.items ?? []).map((item) =>
    Object.fromEntries(item.map((cell, at) => [data?.fields[at], cell])),
  );
}

const LAST = compactDay(SPAN.to);

describe('a call', () => {
  it('needs the token of the installation in its body, and no header', async () => {
    const daily = { api_name: 'daily', params: { trade_date: LAST } };
    for (const token of ['', 'x', `${TOKEN}x`]) {
      const refused = await send({ ...daily, token });
      expect(refused.statusCode).toBe(200);
      expect(refused.json()).toMatchObject({ code: 40101, data: null, msg: '您的token不对，请确认。' });
    }
    expect((await send(daily)).json()).toMatchObject({ code: 40101 });
    expect((await send({ ...daily, token: TOKEN })).json()).toMatchObject({ code: 0 });
  });

  it('is kept from other pages and hosts like every other request', async () => {
    const daily = { api_name: 'daily', token: TOKEN };
    expect((await send(daily, '/dataapi', { origin: 'http://evil.example' })).statusCode).toBe(403);
    expect((await send(daily, '/', { host: 'evil.example' })).statusCode).toBe(421);
    expect((await send(daily, '/', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await send(daily, '/v1/runs')).statusCode).toBe(401);
  });

  it('names its interface in the body or in the path', async () => {
    const body = { token: TOKEN, params: { trade_date: LAST, limit: 1 } };
    const answers = await Promise.all([
      send({ ...body, api_name: 'daily' }, '/'),
      send({ ...body, api_name: 'daily' }, '/dataapi'),
      send(body, '/dataapi/daily'),
    ]);
    const [first, ...others] = answers.map((answer) => answer.json<Envelope>().data);
    expect(first?.items).toHaveLength(1);
    for (const other of others) expect(other).toEqual(first);
    expect((await send(body, '/')).statusCode).toBe(404);
    expect((await send('[]', '/')).statusCode).toBe(400);
  });

  it.each([
    ['moon', {}, 40101, '请指定正确的接口名'],
    ['toString', {}, 40101, '请指定正确的接口名'],
    ['daily', { trade_date: '20240230' }, -2001, 'trade_date'],
    ['daily', { trade_date: 'today' }, -2001, 'trade_date'],
    ['daily', { limit: 'many' }, -2001, 'limit'],
    ['daily', { offset: -1 }, -2001, 'offset'],
    ['daily', { ts_code: 'a\0b' }, -2001, 'ts_code'],
    ['index_daily', {}, -2001, 'ts_code'],
    ['income', {}, -2001, 'ts_code'],
    ['dividend', {}, -2001, 'ts_code'],
    ['weekly', {}, -2001, 'ts_code'],
  ])('is refused in the words of Tushare: %s %j', async (api, params, code, word) => {
    const refused = await call(api, params);
    expect(refused).toMatchObject({ code, data: null });
    expect(refused.msg).toContain(word);
  });

  it('gives the newest days first, in lots and thousands of yuan', async () => {
    const rows = await rowsOf('daily', { ts_code: '600001.SH' });
    expect(rows.map((row) => row['trade_date'])).toEqual(DAYS.map((day) => compactDay(day)).toReversed());
    const raw = rowOf('daily_bars', '600001.SH', SPAN.to);
    expect(rows[0]).toEqual({
      ts_code: '600001.SH',
      trade_date: LAST,
      open: raw['open'],
      high: raw['high'],
      low: raw['low'],
      close: raw['close'],
      pre_close: raw['pre_close'],
      change: 0,
      pct_chg: 0,
      vol: 10,
      amount: Number(raw['amount']) / 1000,
    });
  });

  it('gives the fields that were asked for and exist, in the order asked', async () => {
    const { data } = await call('daily', { trade_date: LAST }, 'close, moon,ts_code,close');
    expect(data?.fields).toEqual(['close', 'ts_code']);
    expect((await call('stk_limit')).data?.fields).not.toContain('pre_close');
  });

  it('comes in pages, and says whether more follows', async () => {
    const all = await rowsOf('daily', {});
    expect(all).toHaveLength(SYMBOLS.length * DAYS.length);
    const paged: unknown[] = [];
    for (let more = true; more;) {
      const { data } = await call('daily', { offset: String(paged.length), limit: '10' });
      paged.push(...(data?.items ?? []));
      more = data?.has_more ?? false;
    }
    expect(paged).toEqual(all.map((row) => Object.values(row)));
  });

  it('takes lists of symbols and stretches of days', async () => {
    const params = {
      ts_code: '600001.SH,000001.SZ,999999.SH',
      start_date: compactDay(DAYS[2]!),
      end_date: LAST,
    };
    const rows = await rowsOf('daily', params);
    expect(rows).toHaveLength(2 * (DAYS.length - 2));
    expect(await rowsOf('daily', { trade_date: '20240106' })).toEqual([]);
  });

  it('of stocks gives the listed ones, unless told otherwise', async () => {
    await database().db.rows(sql`
      UPDATE market.stock_basics SET list_status = 'D', delist_date = '2024-02-01' WHERE symbol = '600001.SH'`);
    expect(await rowsOf('stock_basic')).toHaveLength(SYMBOLS.length - 1);
    expect(await rowsOf('stock_basic', { list_status: 'D' }, 'ts_code,symbol,exchange,delist_date')).toEqual([
      { ts_code: '600001.SH', symbol: '600001', exchange: 'SSE', delist_date: '20240201' },
    ]);
    expect(await rowsOf('stock_basic', { exchange: 'SZSE' })).toHaveLength(5);
    expect(await rowsOf('stock_basic', { exchange: 'NYSE' })).toEqual([]);
  });

  it('of indicators gives the close of the day beside them', async () => {
    await stand.sync({ dataset: 'daily_basics', ...SPAN });
    const rows = await rowsOf('daily_basic', { ts_code: '600001.SH' }, 'trade_date,close,total_share');
    const closes = DAYS.map((day) => rowOf('daily_bars', '600001.SH', day)['close']).toReversed();
    expect(rows.map((row) => row['close'])).toEqual(closes);
    expect(rows[0]).toMatchObject({ trade_date: LAST, total_share: 100 });
    await database().db.rows(sql`DELETE FROM market.daily_bars WHERE trade_date = ${SPAN.to}`);
    const [newest] = await rowsOf('daily_basic', { ts_code: '600001.SH' }, 'close');
    expect(newest).toEqual({ close: null });
  });

  it('of the calendar gives Shanghai, newest first, and the open days alone if asked so', async () => {
    const open = await rowsOf('trade_cal', { start_date: '20240104', end_date: '20240112', is_open: '1' });
    expect(open.map((row) => row['cal_date'])).toEqual(DAYS.map((day) => compactDay(day)).toReversed());
    expect(open[0]).toMatchObject({ exchange: 'SSE', is_open: 1 });
  });
});

describe('bars of weeks and months', () => {
  const week = (from: number, to?: number): readonly Row[] =>
    DAYS.slice(from, to).map((day) => rowOf('daily_bars', '600001.SH', day));

  it('are made of the days, with the change as a fraction of the last close', async () => {
    const rows = await rowsOf('weekly', { ts_code: '600001.SH' });
    const close = Number(week(2).at(-1)?.['close']);
    const last = Number(week(0, 2).at(-1)?.['close']);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      trade_date: LAST,
      open: week(2)[0]?.['open'],
      close,
      pre_close: last,
      change: Math.round((close - last) * 100) / 100,
      pct_chg: Math.round((close / last - 1) * 10_000) / 10_000,
      vol: 50,
    });
    expect(rows[1]).toMatchObject({ pre_close: null, change: null, pct_chg: null });
    expect(await rowsOf('monthly', { ts_code: '600001.SH' })).toMatchObject([{ trade_date: LAST, vol: 70 }]);
  });

  it('of one day are those of all symbols whose span ended on it', async () => {
    const rows = await rowsOf('weekly', { trade_date: LAST });
    expect(rows.map((row) => row['ts_code'])).toEqual(SYMBOLS.toSorted());
    expect(rows[0]?.['pre_close']).not.toBeNull();
    expect(await rowsOf('weekly', { trade_date: compactDay(DAYS[3]!) })).toEqual([]);
  });

  it('come in pages too', async () => {
    const { data } = await call('weekly', { trade_date: LAST, limit: 2, offset: 1 });
    expect(data).toMatchObject({ has_more: true });
    expect(data?.items.map((item) => item[0])).toEqual(SYMBOLS.toSorted().slice(1, 3));
  });
});

describe('reports of other sources', () => {
  it("have what is known of them, under Tushare's names", async () => {
    await database().db.rows(sql`
      INSERT INTO market.financials (symbol, period, statement, ann_date, report_type, update_flag, revenue, net_profit, items, source, run_id, known_at)
      VALUES ('600001.SH', '2023-09-30', 'income', '2023-10-28', '1', '0', 1000.5, 10, '{"REVENUE": 1}', 'akshare', 1, now()),
             ('600001.SH', '2023-12-31', 'income', '2024-03-28', '1', '0', 2000, 20, '{"total_revenue": 2000, "sell_exp": 5}', 'tushare', 1, now())`);
    const rows = await rowsOf(
      'income',
      { ts_code: '600001.SH' },
      'end_date,end_type,f_ann_date,total_revenue,n_income,sell_exp,REVENUE',
    );
    expect(rows).toEqual([
      {
        end_date: '20231231',
        end_type: '4',
        f_ann_date: '20240328',
        total_revenue: 2000,
        n_income: null,
        sell_exp: 5,
      },
      {
        end_date: '20230930',
        end_type: '3',
        f_ann_date: '20231028',
        total_revenue: 1000.5,
        n_income: 10,
        sell_exp: null,
      },
    ]);
    expect(await rowsOf('income', { ts_code: '600001.SH', period: '20230930' })).toHaveLength(1);
    expect(await rowsOf('balancesheet', { ts_code: '600001.SH' })).toEqual([]);
  });
});
