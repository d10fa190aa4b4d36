import { AppError } from '@tapekeeper/core';
import { describe, expect, it, vi } from 'vitest';
import { TOKEN } from '../http/httpStand.ts';
import { bearer, cookieOf, PASSWORD, PROXY, PUBLIC_HOST, useAccessStand } from './accessStand.ts';

const stand = useAccessStand();
const HOUR = 3_600_000;

describe('logging in', () => {
  it('begins a session that says who asks, whatever the case of the name', async () => {
    const answer = await stand().logIn(' Ann');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      user: { name: 'ann', role: 'admin', hasPassword: true },
      proof: 'session',
      permissions: ['data', 'read', 'operate', 'admin'],
      setupNeeded: false,
    });
    expect(await stand().me({ cookie: cookieOf(answer) })).toMatchObject({ name: 'ann', proof: 'session' });
  });

  it('gives the same answer to an unknown name, a wrong password, a disabled user and one without any', async () => {
    const bob = await stand().addUser('bob', 'viewer');
    await stand().deps.store.updateUser(bob.id, {
      displayName: '',
      role: 'viewer',
      enabled: false,
      version: 1,
    });
    await stand().addUser('robot', 'viewer', null);
    const answers = [
      await stand().logIn('nobody-there'),
      await stand().logIn('ann', 'not her password'),
      await stand().logIn('bob'),
      await stand().logIn('robot'),
    ].map((answer) => ({ ...answer.json(), requestId: '', headers: answer.headers['set-cookie'] }));
    expect(answers[0]).toMatchObject({ status: 401, code: 'login_refused' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('compares a password for nothing where there is nothing to compare, so that time tells nobody apart', async () => {
    await stand().addUser('robot', 'viewer', null);
    const verify = vi.spyOn(stand().deps.proofs.passwords, 'verify');
    await stand().logIn('nobody-there');
    await stand().logIn('robot');
    await stand().logIn('ann', 'not her password');
    expect(verify.mock.calls.map(([, hash]) => typeof hash)).toEqual(['object', 'object', 'string']);
    verify.mockRestore();
  });

  it('hashes a password again whose hash is weaker than those of today', async () => {
    const { proofs, store } = stand().deps;
    await stand().addUser('carl', 'viewer');
    const before = (await store.userSecrets('carl', null))?.passwordHash;
    const verify = vi.spyOn(proofs.passwords, 'verify').mockResolvedValueOnce('outdated');
    const answer = await stand().logIn('carl');
    verify.mockRestore();
    expect(answer.statusCode).toBe(200);
    expect((await store.userSecrets('carl', null))?.passwordHash).not.toBe(before);
    expect(await stand().me({ cookie: cookieOf(answer) })).toMatchObject({ name: 'carl' });
    expect(await stand().logIn('carl')).toMatchObject({ statusCode: 200 });
  });

  it('leaves one line of the audit log, good or bad, without what was typed for an unknown name', async () => {
    await stand().logIn('ann');
    await stand().logIn('ann', 'not her password');
    await stand().logIn('i-typed-my-password-here');
    expect(await stand().lines()).toMatchObject([
      { action: 'logIn', actor: 'ann', result: 'ok', status: 200, kind: 'session', id: expect.any(String) },
      { action: 'logIn', actor: 'ann', result: 'refused', status: 401, id: null },
      { action: 'logIn', actor: 'anonymous', result: 'refused', status: 401, id: null },
    ]);
  });

  it.each([
    [{ name: 'ann' }],
    [{ name: 'ann', password: '' }],
    [{ name: 'ann', password: 'x'.repeat(1025) }],
    [{ name: 'ann', password: PASSWORD, role: 'admin' }],
    [{ name: { $ne: '' }, password: PASSWORD }],
  ])('refuses %j before anything is looked up', async (payload) => {
    const answer = await stand().send({ method: 'POST', url: '/v1/auth/login', payload });
    expect(answer.json()).toMatchObject({ status: 400, code: 'bad_request' });
    expect(await stand().lines()).toEqual([]);
  });

  it('says that it is busy rather than let passwords queue up', async () => {
    const verify = vi
      .spyOn(stand().deps.proofs.passwords, 'verify')
      .mockRejectedValue(new AppError('passwords_busy'));
    const answer = await stand().logIn('ann');
    verify.mockRestore();
    expect(answer.json()).toMatchObject({ status: 503, code: 'passwords_busy' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('the cookie', () => {
  it('is kept from scripts and other sites, and is for this machine over plain HTTP', async () => {
    const cookie = String((await stand().logIn('ann')).headers['set-cookie']);
    expect(cookie).toMatch(/^tapekeeper=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
  });

  it('is bound to the very host behind a proxy that speaks https', async () => {
    const answer = await stand().send({
      method: 'POST',
      url: '/v1/auth/login',
      from: PROXY,
      headers: {
        host: PUBLIC_HOST,
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '203.0.113.9',
        origin: `https://${PUBLIC_HOST}`,
      },
      payload: { name: 'ann', password: PASSWORD },
    });
    expect(answer.statusCode).toBe(200);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^__Host-tapekeeper=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
    );
    // the plain name would be anybody's to set who answers for a subdomain or on http
    const [, value = ''] = cookieOf(answer).split('=');
    const proxied = { host: PUBLIC_HOST, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
    const me = async (shown: string) =>
      (
        await stand().send({ url: '/v1/auth/me', from: PROXY, headers: { ...proxied, cookie: shown } })
      ).json();
    expect(await me(`__Host-tapekeeper=${value}`)).toMatchObject({ name: 'ann' });
    expect(await me(`tapekeeper=${value}`)).toMatchObject({ name: 'anonymous', proof: 'nobody' });
  });

  it('is not given over plain HTTP to another machine, and the password is not looked at', async () => {
    for (const url of ['/v1/auth/login', '/v1/auth/token']) {
      const answer = await stand().send({
        method: 'POST',
        url,
        from: PROXY,
        headers: { host: PUBLIC_HOST, 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.9' },
        payload: { name: 'ann', password: PASSWORD },
      });
      expect(answer.json()).toMatchObject({ status: 403, code: 'plain_http' });
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await stand().lines()).toEqual([]);
  });

  it.each([
    'tapekeeper=',
    'tapekeeper',
    'tapekeeper=x; tapekeeper=y',
    `tapekeeper=${'x'.repeat(5000)}`,
    '=;=;;',
  ])('%j is as none', async (cookie) => {
    expect(await stand().me({ cookie })).toMatchObject({ proof: 'nobody' });
  });
});

describe('a session', () => {
  it('ends when its time is over', async () => {
    const browser = await stand().browser('ann');
    await stand().time.move(12 * HOUR - 1000);
    expect(await stand().me(browser)).toMatchObject({ name: 'ann' });
    await stand().time.move(2000);
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().send({ url: '/v1/runs', headers: browser })).toMatchObject({ statusCode: 401 });
  });

  it('ends at once when its user logs out, and the browser loses the cookie', async () => {
    const browser = await stand().browser('ann');
    const answer = await stand().send({ method: 'POST', url: '/v1/auth/logout', headers: browser });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toBe('tapekeeper=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax');
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().lines()).toMatchObject([
      { action: 'logIn' },
      { action: 'logOut', actor: 'ann', result: 'ok' },
    ]);
    expect(await stand().revocations()).toEqual([
      { userId: expect.any(Number), credential: expect.stringMatching(/^session:\d+$/) },
    ]);
  });

  it('is listed for its user, who may end it; those of others are for admins', async () => {
    const ann = await stand().browser('ann');
    await stand().addUser('bob', 'viewer');
    const bob = await stand().browser('bob');
    const list = async (headers: Readonly<Record<string, string>>, query = '') =>
      stand().send({ url: `/v1/sessions${query}`, headers });
    const own = (await list(bob)).json();
    expect(own).toMatchObject({ sessions: [{ userName: 'bob', isOwn: true, ip: '127.0.0.1' }], next: null });
    expect((await list(bob, '?user=ann')).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await list(bob, '?user=*')).json()).toMatchObject({ status: 403 });
    expect((await list(ann, '?user=*')).json().sessions).toHaveLength(2);
    expect((await list(ann, '?user=bob&limit=1')).json().sessions).toHaveLength(1);
    const [annSession] = (await list(ann)).json().sessions as { id: number }[];
    const end = (headers: Readonly<Record<string, string>>, id: number | undefined) =>
      stand().send({ method: 'DELETE', url: `/v1/sessions/${id}`, headers });
    expect((await end(bob, annSession?.id)).json()).toMatchObject({ status: 404, code: 'unknown_session' });
    expect(await end(ann, own.sessions[0].id)).toMatchObject({ statusCode: 200 });
    expect(await stand().me(bob)).toMatchObject({ proof: 'nobody' });
    expect((await end(ann, own.sessions[0].id)).json()).toMatchObject({ code: 'unknown_session' });
  });

  it('is no help to a bearer that is good for nothing', async () => {
    const browser = await stand().browser('ann');
    for (const authorization of ['Bearer nothing', 'Basic YW5uOmFubg==', 'Bearer', `Token ${TOKEN}`]) {
      const answer = await stand().send({ url: '/v1/runs', headers: { ...browser, authorization } });
      expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    expect(await stand().me({ ...browser, ...bearer(TOKEN) })).toMatchObject({ name: 'installation' });
  });
});

describe('the own password', () => {
  const change = (headers: Readonly<Record<string, string>>, oldPassword: string, newPassword: string) =>
    stand().send({
      method: 'POST',
      url: '/v1/auth/password',
      headers,
      payload: { oldPassword, newPassword },
    });
  const NEW = 'four blue lamps by dusk';

  it('is changed by who knows the old one; every other session ends, this one gets another cookie', async () => {
    const here = await stand().browser('ann');
    const elsewhere = await stand().browser('ann');
    const answer = await change(here, PASSWORD, NEW);
    expect(answer.statusCode).toBe(200);
    expect(await stand().me(elsewhere)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me(here)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me({ cookie: cookieOf(answer) })).toMatchObject({ name: 'ann' });
    expect(await stand().logIn('ann')).toMatchObject({ statusCode: 401 });
    expect(await stand().logIn('ann', NEW)).toMatchObject({ statusCode: 200 });
    expect(await stand().revocations()).toContainEqual({ userId: expect.any(Number), credential: null });
  });

  it('stays when the old one is wrong, which is guessed at no faster than at a login', async () => {
    const browser = await stand().browser('ann');
    const codes: string[] = [];
    for (let at = 0; at < 7; at += 1)
      codes.push((await change(browser, `not this one ${at}`, NEW)).json<{ code: string }>().code);
    expect(codes).toEqual([...Array(5).fill('wrong_password'), 'login_throttled', 'login_throttled']);
    expect(await stand().me(browser)).toMatchObject({ name: 'ann' });
  });

  it.each(['short', 'password1234', 'my name is ann ok', 'x'.repeat(12), '123456789012'])(
    'is not changed to %j',
    async (weak) => {
      const browser = await stand().browser('ann');
      expect((await change(browser, PASSWORD, weak)).json()).toMatchObject({
        status: 400,
        code: 'weak_password',
      });
      expect(await stand().me(browser)).toMatchObject({ name: 'ann' });
    },
  );

  it('is nothing that the installation has', async () => {
    expect((await change(bearer(TOKEN), PASSWORD, NEW)).json()).toMatchObject({ code: 'no_user' });
  });
});

it('tells no password, hash, digest or secret to anybody', async () => {
  const answer = await stand().logIn('ann');
  const [, secret = ''] = cookieOf(answer).split('=');
  const browser = { cookie: cookieOf(answer), 'sec-fetch-site': 'same-origin' };
  const { passwordHash } = (await stand().deps.store.userSecrets('ann', null)) ?? {};
  const urls = [
    '/v1/auth/me',
    '/v1/users',
    '/v1/users/ann',
    '/v1/sessions?user=*',
    '/v1/tokens?user=*',
    '/v1/operations',
  ];
  for (const url of urls) {
    const { body, statusCode } = await stand().send({ url, headers: browser });
    expect([url, statusCode]).toEqual([url, 200]);
    for (const hidden of [PASSWORD, secret, String(passwordHash), 'argon2', 'digest'])
      expect(body).not.toContain(hidden);
  }
  expect(answer.body).not.toContain(secret);
});
