import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiToken } from '../../packages/server/src/app/access/apiTokens.ts';
import { LIVE_LIMITS } from '../../packages/server/src/live/limits.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { liveSocket, type LiveSocket } from './liveSocket.ts';
import { openLiveStand, TOKEN, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('live');
  stand = await openLiveStand(database, {
    limits: { perUser: 2, recheckMs: 300, proveMs: 300, pingMs: 200 },
  });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

const connect = (token?: string, headers: Record<string, string> = {}): LiveSocket =>
  liveSocket(stand.url, token, { headers });

/** Status and code of the answer to an upgrade that is refused. */
function refused(headers: Record<string, string>): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${stand.url}/v1/live`, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('sixteen letters!').toString('base64'),
        ...headers,
      },
    });
    asked.on('upgrade', () => reject(new Error('it was let in')));
    asked.on('response', (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, code: (JSON.parse(text) as { code: string }).code }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function addUser(name: string, role: 'viewer'): Promise<{ id: number; token: string }> {
  const { store } = stand.deps;
  const user = await store.createUser({ name, displayName: name, role, passwordHash: null });
  const { token } = await createApiToken(stand.deps, {
    userId: user.id,
    name: 'live',
    scopes: null,
    days: 1,
  });
  return { id: user.id, token };
}

describe('the door of the WebSocket', () => {
  it('is shut to other pages, other hosts and unknown proxies', async () => {
    expect(await refused({ origin: 'http://evil.example' })).toEqual({
      status: 403,
      code: 'forbidden_origin',
    });
    expect(await refused({ host: 'evil.example' })).toEqual({ status: 421, code: 'forbidden_host' });
    expect(await refused({ 'x-forwarded-for': '10.0.0.9' })).toMatchObject({ code: 'proxied' });
  });

  it('lets no other path be upgraded, and answers such a request as it is', async () => {
    const { port } = stand;
    const answer = await new Promise<string>((resolve) => {
      const socket = connectSocket(port, '127.0.0.1', () =>
        socket.write(
          `GET /v1/health/alive HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
        ),
      );
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d/);
    expect(answer).toContain('x-request-id');
  });

  it('wants to know within some seconds who it is', async () => {
    expect(LIVE_LIMITS.proveMs).toBe(5_000);
    const [silent, wrong] = [connect(), connect('tk_no-such-token')];
    expect(await wrong.closed).toBe(4401);
    expect(await silent.closed).toBe(4401);
  });

  it('takes a token in the header too, and hears nobody before', async () => {
    const known = connect(undefined, { authorization: `Bearer ${TOKEN}` });
    expect(await known.first('hello')).toMatchObject({ who: 'installation' });
    known.socket.close();
    const early = connect();
    early.send({ type: 'subscribe', topics: ['runs'] });
    expect(await early.closed).toBe(4401);
  });

  it('ends what is too long, and what is too much', async () => {
    const [long, flood] = [connect(TOKEN), connect(TOKEN)];
    await Promise.all([long.first('hello'), flood.first('hello')]);
    long.socket.send('x'.repeat(17 * 1024));
    for (let n = 0; n < 60; n++) flood.send({ type: 'ping' });
    expect(await long.closed).toBe(1009);
    expect(await flood.closed).toBe(1008);
  });

  it('lets a user have so many connections at a time', async () => {
    const { token } = await addUser('many', 'viewer');
    const sockets = [connect(token), connect(token)];
    await Promise.all(sockets.map((socket) => socket.first('hello')));
    const third = connect(token);
    expect(await third.closed).toBe(1008);
    for (const { socket } of sockets) socket.close();
    await until(async () => stand.live.gateway.figures().connections === 0);
    const again = connect(token);
    await again.first('hello');
    again.socket.close();
  });

  it('cuts off who answers no ping, and keeps who does', async () => {
    expect(LIVE_LIMITS.pingMs).toBe(10_000);
    const [dead, alive] = [liveSocket(stand.url, TOKEN, { autoPong: false }), connect(TOKEN)];
    await Promise.all([dead.first('hello'), alive.first('hello')]);
    expect(await dead.closed).toBe(1006);
    alive.send({ type: 'ping' });
    await alive.first('pong');
    alive.socket.close();
  });

  it('shows each user what HTTP would', async () => {
    const { token } = await addUser('viewer', 'viewer');
    const socket = connect(token);
    socket.send({ type: 'subscribe', topics: ['runs', 'access'] });
    expect(await socket.first('error')).toMatchObject({ code: 'forbidden' });
    socket.send({ type: 'subscribe', topics: ['runs'] });
    await socket.first('subscribed');
    socket.socket.close();
  });

  it('ends connections when their token is revoked, and no others', async () => {
    const [one, other] = [await addUser('one', 'viewer'), await addUser('other', 'viewer')];
    const [gone, stays] = [connect(one.token), connect(other.token)];
    await Promise.all([gone.first('hello'), stays.first('hello')]);
    const [token] = await stand.deps.store.apiTokens({ userId: one.id, before: null, limit: 5 });
    await stand.deps.store.revokeApiToken(token?.id ?? 0, one.id);
    await stand.tell();
    expect(await gone.closed).toBe(4401);
    stays.send({ type: 'ping' });
    await stays.first('pong');
    stays.socket.close();
  });

  it('ends connections whose proof no longer holds though nobody said so', async () => {
    const { id, token } = await addUser('fades', 'viewer');
    const socket = connect(token);
    await socket.first('hello');
    await database.db.rows(sql`UPDATE tapekeeper.user_account SET enabled = false WHERE id = ${id}`);
    expect(await socket.closed).toBe(4401);
  });
});
