import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { conforms, expectShape } from './conformance.ts';
import { DOCUMENTED_PASSWORD, useDocumentedStand } from './documentedStand.ts';
import { ERROR, FAULTS, USER } from './zquantShapes.ts';

// Getting in, and what pages of the platform read beside tasks: section J of the contract.

const stand = useDocumentedStand('zquant_companions');

const post = (path: string, payload?: object) =>
  ({ method: 'POST', url: `/api/v1${path}`, ...(payload !== undefined && { payload }) }) as const;
const ANN = { username: 'ann', password: DOCUMENTED_PASSWORD };
const PAIR = z.strictObject({
  access_token: z.string().min(20),
  refresh_token: z.string().min(20),
  token_type: z.literal('bearer'),
});
type Pair = z.output<typeof PAIR>;

async function logIn(): Promise<Pair> {
  const answer = await stand().askAs('nobody', post('/auth/login', ANN));
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<Pair>();
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('J getting in', () => {
  conforms(stand, [
    { what: 'with name and password', as: 'nobody', ask: post('/auth/login', ANN), status: 200, shape: PAIR },
    {
      what: 'with a wrong password',
      as: 'nobody',
      ask: post('/auth/login', { ...ANN, password: 'x' }),
      status: 401,
      shape: ERROR,
      detail: '用户名或密码错误',
    },
    {
      what: 'with an unknown name',
      as: 'nobody',
      ask: post('/auth/login', { username: 'x', password: 'x' }),
      status: 401,
      detail: '用户名或密码错误',
    },
    { what: 'with nothing', as: 'nobody', ask: post('/auth/login', {}), status: 422, shape: FAULTS },
    {
      what: 'a next pair, its token in the query',
      as: 'nobody',
      ask: async () => post(`/auth/refresh?refresh_token=${(await logIn()).refresh_token}`),
      status: 200,
      shape: PAIR,
    },
    {
      what: 'a next pair, its token in the body',
      as: 'nobody',
      ask: async () => post('/auth/refresh', { refresh_token: (await logIn()).refresh_token }),
      status: 200,
      shape: PAIR,
    },
    {
      what: 'a next pair of no token that is known',
      as: 'nobody',
      ask: post('/auth/refresh', { refresh_token: 'x' }),
      status: 401,
      shape: ERROR,
      detail: '无效的刷新令牌',
    },
    {
      what: 'a next pair of no token',
      as: 'nobody',
      ask: post('/auth/refresh'),
      status: 422,
      detail: '缺少 refresh_token',
    },
    {
      what: 'who asks',
      as: 'admin',
      ask: post('/users/me'),
      status: 200,
      shape: USER,
      has: { username: 'ann', role_id: 1, is_active: true },
    },
    {
      what: 'who asks, REST',
      as: 'operator',
      ask: { url: '/api/v1/users/me' },
      status: 200,
      shape: USER,
      has: { username: 'otto', role_id: 2 },
    },
    {
      what: 'who asks of less',
      as: 'viewer',
      ask: post('/users/me'),
      status: 200,
      has: { username: 'vera', role_id: 3 },
    },
    {
      what: 'who asks, of nobody',
      as: 'nobody',
      ask: post('/users/me'),
      status: 401,
      shape: ERROR,
      headers: { 'www-authenticate': /Bearer/ },
    },
    {
      what: 'with a token that is none',
      as: 'nobody',
      ask: { ...post('/users/me'), headers: bearer('x.y.z') },
      status: 401,
      headers: { 'www-authenticate': /Bearer/ },
    },
    {
      what: 'out with a token of no login',
      ask: post('/auth/logout'),
      status: 200,
      shape: z.strictObject({ message: z.literal('登出成功') }),
    },
  ]);

  it('is good for a day, ends when it is ended, and a refresh token is good for once', async () => {
    const pair = await logIn();
    const [, claims = ''] = pair.access_token.split('.');
    const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
      iat: number;
      exp: number;
    };
    expect(exp - iat).toBe(86_400);
    const me = () =>
      stand().app.inject({
        ...post('/users/me'),
        headers: { host: '127.0.0.1:8000', ...bearer(pair.access_token) },
      });
    expect((await me()).json()).toMatchObject({ username: 'ann' });
    const out = await stand().askAs('nobody', {
      ...post('/auth/logout'),
      headers: bearer(pair.access_token),
    });
    expect(out.json()).toEqual({ message: '登出成功' });
    expect((await me()).statusCode).toBe(401);
    const again = await stand().askAs('nobody', post('/auth/refresh', { refresh_token: pair.refresh_token }));
    expect(again.statusCode).toBe(401);
  });

  it('is shut for a while after too many tries', async () => {
    const answers = [];
    for (let tries = 0; tries < 30; tries++) {
      const answer = await stand().askAs(
        'nobody',
        post('/auth/login', { username: 'nosuch', password: 'x' }),
      );
      answers.push(answer.json().detail as string);
      if (answers.at(-1)?.startsWith('账户')) break;
    }
    expect(answers.at(-1)).toMatch(/^账户已被锁定，请\d+分钟后再试$/);
  });
});

const LOG = z.strictObject({
  id: z.int(),
  data_source: z.string().nullable(),
  api_interface: z.string().nullable(),
  api_data_count: z.int().nullable(),
  table_name: z.string().nullable(),
  operation_type: z.string(),
  insert_count: z.int(),
  update_count: z.int(),
  delete_count: z.int(),
  operation_result: z.enum(['success', 'failed', 'partial_success']),
  error_message: z.string().nullable(),
  start_time: z.string().nullable(),
  end_time: z.string().nullable(),
  duration_seconds: z.number().nullable(),
  created_by: z.string().nullable(),
  created_time: z.string(),
  updated_by: z.string().nullable(),
  updated_time: z.string(),
});
const LOGS = z.strictObject({ items: z.array(LOG), total: z.int() });
const TABLE = z.strictObject({
  stat_date: z.iso.date(),
  table_name: z.string(),
  is_split_table: z.boolean(),
  split_count: z.int(),
  total_records: z.int(),
  daily_records: z.int(),
  daily_insert_count: z.int(),
  daily_update_count: z.int(),
  created_by: z.string().nullable(),
  created_time: z.string(),
  updated_by: z.string().nullable(),
  updated_time: z.string(),
});
const TABLES = z.strictObject({ items: z.array(TABLE), total: z.int() });

describe('J what was done to tables', () => {
  beforeAll(async () => {
    const wish = { ...SPAN, sources: ['baostock'], symbols: SYMBOLS.slice(0, 2) };
    await stand().sync({ dataset: 'daily_bars', ...wish, requestedBy: 'otto' });
    const begun = await stand().askAs('operator', post('/data/statistics-table-data', {}));
    if (begun.statusCode !== 200) throw new Error(begun.body);
    await stand().work();
    while ((await stand().deps.store.foldEndedRuns(1000, (text) => text)) > 0);
  });

  conforms(stand, [
    { what: 'the log', as: 'viewer', ask: post('/data/operation-logs', {}), status: 200, shape: LOGS },
    { what: 'the log, with no body', ask: post('/data/operation-logs'), status: 200, shape: LOGS },
    {
      what: 'the log of a table',
      ask: post('/data/operation-logs', {
        table_name: 'BARS',
        operation_type: 'sync',
        operation_result: 'success',
        skip: 0,
        limit: 5,
        order: 'asc',
        order_by: 'created_time',
      }),
      status: 200,
      shape: LOGS,
      has: {
        total: 1,
        items: [
          {
            table_name: 'daily_bars',
            data_source: 'baostock',
            operation_result: 'success',
            created_by: 'otto',
            update_count: 0,
          },
        ],
      },
    },
    {
      what: 'the log of what failed',
      ask: post('/data/operation-logs', { operation_result: 'failed' }),
      status: 200,
      has: { total: 0, items: [] },
    },
    {
      what: 'the log of deletions',
      ask: post('/data/operation-logs', { operation_type: 'delete' }),
      status: 200,
      has: { total: 0, items: [] },
    },
    {
      what: 'the log of days long gone',
      ask: post('/data/operation-logs', { start_date: '2001-01-01', end_date: '2001-12-31' }),
      status: 200,
      has: { total: 0 },
    },
    {
      what: 'the log of no table',
      ask: post('/data/operation-logs', { table_name: "' OR 1=1 --" }),
      status: 200,
      has: { total: 0 },
    },
    {
      what: 'the log of a day that is none',
      ask: post('/data/operation-logs', { start_date: 'x' }),
      status: 422,
      detail: 'start_date 不是有效的时间',
    },
    {
      what: 'the log with a limit of 0',
      ask: post('/data/operation-logs', { limit: 0 }),
      status: 422,
      shape: FAULTS,
    },
    { what: 'the log to nobody', as: 'nobody', ask: post('/data/operation-logs', {}), status: 401 },
    {
      what: 'how large the tables are',
      as: 'viewer',
      ask: post('/data/table-statistics', { table_name: 'daily_bars' }),
      status: 200,
      shape: TABLES,
      has: { total: 1, items: [{ table_name: 'daily_bars', is_split_table: false }] },
    },
    {
      what: 'how large the tables were once',
      ask: post('/data/table-statistics', { stat_date: '2001-01-01' }),
      status: 200,
      has: { total: 0, items: [] },
    },
    {
      what: 'a page of tables',
      ask: post('/data/table-statistics', { skip: 1, limit: 2, order: 'asc' }),
      status: 200,
      shape: TABLES,
      afterwards: (answer) => expect(answer.json().items).toHaveLength(2),
    },
    {
      what: 'counting the tables',
      as: 'operator',
      ask: post('/data/statistics-table-data', {}),
      status: 200,
      shape: z.strictObject({
        success: z.literal(true),
        message: z.string(),
        stat_date: z.iso.date(),
        table_count: z.int().positive(),
      }),
    },
    {
      what: 'counting them as of another day',
      ask: post('/data/statistics-table-data', { stat_date: '2001-01-01' }),
      status: 400,
      shape: ERROR,
    },
    {
      what: 'counting them as a viewer',
      as: 'viewer',
      ask: post('/data/statistics-table-data', {}),
      status: 403,
      detail: '需要管理员权限',
    },
    {
      what: 'collecting the lists',
      as: 'operator',
      ask: post('/data/sync'),
      status: 200,
      shape: z.strictObject({
        message: z.literal('数据同步已开始'),
        stock_count: z.int(),
        calendar_count: z.int(),
      }),
    },
    {
      what: 'collecting them as a viewer',
      as: 'viewer',
      ask: post('/data/sync'),
      status: 403,
      detail: '需要管理员权限',
    },
  ]);

  it('collecting the lists twice is collecting them once', async () => {
    const begun = async (): Promise<unknown> => {
      await stand().askAs('operator', post('/data/sync'));
      const { operations } = (
        await stand().askAs('admin', { url: '/v1/operations?action=zquantSyncData&limit=1' })
      ).json();
      return operations[0].object.after.runIds;
    };
    expect(await begun()).toEqual(await begun());
  });
});

describe('J the cards of the first page', () => {
  const count = z.int().min(0);
  conforms(stand, [
    {
      what: 'whether the data are in step',
      as: 'viewer',
      ask: post('/dashboard/sync-status'),
      status: 200,
      shape: z.strictObject({
        tushare_connection_status: z.boolean(),
        is_trading_day: z.boolean(),
        latest_trade_date_from_api: z.iso.date().nullable(),
        today_data_ready: z.boolean(),
        latest_trade_date_in_db: z.iso.date().nullable(),
      }),
      // by the clock of the market, which stands at an evening of January
      has: { is_trading_day: true, latest_trade_date_from_api: '2024-01-31', today_data_ready: true },
    },
    {
      what: 'what became of the tasks of today',
      ask: post('/dashboard/task-stats'),
      status: 200,
      shape: z.strictObject({
        total_tasks: count,
        running_tasks: count,
        completed_tasks: count.positive(),
        pending_tasks: count,
        failed_tasks: count,
      }),
    },
    {
      what: 'the newest of each table',
      ask: post('/dashboard/latest-data'),
      status: 200,
      shape: z.strictObject({
        latest_operation_logs: z.array(LOG).min(1),
        latest_table_statistics: z.array(TABLE).min(1),
      }),
    },
    {
      what: 'what all of it sums up to',
      ask: post('/dashboard/local-data-stats'),
      status: 200,
      shape: z.strictObject({
        total_tables: count.positive(),
        success_operations: count.positive(),
        failed_operations: count,
        total_insert_count: count.positive(),
        total_update_count: count,
        split_tables_count: count,
        total_records_sum: count.positive(),
        daily_records_sum: count,
      }),
    },
    { what: 'to nobody', as: 'nobody', ask: post('/dashboard/latest-data'), status: 401, shape: ERROR },
    {
      what: 'by GET',
      ask: { url: '/api/v1/dashboard/latest-data' },
      status: 405,
      detail: 'Method Not Allowed',
      headers: { allow: 'POST' },
    },
  ]);

  it('the shape of an error is that of the platform', async () => {
    expectShape(ERROR, (await stand().askAs('admin', { url: '/api/v1/nothing' })).json());
  });
});
