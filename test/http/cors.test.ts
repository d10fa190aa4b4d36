import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, HOST, TOKEN, type Answer, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const LISTED = 'https://desk.example.com';
const PREFLIGHT = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, content-type',
};
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db, { http: { corsOrigins: [LISTED, 'http://localhost:5173'] } });
});

function ask(
  method: 'GET' | 'OPTIONS' | 'POST',
  headers: Readonly<Record<string, string>>,
  url = '/v1/plans',
): Promise<Answer> {
  const payload = method === 'POST' ? { payload: {} } : {};
  return stand.app.inject({ method, url, headers: { host: HOST, ...headers }, ...payload });
}

const allowedBy = ({ headers }: Answer): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));

describe('a page of a listed origin', () => {
  it('learns beforehand that it may ask, with the headers that it names', async () => {
    const answer = await ask('OPTIONS', { origin: LISTED, 'sec-fetch-site': 'cross-site', ...PREFLIGHT });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': LISTED,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization, content-type',
      vary: 'origin',
    });
    expect(String(answer.headers['access-control-allow-methods'])).toContain('DELETE');
  });

  it('may read answers, refusals too, once it shows who asks', async () => {
    const headers = { origin: LISTED, 'sec-fetch-site': 'cross-site', authorization: `Bearer ${TOKEN}` };
    const read = await ask('GET', headers, '/v1/runs');
    expect([read.statusCode, read.headers['access-control-allow-origin']]).toEqual([200, LISTED]);
    const refused = await ask('POST', headers);
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([400, LISTED]);
  });

  it('changes nothing by a cookie that the browser sends along', async () => {
    const answer = await ask('POST', {
      origin: LISTED,
      'sec-fetch-site': 'same-site',
      cookie: 'tapekeeper=x',
    });
    expect(answer.statusCode).toBe(401);
  });

  it('is told no header names that are none', async () => {
    const evil = 'x-a\r\nset-cookie: b=c';
    const answer = await ask('OPTIONS', {
      origin: LISTED,
      ...PREFLIGHT,
      'access-control-request-headers': evil.replace('\r\n', ';'),
    });
    expect(allowedBy(answer)).not.toContain('access-control-allow-headers');
  });
});

describe('a page of any other origin', () => {
  it.each([
    ['one that begins like a listed one', 'https://desk.example.com.evil.example'],
    ['one below a listed one', 'https://a.desk.example.com'],
    ['a listed one over plain HTTP', 'http://desk.example.com'],
    ['a listed one at another port', 'https://desk.example.com:8443'],
    ['none', 'null'],
  ])('is refused and named nowhere: %s', async (_, origin) => {
    for (const method of ['GET', 'OPTIONS', 'POST'] as const) {
      const answer = await ask(method, { origin, ...PREFLIGHT });
      expect([method, answer.statusCode, allowedBy(answer)]).toEqual([method, 403, []]);
    }
  });
});

describe('where no origin is listed', () => {
  it('no answer allows any', async () => {
    const { app } = await createHttpStand(database().db);
    const answer = await app.inject({
      method: 'OPTIONS',
      url: '/v1/plans',
      headers: { host: HOST, origin: `http://${HOST}`, ...PREFLIGHT },
    });
    expect([answer.statusCode, allowedBy(answer), answer.headers['vary']]).toEqual([404, [], undefined]);
  });
});
