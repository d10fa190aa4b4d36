import { problemSchema } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type Asked, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const JSON_TYPE = { 'content-type': 'application/json' };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const post = (payload: string, headers: Record<string, string> = JSON_TYPE): Asked => ({
  method: 'POST',
  url: '/v1/runs',
  payload,
  headers,
});

describe('a request that is wrong', () => {
  it.each<[string, Asked, number, string, RegExp]>([
    ['an unknown key in the query', { url: '/v1/runs?color=red' }, 400, 'bad_request', /query.*color/],
    ['a value of the query', { url: '/v1/runs?limit=0' }, 400, 'bad_request', /query "limit"/],
    ['a value of the path', { url: '/v1/runs/x' }, 400, 'bad_request', /path "id"/],
    [
      'an unknown key in the body',
      post('{"dataset":"daily_bars","color":"red"}'),
      400,
      'bad_request',
      /body.*color/,
    ],
    ['a key that is missing', post('{}'), 400, 'bad_request', /body "dataset"/],
    [
      'a value of the body',
      post('{"dataset":"daily_bars","symbols":[1]}'),
      400,
      'bad_request',
      /body "symbols\.0"/,
    ],
    ['a body that is no object', post('[]'), 400, 'bad_request', /body/],
    ['a body that is no JSON', post('{'), 400, 'bad_request', /./],
    ['an empty body', post('', JSON_TYPE), 400, 'bad_request', /./],
    [
      'a body that poisons prototypes',
      post('{"dataset":"daily_bars","__proto__":{}}'),
      400,
      'bad_request',
      /./,
    ],
    [
      'a form',
      post('dataset=daily_bars', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'not_json',
      /JSON/,
    ],
    [
      'a plain text',
      post('{"dataset":"daily_bars"}', { 'content-type': 'text/plain' }),
      415,
      'not_json',
      /JSON/,
    ],
    [
      'a body above a mebibyte',
      post(`{"dataset":"${'x'.repeat(1024 * 1024)}"}`),
      413,
      'body_too_large',
      /1048576/,
    ],
    ['a path that leads nowhere', { url: '/v1/moon' }, 404, 'not_found', /GET \/v1\/moon/],
    [
      'a method that is not there',
      { method: 'PUT', url: '/v1/runs', headers: { authorization: 'x' } },
      404,
      'not_found',
      /PUT \/v1\/runs/,
    ],
    ['a path that cannot be read', { url: '/v1/%zz' }, 400, 'bad_request', /./],
    ['a path out of the folder', { url: '/../package.json' }, 404, 'not_found', /./],
    ['an encoded path out of the folder', { url: '/..%2f..%2fpackage.json' }, 404, 'not_found', /./],
    ['a path with a null in it', { url: '/page.js%00.html' }, 404, 'not_found', /./],
    [
      'a parameter that never ends',
      { url: `/v1/cells/daily_bars/${'x'.repeat(65)}/2024-01-04` },
      400,
      'bad_request',
      /./,
    ],
  ])('is answered with a problem: %s', async (_, request, status, code, says) => {
    const answer = await stand.ask(request);
    const problem = problemSchema.parse(answer.json());
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['cache-control'] ?? 'no-store').toBe('no-store');
    expect(problem).toMatchObject({ status, code });
    expect(problem.detail).toMatch(says);
    expect(problem.detailZh).not.toBe(problem.detail);
  });

  it('that would write is not found either, once it has the token', async () => {
    const answer = await stand.ask({ method: 'POST', url: '/v1/moon', payload: {} });
    expect(answer.json()).toMatchObject({ code: 'not_found' });
  });

  it('names a request that can be found in the log', async () => {
    const answer = await stand.get('/v1/moon');
    expect(answer.json()).toMatchObject({ requestId: answer.headers['x-request-id'] });
  });

  it('cannot choose its own number', async () => {
    const answer = await stand.ask({
      url: '/v1/moon',
      headers: { 'x-request-id': 'mine', 'request-id': 'mine' },
    });
    expect(answer.headers['x-request-id']).not.toBe('mine');
  });
});

describe('a failure of ours', () => {
  it('is told without its inside, which goes to the log with the same number', async () => {
    const logged: object[] = [];
    stand = await createHttpStand(database().db, {
      deps: (deps) => ({
        ...deps,
        store: { ...deps.store, runs: () => Promise.reject(new Error('column "secret" does not exist')) },
        log: { ...deps.log, error: (fields) => void logged.push(fields) },
      }),
    });
    const answer = await stand.get('/v1/runs');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(answer.json()).toMatchObject({ code: 'internal' });
    expect(logged).toMatchObject([{ requestId: answer.headers['x-request-id'], path: '/v1/runs' }]);
  });

  it('is told as one when an answer does not fit its own schema', async () => {
    stand = await createHttpStand(database().db, {
      deps: (deps) => ({ ...deps, store: { ...deps.store, databaseBytes: async () => 1.5 } }),
    });
    expect((await stand.get('/v1/status')).json()).toMatchObject({ code: 'internal', status: 500 });
  });
});
