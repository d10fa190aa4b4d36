import { describe, expect, it, test } from 'vitest';
import type { User } from '@tapekeeper/contract';
import { sql } from '../../packages/server/src/store/connection.ts';
import { TOKEN } from '../http/httpStand.ts';
import { bearer, PASSWORD, useAccessStand, type Sent } from './accessStand.ts';

const stand = useAccessStand();

const asAdmin = async (request: Sent) => stand().send({ ...request, headers: bearer(TOKEN) });
const create = (payload: object) => asAdmin({ method: 'POST', url: '/v1/users', payload });
const update = (user: string | number, payload: object) =>
  asAdmin({ method: 'PUT', url: `/v1/users/${user}`, payload });

describe('users', () => {
  it('are made, found by number or name, changed and removed', async () => {
    const made = await create({ name: 'Li.Wei', displayName: '李伟', role: 'operator', password: PASSWORD });
    expect(made.statusCode).toBe(201);
    const user = made.json<User>();
    expect(made.headers['location']).toBe(`/v1/users/${user.id}`);
    expect(user).toMatchObject({
      name: 'li.wei',
      displayName: '李伟',
      role: 'operator',
      enabled: true,
      version: 1,
      lastLoginAt: null,
    });
    for (const key of [user.id, 'li.wei', 'LI.WEI'])
      expect((await asAdmin({ url: `/v1/users/${key}` })).json()).toEqual(user);
    await stand().logIn('li.wei');
    expect((await update(user.id, { displayName: 'Li Wei', version: 1 })).json()).toMatchObject({
      displayName: 'Li Wei',
      role: 'operator',
      version: 2,
      lastLoginAt: expect.any(String),
    });
    expect((await asAdmin({ method: 'DELETE', url: '/v1/users/li.wei' })).json()).toMatchObject({
      id: user.id,
    });
    expect((await asAdmin({ url: `/v1/users/${user.id}` })).json()).toMatchObject({
      status: 404,
      code: 'unknown_user',
    });
    expect(await stand().logIn('li.wei')).toMatchObject({ statusCode: 401 });
    expect((await create({ name: 'li.wei', role: 'viewer' })).json()).toMatchObject({ hasPassword: false });
  });

  it('leave a line each with what they were and have become', async () => {
    await create({ name: 'bob', role: 'viewer', password: PASSWORD });
    await update('bob', { role: 'operator', version: 1 });
    await asAdmin({
      method: 'POST',
      url: '/v1/users/bob/password',
      payload: { password: 'four blue lamps by dusk' },
    });
    await asAdmin({ method: 'DELETE', url: '/v1/users/bob' });
    const rows = await stand().db.rows<{ text: string }>(sql`
      SELECT action || ' ' || coalesce(before->>'role', '-') || ' ' || coalesce(after->>'role', '-') AS text
      FROM tapekeeper.operation WHERE object_kind = 'user' AND object_id ~ '^[0-9]+$' ORDER BY id DESC LIMIT 4`);
    expect(rows.map(({ text }) => text).toReversed()).toEqual([
      'createUser - viewer',
      'updateUser viewer operator',
      'setUserPassword operator operator',
      'deleteUser operator -',
    ]);
  });

  it('are listed by name, page by page', async () => {
    for (const name of ['dan', 'bob', 'cy']) await stand().addUser(name, 'viewer');
    const page = async (query: string) => (await asAdmin({ url: `/v1/users?limit=2${query}` })).json();
    const first = await page('');
    expect(first.users.map((user: User) => user.name)).toEqual(['ann', 'bob']);
    const second = await page(`&after=${first.next}`);
    expect([second.users.map((user: User) => user.name), second.next]).toEqual([['cy', 'dan'], null]);
  });

  test.each([
    [{ name: '7up', role: 'viewer' }, 'bad_request'],
    [{ name: 'two words', role: 'viewer' }, 'bad_request'],
    [{ name: 'installation', role: 'viewer' }, 'bad_request'],
    [{ name: 'system', role: 'viewer' }, 'bad_request'],
    [{ name: 'a'.repeat(65), role: 'viewer' }, 'bad_request'],
    [{ name: "x';--", role: 'viewer' }, 'bad_request'],
    [{ name: 'bob', role: 'owner' }, 'bad_request'],
    [{ name: 'bob', role: 'viewer', enabled: true }, 'bad_request'],
    [{ name: 'bob', role: 'viewer', passwordHash: 'x' }, 'bad_request'],
    [{ name: 'bob', role: 'viewer', password: 'too short' }, 'weak_password'],
    [{ name: 'bob', role: 'viewer', password: 'bob likes long walks' }, 'weak_password'],
    [{ name: 'ANN', role: 'viewer' }, 'user_exists'],
  ])('are not made of %j', async (payload, code) => {
    expect((await create(payload)).json()).toMatchObject({ code });
    expect((await asAdmin({ url: '/v1/users' })).json().users).toHaveLength(1);
  });

  it('of a hundred edits at once one wins, and 99 are told that it has been changed', async () => {
    await stand().addUser('bob', 'viewer');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => update('bob', { displayName: `name ${at}`, version: 1 })),
    );
    const codes = answers.map((answer) =>
      answer.statusCode === 200 ? 'ok' : answer.json<{ code: string }>().code,
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'user_changed')).toHaveLength(99);
    expect((await asAdmin({ url: '/v1/users/bob' })).json()).toMatchObject({ version: 2 });
  });
});

describe('the last admin', () => {
  it.each([
    ['loses the role', () => update('ann', { role: 'operator', version: 1 })],
    ['is shut out', () => update('ann', { enabled: false, version: 1 })],
    ['is removed', () => asAdmin({ method: 'DELETE', url: '/v1/users/ann' })],
  ])('never %s', async (_, change) => {
    await stand().addUser('robot', 'admin', null);
    expect((await change()).json()).toMatchObject({ status: 409, code: 'last_admin' });
    expect((await asAdmin({ url: '/v1/users/ann' })).json()).toMatchObject({
      role: 'admin',
      enabled: true,
      version: 1,
    });
  });

  it('stays when two admins take the role from each other at once, again and again', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [
        await stand().addUser(`one${round}`, 'admin'),
        await stand().addUser(`two${round}`, 'admin'),
      ];
      const ann = await stand().deps.store.userNamed('ann');
      if (ann?.role === 'admin') await update('ann', { role: 'viewer', version: ann.version });
      const answers = await Promise.all([
        update(one.id, { role: 'viewer', version: 1 }),
        update(two.id, { enabled: false, version: 1 }),
      ]);
      expect(answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b)).toEqual([200, 409]);
      expect(await stand().deps.store.hasAdmin()).toBe(true);
      await stand().db.rows(sql`UPDATE tapekeeper.user_account SET role = 'viewer' WHERE name <> 'ann'`);
      await stand().db.rows(sql`UPDATE tapekeeper.user_account SET role = 'admin' WHERE name = 'ann'`);
    }
  });
});

describe('a change of a user holds at once', () => {
  const bobs = async () => {
    const bob = await stand().addUser('bob', 'operator');
    return { bob, browser: await stand().browser('bob'), token: bearer(await stand().addToken(bob)) };
  };
  const group = (headers: Readonly<Record<string, string>>) =>
    stand().send({ method: 'PUT', url: '/v1/groups/disk', headers, payload: { most: 2 } });

  it('for another role: sessions and tokens stay and may less, and open connections are told', async () => {
    const { bob, browser, token } = await bobs();
    expect([(await group(browser)).statusCode, (await group(token)).statusCode]).toEqual([200, 200]);
    await update('bob', { role: 'viewer', version: 1 });
    expect([(await group(browser)).statusCode, (await group(token)).statusCode]).toEqual([403, 403]);
    expect(await stand().me(browser)).toMatchObject({ name: 'bob', permissions: ['data', 'read'] });
    expect(await stand().revocations()).toEqual([{ userId: bob.id, credential: null }]);
  });

  it('for who is shut out: sessions end for good, tokens are void while it lasts', async () => {
    const { bob, browser, token } = await bobs();
    await update('bob', { enabled: false, version: 1 });
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me(token)).toMatchObject({ proof: 'nobody' });
    await update('bob', { enabled: true, version: 2 });
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me(token)).toMatchObject({ name: 'bob' });
    expect(await stand().revocations()).toEqual([{ userId: bob.id, credential: null }]);
  });

  it('for another password by an admin: sessions end, tokens stay', async () => {
    const { browser, token } = await bobs();
    const payload = { password: 'four blue lamps by dusk' };
    expect((await asAdmin({ method: 'POST', url: '/v1/users/bob/password', payload })).json()).toMatchObject({
      version: 2,
    });
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me(token)).toMatchObject({ name: 'bob' });
  });

  it('for who is removed: nothing is left, for one of the same name neither', async () => {
    const { browser, token } = await bobs();
    await asAdmin({ method: 'DELETE', url: '/v1/users/bob' });
    await stand().addUser('bob', 'admin');
    expect(await stand().me(browser)).toMatchObject({ proof: 'nobody' });
    expect(await stand().me(token)).toMatchObject({ proof: 'nobody' });
  });
});
