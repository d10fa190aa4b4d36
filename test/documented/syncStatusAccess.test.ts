import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conforms } from './conformance.ts';
import { DOCUMENTED_PASSWORD, useDocumentedStand } from './documentedStand.ts';
import { toldShape } from './syncShapes.ts';

const stand = useDocumentedStand('sync_status_access', {
  facts: { version: '1.2.3', mode: 'live', startedAt: 0 },
});

const RUN = '/api/sync/stock_basics/run';
const STATUS = '/api/sync/stock_basics/status';
const MULTI = '/api/sync/multi-source';
const LOGIN = '/api/auth/login';
const REFRESH = '/api/auth/refresh';
const ANN = { username: 'ann', password: DOCUMENTED_PASSWORD };

const userShape = {
  id: z.string(),
  username: z.string(),
  email: z.string(),
  name: z.string(),
  is_admin: z.boolean(),
};
const pairShape = {
  access_token: z.string().regex(/^[^.]+\.[^.]+\.[^.]+$/),
  refresh_token: z.string(),
  expires_in: z.literal(3600),
};

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

async function logIn(): Promise<Pair> {
  const answer = await stand().askAs('nobody', { method: 'POST', url: LOGIN, payload: ANN });
  return answer.json<{ data: Pair }>().data;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('health', () => {
  conforms(stand, [
    {
      what: 'C health is told to anybody',
      as: 'nobody',
      ask: { url: '/api/health' },
      status: 200,
      shape: toldShape(
        z.strictObject({
          status: z.literal('ok'),
          version: z.string(),
          timestamp: z.int().positive(),
          service: z.string(),
        }),
      ),
      has: { success: true, message: '服务运行正常', data: { version: '1.2.3' } },
    },
    {
      what: 'a method that it has not',
      as: 'nobody',
      ask: { method: 'DELETE', url: '/api/health' },
      status: 405,
    },
  ]);
});

describe('logging in', () => {
  conforms(stand, [
    {
      what: 'C login gives two tokens and the user',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: ANN },
      status: 200,
      shape: toldShape(z.strictObject({ ...pairShape, user: z.strictObject(userShape) })),
      has: { success: true, message: '登录成功', data: { user: { username: 'ann', is_admin: true } } },
    },
    {
      what: 'C login with more in the body than is asked for',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { ...ANN, remember: true } },
      status: 200,
    },
    {
      what: 'C login without a name',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { ...ANN, username: '' } },
      status: 400,
      detail: '用户名和密码不能为空',
    },
    {
      what: 'C login without a password',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { ...ANN, password: '' } },
      status: 400,
      detail: '用户名和密码不能为空',
    },
    {
      what: 'C login with the wrong password',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { ...ANN, password: 'admin123' } },
      status: 401,
      detail: '用户名或密码错误',
      has: { success: false, data: null, code: 401 },
    },
    {
      what: 'C login of nobody who is known',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { username: 'admin', password: 'admin123' } },
      status: 401,
      detail: '用户名或密码错误',
    },
    {
      what: 'C login whose name is left out',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { password: 'x' } },
      status: 422,
      has: { detail: [{ loc: ['body', 'username'], msg: 'Field required', type: 'missing' }] },
    },
    {
      what: 'C login whose password is a number',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: { username: 'ann', password: 12 } },
      status: 422,
      has: { detail: [{ loc: ['body', 'password'], type: 'string_type' }] },
    },
    {
      what: 'C login without a body',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN },
      status: 422,
    },
    {
      what: 'C login with what is no JSON',
      as: 'nobody',
      ask: { method: 'POST', url: LOGIN, payload: '{', headers: { 'content-type': 'application/json' } },
      status: 422,
      has: { detail: [{ type: 'json_invalid' }] },
    },
  ]);

  it('C the token opens what needs one, as the user', async () => {
    const { access_token } = await logIn();
    const me = await stand().askAs('nobody', { url: '/api/auth/me', headers: bearer(access_token) });
    expect(me.json()).toMatchObject({
      success: true,
      message: '获取用户信息成功',
      data: { username: 'ann', name: 'ann', is_admin: true, roles: ['admin'], preferences: {} },
    });
    const status = await stand().askAs('nobody', { url: '/v1/status', headers: bearer(access_token) });
    expect(status.statusCode).toBe(200);
  });

  it('C logging out ends both tokens at once', async () => {
    const pair = await logIn();
    const out = await stand().askAs('nobody', {
      method: 'POST',
      url: '/api/auth/logout',
      headers: bearer(pair.access_token),
    });
    expect(out.json()).toEqual({ success: true, data: {}, message: '登出成功' });
    const me = await stand().askAs('nobody', { url: '/api/auth/me', headers: bearer(pair.access_token) });
    expect([me.statusCode, me.json()]).toMatchObject([401, { detail: 'Invalid token' }]);
    const again = await stand().askAs('nobody', {
      method: 'POST',
      url: REFRESH,
      payload: { refresh_token: pair.refresh_token },
    });
    expect([again.statusCode, again.json()]).toMatchObject([401, { detail: 'Invalid refresh token' }]);
  });
});

describe('renewing', () => {
  conforms(stand, [
    {
      what: 'C refresh gives the next pair',
      as: 'nobody',
      ask: async () => ({
        method: 'POST',
        url: REFRESH,
        payload: { refresh_token: (await logIn()).refresh_token },
      }),
      status: 200,
      shape: toldShape(z.strictObject(pairShape)),
      has: { success: true, message: 'Token刷新成功' },
    },
    {
      what: 'C refresh with an empty token',
      as: 'nobody',
      ask: { method: 'POST', url: REFRESH, payload: { refresh_token: '' } },
      status: 401,
      detail: 'Refresh token is required',
    },
    {
      what: 'C refresh with a token that is none',
      as: 'nobody',
      ask: { method: 'POST', url: REFRESH, payload: { refresh_token: 'a.b.c' } },
      status: 401,
      detail: 'Invalid refresh token',
    },
    {
      what: 'C refresh with a token that was used before',
      as: 'nobody',
      ask: async () => {
        const payload = { refresh_token: (await logIn()).refresh_token };
        await stand().askAs('nobody', { method: 'POST', url: REFRESH, payload });
        return { method: 'POST', url: REFRESH, payload };
      },
      status: 401,
      detail: 'Invalid refresh token',
    },
    {
      what: 'C refresh without one',
      as: 'nobody',
      ask: { method: 'POST', url: REFRESH, payload: {} },
      status: 422,
      has: { detail: [{ loc: ['body', 'refresh_token'], type: 'missing' }] },
    },
  ]);
});

describe('who asks', () => {
  conforms(stand, [
    {
      what: 'C me of an admin',
      ask: { url: '/api/auth/me' },
      status: 200,
      shape: toldShape(
        z.strictObject({ ...userShape, roles: z.array(z.string()), preferences: z.strictObject({}) }),
      ),
      has: { data: { username: 'ann', is_admin: true, roles: ['admin'] } },
    },
    {
      what: 'C me of a viewer',
      as: 'viewer',
      ask: { url: '/api/auth/me' },
      status: 200,
      has: { data: { username: 'vera', is_admin: false, roles: ['user'] } },
    },
    {
      what: 'C me of nobody',
      as: 'nobody',
      ask: { url: '/api/auth/me' },
      status: 401,
      detail: 'No authorization header',
      headers: { 'www-authenticate': 'Bearer' },
    },
    {
      what: 'C logout of nobody',
      as: 'nobody',
      ask: { method: 'POST', url: '/api/auth/logout' },
      status: 401,
      detail: 'No authorization header',
    },
  ]);
});

describe('who may, and what is wrong', () => {
  conforms(stand, [
    {
      what: 'nobody without a token',
      as: 'nobody',
      ask: { url: STATUS },
      status: 401,
      detail: 'No authorization header',
    },
    {
      what: 'a header in another form',
      as: 'nobody',
      ask: { url: STATUS, headers: { authorization: 'Token abc' } },
      status: 401,
      detail: 'Invalid authorization format',
    },
    {
      what: 'a token that is good for nothing',
      as: 'nobody',
      ask: { url: STATUS, headers: { authorization: 'Bearer a.b.c' } },
      status: 401,
      detail: 'Invalid token',
    },
    { what: 'a viewer begins nothing', as: 'viewer', ask: { method: 'POST', url: RUN }, status: 403 },
    {
      what: 'a viewer begins nothing with several sources',
      as: 'viewer',
      ask: { method: 'POST', url: `${MULTI}/stock_basics/run` },
      status: 403,
    },
    {
      what: 'force that is no truth value',
      ask: { method: 'POST', url: `${RUN}?force=perhaps` },
      status: 422,
      has: { detail: [{ loc: ['query', 'force'], type: 'bool_parsing' }] },
    },
    {
      what: 'a source that is none',
      ask: { method: 'POST', url: `${MULTI}/stock_basics/run?preferred_sources=wind` },
      status: 400,
      detail: "Data source 'wind' not found",
    },
    { what: 'page 0', ask: { url: `${MULTI}/history?page=0` }, status: 422 },
    { what: 'a page of none', ask: { url: `${MULTI}/history?page_size=0` }, status: 422 },
    { what: 'a page of 51', ask: { url: `${MULTI}/history?page_size=51` }, status: 422 },
    { what: 'a page of words', ask: { url: `${MULTI}/history?page=two` }, status: 422 },
    { what: 'the wrong method', ask: { url: RUN }, status: 405, detail: 'Method Not Allowed' },
    { what: 'a path that is none', ask: { url: '/api/sync/stock_basics' }, status: 404, detail: 'Not Found' },
  ]);
});

describe('a fault of the server', () => {
  it.each([
    [`${MULTI}/status`, 'Failed to get sync status: internal error'],
    [`${MULTI}/sources/status`, 'Failed to get data sources status: internal error'],
    [`${MULTI}/recommendations`, 'Failed to generate recommendations: internal error'],
    [`${MULTI}/history`, 'Failed to get sync history: internal error'],
  ])('%s is told in the words of the document, and nothing else of it', async (url, detail) => {
    const { store } = stand().deps;
    const broken = () => Promise.reject(new Error('relation "secret" does not exist'));
    Object.assign(stand().deps, {
      store: { ...store, runs: broken, datasetRunPage: broken, priorities: broken },
    });
    const answer = await stand().askAs('viewer', { url });
    Object.assign(stand().deps, { store });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      500,
      {
        success: false,
        detail,
        message: detail,
        error_code: 'internal',
        error: { code: 'INTERNAL_SERVER_ERROR', request_id: answer.headers['x-request-id'] },
      },
    ]);
    expect(answer.body).not.toContain('secret');
  });
});
