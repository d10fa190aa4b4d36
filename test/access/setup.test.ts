import { describe, expect, it } from 'vitest';
import { adminBySettings, newSetupCode } from '../../packages/server/src/app/access/firstAdmin.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { PASSWORD, useAccessStand } from './accessStand.ts';

const stand = useAccessStand({ admin: false });
const HOUR = 3_600_000;

const code = async (): Promise<string> => {
  const made = await newSetupCode(stand().deps);
  if (made === undefined) throw new Error('there is an admin');
  return made;
};
const setUp = (payload: object) => stand().send({ method: 'POST', url: '/v1/auth/setup', payload });

describe('the set-up code', () => {
  it('makes the first admin, who is logged in with it', async () => {
    expect((await stand().send({ url: '/v1/auth/me' })).json()).toMatchObject({
      proof: 'loopback',
      setupNeeded: true,
    });
    const made = await code();
    expect(made).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/);
    const answer = await setUp({ code: made, name: 'Ann', password: PASSWORD });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      user: { name: 'ann', role: 'admin' },
      proof: 'session',
      setupNeeded: false,
    });
    expect(answer.headers['set-cookie']).toMatch(/^tapekeeper=/);
    expect(await stand().logIn('ann')).toMatchObject({ statusCode: 200 });
    // from now on this machine says who asks, too
    expect(await stand().send({ url: '/v1/runs' })).toMatchObject({ statusCode: 401 });
    expect((await stand().lines())[0]).toMatchObject({
      action: 'setUp',
      result: 'ok',
      kind: 'user',
      id: expect.any(String),
    });
  });

  it('is typed as people type', async () => {
    const made = await code();
    const typed = ` ${made.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect(await setUp({ code: typed, name: 'ann', password: PASSWORD })).toMatchObject({ statusCode: 201 });
  });

  it('makes one admin when twenty ask with it at once', async () => {
    const made = await code();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => setUp({ code: made, name: `admin${at}`, password: PASSWORD })),
    );
    expect(answers.filter((answer) => answer.statusCode === 201)).toHaveLength(1);
    const { count } = await stand().db.one<{ count: number }>(
      sql`SELECT count(*) FROM tapekeeper.user_account`,
    );
    expect(count).toBe(1);
  });

  it('is spent by its use, and refused when it is another one, too old or replaced', async () => {
    const refused = { status: 403, code: 'setup_refused' };
    const first = await code();
    const second = await code();
    const body = { name: 'ann', password: PASSWORD };
    expect((await setUp({ ...body, code: first })).json()).toMatchObject(refused);
    expect((await setUp({ ...body, code: 'AAAAA-AAAAA-AAAAA-AAAAA' })).json()).toMatchObject(refused);
    await stand().time.move(24 * HOUR + 1000);
    expect((await setUp({ ...body, code: second })).json()).toMatchObject(refused);
    const third = await code();
    expect(await setUp({ ...body, code: third })).toMatchObject({ statusCode: 201 });
    expect((await setUp({ ...body, name: 'other', code: third })).json()).toMatchObject(refused);
    expect(await newSetupCode(stand().deps)).toBeUndefined();
    expect((await stand().lines()).map(({ action, result }) => [action, result])).toEqual([
      ['setUp', 'refused'],
      ['setUp', 'refused'],
      ['setUp', 'refused'],
      ['setUp', 'ok'],
      ['setUp', 'refused'],
    ]);
  });

  it('stays good when the password or the name is not taken', async () => {
    const made = await code();
    expect((await setUp({ code: made, name: 'ann', password: 'password1234' })).json()).toMatchObject({
      code: 'weak_password',
    });
    expect((await setUp({ code: made, name: '7up', password: PASSWORD })).json()).toMatchObject({
      code: 'bad_request',
    });
    await stand().addUser('bob', 'viewer');
    expect((await setUp({ code: made, name: 'bob', password: PASSWORD })).json()).toMatchObject({
      code: 'user_exists',
    });
    expect(await setUp({ code: made, name: 'ann', password: PASSWORD })).toMatchObject({ statusCode: 201 });
  });

  it('is guessed at no faster than passwords are', async () => {
    await code();
    const statuses: number[] = [];
    for (let at = 0; at < 22; at += 1)
      statuses.push((await setUp({ code: `guess ${at}`, name: 'ann', password: PASSWORD })).statusCode);
    expect(statuses).toEqual([...Array(20).fill(403), 429, 429]);
  });

  it('is kept as a digest', async () => {
    const made = await code();
    const { all } = await stand().db.one<{ all: string }>(
      sql`SELECT s::text AS all FROM tapekeeper.setup_code s`,
    );
    expect(all).not.toContain(made.slice(0, 5));
  });
});

describe('the first admin of the settings', () => {
  const admin = { name: 'admin', displayName: '', password: PASSWORD };

  it('is made once, with a line of the audit log that says that nobody did', async () => {
    expect(await adminBySettings(stand().deps, admin)).toMatchObject({ name: 'admin', role: 'admin' });
    expect(
      await adminBySettings(stand().deps, { ...admin, password: 'another one of these' }),
    ).toBeUndefined();
    expect(await stand().logIn('admin')).toMatchObject({ statusCode: 200 });
    expect((await stand().lines())[0]).toMatchObject({
      action: 'autoFirstAdmin',
      actor: 'system',
      kind: 'user',
    });
  });

  it('is made once when several processes start', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => adminBySettings(stand().deps, admin)),
    );
    expect(made.filter((one) => one.status === 'fulfilled' && one.value !== undefined)).toHaveLength(1);
  });

  it('needs a password as good as any other', async () => {
    await expect(adminBySettings(stand().deps, { ...admin, password: 'admin' })).rejects.toMatchObject({
      code: 'weak_password',
    });
  });
});
