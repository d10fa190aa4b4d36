import type { MadeApiToken } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { TOKEN } from '../http/httpStand.ts';
import { bearer, useAccessStand } from './accessStand.ts';

const stand = useAccessStand();
const DAY = 86_400_000;
type Headers = Readonly<Record<string, string>>;
let ann: Headers;
let bob: Headers;

beforeEach(async () => {
  await stand().addUser('bob', 'operator');
  ann = await stand().browser('ann');
  bob = await stand().browser('bob');
});

const make = (headers: Headers, payload: object) =>
  stand().send({ method: 'POST', url: '/v1/tokens', headers, payload });
const revoke = (headers: Headers, id: number) =>
  stand().send({ method: 'DELETE', url: `/v1/tokens/${id}`, headers });
const list = async (headers: Headers, query = '') => stand().send({ url: `/v1/tokens${query}`, headers });

describe('an API token', () => {
  it('is shown once, kept as a digest, and void after ninety days unless told otherwise', async () => {
    const answer = await make(bob, { name: 'notebook' });
    expect(answer.statusCode).toBe(201);
    const { token, facts } = answer.json<MadeApiToken>();
    expect(token).toMatch(/^tk_[\w-]{43}$/);
    expect(facts).toMatchObject({
      name: 'notebook',
      prefix: token.slice(0, 7),
      userName: 'bob',
      scopes: null,
      usedAt: null,
    });
    expect(await stand().me(bearer(token))).toMatchObject({ name: 'bob', proof: 'apiToken' });
    const listed = await list(bob);
    expect(listed.json()).toMatchObject({
      tokens: [{ id: facts.id, usedAt: expect.any(String) }],
      next: null,
    });
    expect(listed.body).not.toContain(token);
    const kept = await stand().db.one<{ all: string }>(
      sql`SELECT t::text AS all FROM tapekeeper.api_token t`,
    );
    expect(kept.all).not.toContain(token.slice(10));
    await stand().time.move(90 * DAY - 10_000);
    expect(await stand().me(bearer(token))).toMatchObject({ name: 'bob' });
    await stand().time.move(20_000);
    expect(await stand().me(bearer(token))).toMatchObject({ proof: 'nobody' });
  });

  it('has no end only where that is asked for', async () => {
    const { token, facts } = (await make(bob, { name: 'for ever', days: null })).json<MadeApiToken>();
    expect(facts.expiresAt).toBeNull();
    await stand().time.move(5000 * DAY);
    expect(await stand().me(bearer(token))).toMatchObject({ name: 'bob' });
  });

  it("stands in for Tushare's own where it may read data", async () => {
    const made = async (scopes: readonly string[]): Promise<string> =>
      (await make(bob, { name: 'notebook', scopes })).json<MadeApiToken>().token;
    const call = async (token: string): Promise<object> => {
      const payload = { api_name: 'trade_cal', token, params: {}, fields: '' };
      return (await stand().send({ method: 'POST', url: '/dataapi', payload })).json<object>();
    };
    expect(await call(await made(['data']))).toMatchObject({ code: 0 });
    expect(await call(await made(['read']))).toMatchObject({ code: 40101, data: null });
    expect(await call('tk_no-token')).toMatchObject({ code: 40101, data: null });
  });

  it('may what its scopes say of what its user may, and never more', async () => {
    const reading = (await make(bob, { name: 'a', scopes: ['data', 'read', 'admin'] })).json<MadeApiToken>()
      .token;
    expect(await stand().me(bearer(reading))).toMatchObject({ permissions: ['data', 'read'] });
    const put = {
      method: 'PUT',
      url: '/v1/groups/disk',
      headers: bearer(reading),
      payload: { most: 2 },
    } as const;
    expect((await stand().send(put)).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await stand().send({ url: '/v1/runs', headers: bearer(reading) })).toMatchObject({
      statusCode: 200,
    });
    expect(await stand().send({ url: '/v1/users', headers: bearer(reading) })).toMatchObject({
      statusCode: 403,
    });
  });

  it('is void from the moment that it is revoked, and open connections are told', async () => {
    const { token, facts } = (await make(bob, { name: 'a' })).json<MadeApiToken>();
    expect((await revoke(bob, facts.id)).json()).toMatchObject({ revokedAt: expect.any(String) });
    expect(await stand().me(bearer(token))).toMatchObject({ proof: 'nobody' });
    expect(await stand().revocations()).toEqual([{ userId: facts.userId, credential: `token:${facts.id}` }]);
    expect((await revoke(bob, facts.id)).json()).toMatchObject({ status: 404, code: 'unknown_api_token' });
    expect((await list(bob)).json()).toMatchObject({ tokens: [{ revokedAt: expect.any(String) }] });
  });

  it('belongs to its user; admins see and revoke those of others, and make some for them', async () => {
    const { facts } = (await make(bob, { name: 'a' })).json<MadeApiToken>();
    await stand().addUser('cy', 'operator');
    const cy = await stand().browser('cy');
    expect((await revoke(cy, facts.id)).json()).toMatchObject({ code: 'unknown_api_token' });
    expect((await list(cy, '?user=bob')).json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await make(cy, { name: 'mine', user: 'bob' })).json()).toMatchObject({ status: 403 });
    expect((await list(ann, '?user=bob')).json()).toMatchObject({ tokens: [{ name: 'a' }] });
    expect((await make(ann, { name: 'b', user: 'cy' })).json()).toMatchObject({ facts: { userName: 'cy' } });
    expect((await list(ann, '?user=*')).json().tokens).toHaveLength(2);
    expect(await revoke(ann, facts.id)).toMatchObject({ statusCode: 200 });
  });

  it('makes no others of itself, ends no sessions and changes no password, unless it administers', async () => {
    const token = bearer((await make(bob, { name: 'a' })).json<MadeApiToken>().token);
    const session = (await stand().send({ url: '/v1/sessions', headers: token })).json().sessions[0];
    const tries = [
      make(token, { name: 'b', days: null }),
      revoke(token, 1),
      stand().send({ method: 'DELETE', url: `/v1/sessions/${session.id}`, headers: token }),
      stand().send({
        method: 'POST',
        url: '/v1/auth/password',
        headers: token,
        payload: { oldPassword: 'x', newPassword: 'y' },
      }),
    ];
    for (const answer of await Promise.all(tries))
      expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden' });
    const admin = bearer((await make(ann, { name: 'a' })).json<MadeApiToken>().token);
    expect(await make(admin, { name: 'b' })).toMatchObject({ statusCode: 201 });
  });

  it('of the installation is made for a user who is named', async () => {
    expect((await make(bearer(TOKEN), { name: 'a' })).json()).toMatchObject({ status: 400, code: 'no_user' });
    expect(await make(bearer(TOKEN), { name: 'a', user: 'bob' })).toMatchObject({ statusCode: 201 });
  });

  test.each([
    [{}],
    [{ name: '' }],
    [{ name: 'a', days: 0 }],
    [{ name: 'a', days: 1.5 }],
    [{ name: 'a', days: 3651 }],
    [{ name: 'a', scopes: [] }],
    [{ name: 'a', scopes: ['root'] }],
    [{ name: 'a', userId: 1 }],
  ])('is not made of %j', async (payload) => {
    expect((await make(bob, payload)).json()).toMatchObject({ status: 400, code: 'bad_request' });
  });

  it('notes that it was used once a minute, so that reading costs no write', async () => {
    const { token } = (await make(bob, { name: 'a' })).json<MadeApiToken>();
    const usedAt = async () => (await list(bob)).json().tokens[0].usedAt as string;
    await stand().me(bearer(token));
    const first = await usedAt();
    await stand().time.move(30_000);
    await stand().me(bearer(token));
    expect(await usedAt()).toBe(first);
    await stand().time.move(31_000);
    await stand().me(bearer(token));
    expect(await usedAt()).not.toBe(first);
  });
});
