import { describe, expect, it, test } from 'vitest';
import { HOST, TOKEN } from '../http/httpStand.ts';
import { bearer, cookieOf, PASSWORD, PROXY, PUBLIC_HOST, useAccessStand } from './accessStand.ts';

// What a browser says of who made a request, against a cookie that it sends along whoever did.

const stand = useAccessStand();
const OWN = `http://${HOST}`;

const change = (headers: Readonly<Record<string, string>>) =>
  stand().send({ method: 'PUT', url: '/v1/groups/disk', headers, payload: { most: 2 } });

describe('a change that is proved by a cookie', () => {
  test.each([
    ['nothing', {}, 403],
    ['our page, as browsers of today say it', { 'sec-fetch-site': 'same-origin' }, 200],
    ['our page, as older browsers say it', { origin: OWN }, 200],
    ['our page, said both ways', { origin: OWN, 'sec-fetch-site': 'same-origin' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another site of the same owner', { 'sec-fetch-site': 'same-site' }, 403],
    ['the address bar', { 'sec-fetch-site': 'none' }, 403],
    ['our page, but another site', { origin: OWN, 'sec-fetch-site': 'cross-site' }, 403],
    ['our page, but the address bar', { origin: OWN, 'sec-fetch-site': 'none' }, 403],
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    [
      'a foreign origin that claims to be ours',
      { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
      403,
    ],
    ['our host on another port', { origin: 'http://127.0.0.1:9999' }, 403],
    ['our host by another name', { origin: 'http://127.0.0.1.evil.example:8000' }, 403],
    ['our host over https', { origin: `https://${HOST}` }, 403],
    ['no origin that could be told', { origin: 'null' }, 403],
  ] as const)('made by %s', async (_, headers, status) => {
    const cookie = cookieOf(await stand().logIn('ann'));
    const answer = await change({ cookie, ...headers });
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json()).toMatchObject({ code: 'forbidden_origin' });
  });

  it('is refused for every method that changes something, and for none that reads', async () => {
    const cookie = cookieOf(await stand().logIn('ann'));
    const refused = [
      ['POST', '/v1/jobs'],
      ['PUT', '/v1/groups/disk'],
      ['DELETE', '/v1/jobs/1'],
      ['POST', '/v1/auth/logout'],
      ['POST', '/v1/auth/password'],
      ['POST', '/v1/tokens'],
      ['DELETE', '/v1/sessions/1'],
    ] as const;
    for (const [method, url] of refused) {
      const answer = await stand().send({
        method,
        url,
        headers: { cookie },
        ...(method === 'DELETE' ? {} : { payload: {} }),
      });
      expect([method, url, answer.json()]).toMatchObject([method, url, { code: 'forbidden_origin' }]);
    }
    expect(await stand().send({ method: 'GET', url: '/v1/runs', headers: { cookie } })).toMatchObject({
      statusCode: 200,
    });
    expect(await stand().send({ method: 'HEAD', url: '/v1/runs', headers: { cookie } })).toMatchObject({
      statusCode: 200,
    });
    expect(await stand().me({ cookie })).toMatchObject({ name: 'ann' });
  });

  it('leaves a line of the audit log when it is refused', async () => {
    const cookie = cookieOf(await stand().logIn('ann'));
    await change({ cookie });
    expect((await stand().lines()).at(-1)).toMatchObject({
      action: 'setGroup',
      actor: 'ann',
      result: 'refused',
      status: 403,
    });
  });
});

it('asks nothing of proofs that no browser sends by itself', async () => {
  expect(await change(bearer(TOKEN))).toMatchObject({ statusCode: 200 });
  const ann = await stand().deps.store.userNamed('ann');
  if (ann === undefined) throw new Error('ann is not there');
  expect(await change(bearer(await stand().addToken(ann)))).toMatchObject({ statusCode: 200 });
});

it('knows its own origin behind a proxy', async () => {
  const proxied = { host: PUBLIC_HOST, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
  const login = await stand().send({
    method: 'POST',
    url: '/v1/auth/login',
    from: PROXY,
    headers: proxied,
    payload: { name: 'ann', password: PASSWORD },
  });
  const put = async (headers: Readonly<Record<string, string>>) =>
    (
      await stand().send({
        method: 'PUT',
        url: '/v1/groups/disk',
        from: PROXY,
        headers: { ...proxied, cookie: cookieOf(login), ...headers },
        payload: { most: 2 },
      })
    ).statusCode;
  expect(await put({ origin: `https://${PUBLIC_HOST}` })).toBe(200);
  expect(await put({ origin: `http://${PUBLIC_HOST}` })).toBe(403);
  expect(await put({ origin: `https://${HOST}` })).toBe(403);
  expect(await put({})).toBe(403);
});
