import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operationRowSchema } from '../../packages/server/src/http/documented/stockQuote/logs/schemas.ts';
import type { Asked } from '../http/httpStand.ts';
import { conforms, expectShape, type Row } from './conformance.ts';
import { DOCUMENTED_PASSWORD, useDocumentedStand } from './documentedStand.ts';
import { makeOperations } from './statusModelData.ts';

// Contract sections B2 and B3: the operation log of the stock quote system, and how its administrators come in.

const stand = useDocumentedStand('status_model_admin');

const NAIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

const asked = (url: string): Asked => ({ method: 'GET', url });
const login = (url: string, payload: string | object, form = false): Asked => ({
  method: 'POST',
  url,
  payload,
  ...(form && { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
});
const FORM = new URLSearchParams({ username: 'ann', password: DOCUMENTED_PASSWORD }).toString();
const json = { username: 'ann', password: DOCUMENTED_PASSWORD };

const adminShape = z.strictObject({
  id: z.int(),
  username: z.literal('ann'),
  full_name: z.string(),
  email: z.string(),
  role: z.literal('admin'),
  is_admin: z.literal(true),
  is_active: z.literal(true),
  created_at: z.string().regex(NAIVE),
  last_login: z.string().regex(NAIVE).nullable(),
});
const loggedIn = z.strictObject({
  access_token: z.string().min(20),
  token_type: z.literal('bearer'),
  admin: adminShape,
});

beforeAll(() => makeOperations(stand().db));

const operationRows = z.array(operationRowSchema);

describe('B2 /api/admin/operation-logs', () => {
  conforms(stand, [
    {
      what: 'info',
      as: 'viewer',
      ask: asked('/api/admin/operation-logs/info'),
      status: 200,
      has: {
        table_name: 'operation_logs',
        display_name: '系统操作日志',
        columns: ['id', 'log_type', 'log_message', 'affected_count', 'log_status', 'error_info', 'log_time'],
      },
    },
    {
      what: 'query with pages',
      ask: asked(
        '/api/admin/operation-logs/query?page=2&page_size=2&start_date=2099-03-01&end_date=2099-03-01',
      ),
      status: 200,
      shape: z.strictObject({
        table_name: z.literal('operation_logs'),
        data: operationRows.length(2),
        pagination: z.strictObject({
          page: z.literal(2),
          page_size: z.literal(2),
          total_count: z.literal(5),
          total_pages: z.literal(3),
        }),
      }),
      has: { data: [{ log_type: 'triggerJob' }, { log_type: 'cancelRun', log_status: '失败' }] },
    },
    ...(
      [
        ['log_status=成功', 2],
        ['log_status=success', 2],
        ['log_status=失败', 2],
        ['log_status=failed&log_type=CANCEL', 1],
        ['log_type=run', 3],
        ['log_type=nothing', 0],
        ['log_type=%25', 1],
        ['log_status=nonsense', 0],
      ] as const
    ).map(([query, total]): Row => ({
      what: `query with ${query}: ${total}`,
      ask: asked(
        `/api/admin/operation-logs/query?${encodeURI(decodeURI(query))}&start_date=2099-03-01&end_date=2099-03-01`,
      ),
      status: 200,
      has: { pagination: { total_count: total } },
    })),
    {
      what: 'stats',
      ask: asked('/api/admin/operation-logs/stats'),
      status: 200,
      shape: z.strictObject({
        table_name: z.string(),
        period_days: z.null(),
        is_all_data: z.literal(true),
        status_stats: z.array(z.strictObject({ status: z.enum(['成功', '失败', '进行中']), count: z.int() })),
        daily_stats: z.array(
          z.strictObject({
            date: z.iso.date(),
            total_count: z.int(),
            success_count: z.int(),
            error_count: z.int(),
          }),
        ),
        log_type_stats: z.array(z.strictObject({ log_type: z.string(), count: z.int() })).max(10),
      }),
    },
    {
      what: 'stats of days',
      ask: asked('/api/admin/operation-logs/stats?days=7'),
      status: 200,
      has: { period_days: 7, is_all_data: false },
    },
    {
      what: 'recent',
      ask: asked('/api/admin/operation-logs/recent?limit=3'),
      status: 200,
      shape: z.strictObject({ table_name: z.string(), data: operationRows.length(3) }),
    },
    {
      what: 'recent with 51',
      ask: asked('/api/admin/operation-logs/recent?limit=51'),
      status: 422,
    },
    { what: 'for a viewer', as: 'viewer', ask: asked('/api/admin/operation-logs/recent'), status: 403 },
    {
      what: 'for nobody',
      as: 'nobody',
      ask: asked('/api/admin/operation-logs/query'),
      status: 401,
      detail: '无效的管理员认证凭据',
    },
  ]);
});

describe('B3 administrators come in', () => {
  conforms(stand, [
    ...['/api/admin/login', '/api/admin/auth/login'].flatMap((url): Row[] => [
      {
        what: `${url} with a form`,
        as: 'nobody',
        ask: login(url, FORM, true),
        status: 200,
        shape: loggedIn,
      },
      { what: `${url} with JSON`, as: 'nobody', ask: login(url, json), status: 200, shape: loggedIn },
      {
        what: `${url} with the fields of an OAuth form beside`,
        as: 'nobody',
        ask: login(url, `grant_type=password&${FORM}&scope=&client_id=`, true),
        status: 200,
        shape: loggedIn,
      },
      {
        what: `${url} with a wrong password`,
        as: 'nobody',
        ask: login(url, { ...json, password: 'no' }),
        status: 401,
        detail: '用户名或密码错误',
      },
      {
        what: `${url} with a user that is none`,
        as: 'nobody',
        ask: login(url, 'username=nobody&password=no', true),
        status: 401,
        detail: '用户名或密码错误',
      },
      {
        what: `${url} without a password`,
        as: 'nobody',
        ask: login(url, 'username=ann', true),
        status: 422,
        has: { detail: [{ loc: ['body', 'password'], msg: 'Field required', type: 'missing' }] },
      },
      { what: `${url} without a body`, as: 'nobody', ask: { method: 'POST', url }, status: 422 },
    ]),
    {
      what: 'a body that is neither',
      as: 'nobody',
      ask: { ...login('/api/admin/login', 'x'), headers: { 'content-type': 'text/csv' } },
      status: 415,
    },
    ...['/api/admin/me', '/api/admin/auth/me'].flatMap((url): Row[] => [
      { what: url, ask: asked(url), status: 200, shape: adminShape },
      {
        what: `${url} for nobody`,
        as: 'nobody',
        ask: asked(url),
        status: 401,
        detail: '无效的管理员认证凭据',
      },
    ]),
    {
      what: 'verify',
      ask: asked('/api/admin/auth/verify'),
      status: 200,
      shape: z.strictObject({ valid: z.literal(true), admin: adminShape }),
    },
    {
      what: 'verify for nobody',
      as: 'nobody',
      ask: asked('/api/admin/auth/verify'),
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    },
  ]);

  it('a token is good for a day, opens the logs, and is void after logging out', async () => {
    const { app, askAs } = stand();
    const entered = await askAs('nobody', login('/api/admin/auth/login', FORM, true));
    const { access_token: token } = entered.json<{ access_token: string }>();
    const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    expect(exp - iat).toBe(1_440 * 60);
    const withToken = (request: Asked) =>
      askAs('nobody', { ...request, headers: { authorization: `Bearer ${token}` } });
    expect((await withToken(asked('/api/admin/logs/stats'))).statusCode).toBe(200);
    const out = await withToken({ method: 'POST', url: '/api/admin/auth/logout' });
    expect([out.statusCode, out.json()]).toEqual([200, { message: '登出成功' }]);
    expect((await withToken(asked('/api/admin/auth/verify'))).json()).toMatchObject({
      detail: '无效的管理员认证凭据',
    });
    expect(app.server.listening).toBe(false);
  });

  it('the installation itself is an administrator without a number', async () => {
    const answer = await stand().ask({
      method: 'GET',
      url: '/api/admin/me',
      headers: { authorization: 'Bearer the-token-of-the-tests' },
    });
    expectShape(
      adminShape.extend({
        id: z.literal(0),
        username: z.literal('installation'),
        created_at: z.null(),
        last_login: z.null(),
      }),
      answer.json(),
    );
  });
});
