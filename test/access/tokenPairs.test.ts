import type { TokenPair } from '@tapekeeper/contract';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT, decodeJwt } from 'jose';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { bearer, PASSWORD, useAccessStand } from './accessStand.ts';

const stand = useAccessStand();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const post = (url: string, payload: object) => stand().send({ method: 'POST', url, payload });
const take = async (): Promise<TokenPair> =>
  (await post('/v1/auth/token', { name: 'ann', password: PASSWORD })).json<TokenPair>();
const turn = (refreshToken: string) => post('/v1/auth/refresh', { refreshToken });
const whoIs = async (token: string) => (await stand().me(bearer(token))).name;

describe('a pair of tokens', () => {
  it('is taken by name and password; the access token is good for a quarter of an hour', async () => {
    const pair = await take();
    expect(pair).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, refreshExpiresIn: 604_800 });
    expect(pair.refreshToken).toMatch(/^tkr_[\w-]{43}$/);
    expect(await stand().me(bearer(pair.accessToken))).toMatchObject({ name: 'ann', proof: 'accessToken' });
    await stand().time.move(15 * MINUTE - 5_000);
    expect(await whoIs(pair.accessToken)).toBe('ann');
    await stand().time.move(10_000);
    expect(await whoIs(pair.accessToken)).toBe('anonymous');
    expect(await stand().lines()).toMatchObject([
      { action: 'takeTokens', actor: 'ann', result: 'ok', kind: 'session' },
    ]);
  });

  it('is refused like a login, and slowed down with it', async () => {
    const wrong = { name: 'ann', password: 'not her password' };
    expect((await post('/v1/auth/token', wrong)).json()).toMatchObject({
      status: 401,
      code: 'login_refused',
    });
    for (let at = 0; at < 4; at += 1) await post('/v1/auth/login', wrong);
    expect((await post('/v1/auth/token', wrong)).json()).toMatchObject({ code: 'login_throttled' });
  });

  it('turns into the next one, again and again', async () => {
    let pair = await take();
    for (let day = 0; day < 20; day += 1) {
      await stand().time.move(6 * DAY);
      pair = (await turn(pair.refreshToken)).json<TokenPair>();
      expect(await whoIs(pair.accessToken)).toBe('ann');
    }
    await stand().time.move(7 * DAY + MINUTE);
    expect((await turn(pair.refreshToken)).json()).toMatchObject({ status: 401, code: 'refresh_refused' });
  });

  it('is given up with all of its login when a refresh token is shown a second time', async () => {
    const first = await take();
    const other = await take();
    const second = (await turn(first.refreshToken)).json<TokenPair>();
    expect((await turn(first.refreshToken)).json()).toMatchObject({ code: 'refresh_refused' });
    expect((await turn(second.refreshToken)).json()).toMatchObject({ code: 'refresh_refused' });
    for (const { accessToken } of [first, second]) expect(await whoIs(accessToken)).toBe('anonymous');
    expect(await whoIs(other.accessToken)).toBe('ann');
    const { sid } = decodeJwt(first.accessToken);
    expect(await stand().revocations()).toEqual([
      { userId: expect.any(Number), credential: `family:${String(sid)}` },
    ]);
    expect((await stand().lines()).filter(({ action }) => action === 'autoTokensRevoked')).toHaveLength(1);
    await turn(first.refreshToken);
    expect((await stand().lines()).filter(({ action }) => action === 'autoTokensRevoked')).toHaveLength(1);
  });

  it('has one successor when two turn it at once, and that is given up', async () => {
    const pair = await take();
    const answers = await Promise.all([turn(pair.refreshToken), turn(pair.refreshToken)]);
    expect(answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect(await whoIs(pair.accessToken)).toBe('anonymous');
  });

  it('is revoked by who holds it, at once and without asking who that is', async () => {
    const pair = await take();
    expect(await post('/v1/auth/revoke', { refreshToken: pair.refreshToken })).toMatchObject({
      statusCode: 200,
    });
    expect(await whoIs(pair.accessToken)).toBe('anonymous');
    expect((await turn(pair.refreshToken)).json()).toMatchObject({ code: 'refresh_refused' });
    expect(await post('/v1/auth/revoke', { refreshToken: 'tkr_nothing' })).toMatchObject({ statusCode: 200 });
    expect((await stand().lines()).map(({ action, actor }) => [action, actor])).toEqual([
      ['takeTokens', 'ann'],
      ['revokeTokens', 'ann'],
    ]);
  });

  it('is void with the password that it was taken by, and with its user', async () => {
    const pair = await take();
    const ann = await stand().deps.store.userNamed('ann');
    if (ann === undefined) throw new Error('ann is not there');
    await stand().deps.store.setPassword(ann.id, 'another hash');
    expect(await whoIs(pair.accessToken)).toBe('anonymous');
    expect((await turn(pair.refreshToken)).json()).toMatchObject({ code: 'refresh_refused' });
  });
});

describe('an access token that was not made here', () => {
  let good: string;
  let key: Uint8Array;
  let claims: Record<string, unknown>;
  const now = () => Math.floor(stand().time.clock.now() / 1000);

  beforeEach(async () => {
    good = (await take()).accessToken;
    key = Buffer.from((await stand().deps.secrets.read('signing')) ?? '', 'base64url');
    claims = { ...decodeJwt(good) };
  });

  /** Signed with the true key, with other claims or another header. */
  const signed = (
    changes: Record<string, unknown>,
    header: Record<string, unknown> = {},
    by: Uint8Array = key,
  ) => {
    const all = { ...claims, ...changes };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(kept).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header }).sign(by);
  };
  /** By hand, since no library makes such. */
  const forged = (header: object, payload: object, secret: string | Uint8Array) => {
    const text = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };

  it('is told from one that was', async () => {
    expect(await whoIs(await signed({}))).toBe('ann');
    expect(await whoIs(forged({ alg: 'HS256', typ: 'at+jwt' }, claims, key))).toBe('ann');
  });

  test.each<[string, () => Promise<string> | string]>([
    ['has no signature (alg none)', () => new UnsecuredJWT(claims).encode()],
    ['has lost its signature', () => `${good.split('.').slice(0, 2).join('.')}.`],
    ['says none in other letters', () => forged({ alg: 'nOnE', typ: 'at+jwt' }, claims, key)],
    ['is signed with another key', () => signed({}, {}, new Uint8Array(32))],
    ['is signed with an empty key', () => forged({ alg: 'HS256', typ: 'at+jwt' }, claims, '')],
    [
      'is signed with a public key as if that were a secret (RS and HS confused)',
      () => {
        const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
        return forged({ alg: 'HS256', typ: 'at+jwt' }, claims, pem);
      },
    ],
    [
      'is signed by an RSA key of its own, which it brings along',
      () => {
        const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const jwk = publicKey.export({ format: 'jwk' });
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', jwk }).sign(privateKey);
      },
    ],
    [
      'is signed by a longer relative of the algorithm',
      () => signed({}, { alg: 'HS512' }, Buffer.concat([key, key])),
    ],
    ['names a file as its key', () => signed({}, { kid: '../../../../dev/null' }, new Uint8Array(32))],
    ['names a key by SQL', () => signed({}, { kid: "x' UNION SELECT 'AA" }, new Uint8Array(32))],
    ['says where to get the key', () => signed({}, { jku: 'http://evil.example/keys' }, new Uint8Array(32))],
    [
      'asks for what nobody understands',
      () => forged({ alg: 'HS256', typ: 'at+jwt', crit: ['exp'] }, claims, key),
    ],
    ['is of another type', () => signed({}, { typ: 'JWT' })],
    ['is for another audience', () => signed({ aud: 'somebody' })],
    ['is by another issuer', () => signed({ iss: 'somebody' })],
    ['is out of date', () => signed({ exp: now() - 60 })],
    ['is not good yet', () => signed({ nbf: now() + 600 })],
    ['has no end', () => signed({ exp: undefined })],
    ['has no number', () => signed({ jti: undefined })],
    ['has no login', () => signed({ sid: undefined })],
    ['names a login that is none', () => signed({ sid: '00000000-0000-4000-8000-000000000000' })],
    ['names a login by SQL', () => signed({ sid: "x' OR true --" })],
    ['names another user', () => signed({ sub: String(Number(claims['sub']) + 1) })],
    ['names a user by a word', () => signed({ sub: 'ann' })],
    ['was made under another password', () => signed({ ver: 99 })],
    ['was altered', () => good.replace(/\.(.)/, (_, sign: string) => `.${sign === 'e' ? 'f' : 'e'}`)],
    ['is text', () => 'a.b.c'],
    ['is long', () => `${good}${'x'.repeat(5000)}`],
  ])('%s: nobody', async (_, make) => {
    const answer = await stand().send({ url: '/v1/runs', headers: bearer(await make()) });
    expect(answer.json()).toMatchObject({ status: 401, code: 'token_required' });
  });

  it('is void by the time of the database, whatever the clock of the machine says', async () => {
    const later = await signed({ exp: now() + 20 });
    expect(await whoIs(later)).toBe('ann');
    await stand().time.moveDatabase(25_000);
    expect(await whoIs(later)).toBe('anonymous');
  });
});
