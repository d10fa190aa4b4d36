import { once } from 'node:events';
import { request, type RequestOptions } from 'node:https';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { liveSocket } from '../live/liveSocket.ts';
import { serve } from '../operating/servedInstallation.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { formWith } from '../support/multipart.ts';
import { caddy, nginx, PUBLIC_NAME, type Ports, type RunningProxy } from './proxyProgram.ts';

const NAME = 'ann';
const PASSWORD = 'seven grey owls at noon';
/** An address of this machine that is no trusted proxy: a client from afar. */
const CLIENT = '127.0.0.9';
const MEGABYTE = 2 ** 20;

const database = useCleanDatabase();

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
  /** As the client names the server. */
  readonly host?: string;
}

describe.each([nginx, caddy])('behind $name, with the settings of the page', (program) => {
  let ports: Ports;
  let proxy: RunningProxy;
  let host: string;
  let token: string;

  beforeEach(async () => {
    const [https = 0, http = 0] = await freePorts(2);
    host = `${PUBLIC_NAME}:${https}`;
    const server = await serve(database(), {
      env: {
        TAPEKEEPER_TRUSTED_PROXIES: '127.0.0.1',
        TAPEKEEPER_PUBLIC_HOSTS: host,
      },
    });
    token = (await readFile(join(server.dataDir, 'api-token'), 'utf8')).trim();
    ports = { https, http, ours: server.port };
    proxy = await program.start(ports);
  });
  afterEach(() => proxy.stop());

  const open = async (path: string, sent: Sent = {}): Promise<IncomingMessage> => {
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: ports.https,
      localAddress: CLIENT,
      servername: PUBLIC_NAME,
      ca: proxy.certificate,
      path,
      method: sent.method ?? 'GET',
      headers: { host: sent.host ?? host, ...sent.headers },
      agent: false,
    };
    const asked = request(options);
    asked.end(sent.payload);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer;
  };
  const ask = async (path: string, sent: Sent = {}) => {
    const answer = await open(path, sent);
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  };
  const bearer = () => ({ authorization: `Bearer ${token}` });
  const json = { 'content-type': 'application/json' };

  it('people sign in on a page of its name, and their cookie is bound to https', async () => {
    expect((await ask('/')).status).toBe(200);
    const made = await ask('/v1/users', {
      method: 'POST',
      headers: { ...bearer(), ...json },
      payload: JSON.stringify({ name: NAME, role: 'admin', password: PASSWORD }),
    });
    expect(made.status).toBe(201);
    const answer = await ask('/v1/auth/login', {
      method: 'POST',
      headers: { ...json, origin: `https://${host}`, 'sec-fetch-site': 'same-origin' },
      payload: JSON.stringify({ name: NAME, password: PASSWORD }),
    });
    expect(answer.status).toBe(200);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^__Host-tapekeeper=.*; Secure$/);
    const me = await ask('/v1/auth/me', { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    expect(JSON.parse(me.body)).toMatchObject({ name: NAME });
    expect(me.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('nobody reads without saying who they are', async () => {
    expect((await ask('/v1/runs')).status).toBe(401);
    expect((await ask('/v1/runs', { headers: bearer() })).status).toBe(200);
  });

  it('the audit log has where the client is, whatever it says of that itself', async () => {
    const made = await ask('/v1/sets', {
      method: 'POST',
      headers: { ...bearer(), ...json, 'x-forwarded-for': '203.0.113.1' },
      payload: JSON.stringify({ name: 'mine', symbols: [] }),
    });
    expect(made.status).toBe(201);
    const noted = await ask('/v1/operations?limit=1', { headers: bearer() });
    expect(JSON.parse(noted.body)).toMatchObject({ operations: [{ ip: CLIENT }] });
  });

  it('events come over a WebSocket and as a stream, at once and not when the answer ends', async () => {
    const as = { ca: proxy.certificate, servername: PUBLIC_NAME, headers: { host } };
    const socket = liveSocket(`https://127.0.0.1:${ports.https}`, token, as);
    await socket.first('hello');
    socket.send({ type: 'subscribe', topics: ['runs'] });
    await socket.first('subscribed');
    const stream = await open('/v1/events?topics=runs', { headers: bearer() });
    const told = streamUntil(stream, '"runId":7');
    await tell({ runId: 7 });
    expect(await socket.first('events')).toMatchObject({ events: [{ payload: { runId: 7 } }] });
    await told;
    socket.socket.close();
    stream.destroy();
  });

  it('files that may be imported get through', async () => {
    const form = formWith({ name: 'bars.csv', data: 'not a head\n'.repeat((3 * MEGABYTE) / 11) });
    const answer = await ask('/v1/imports?dataset=daily_bars', {
      method: 'POST',
      headers: { ...bearer(), ...form.headers, 'content-length': String(form.payload.length) },
      payload: form.payload,
    });
    expect(JSON.parse(answer.body)).toMatchObject({ code: expect.stringMatching(/^import_/) as string });
  });

  it('another name is refused, or known to nobody', async () => {
    const answer = await ask('/livez', { host: 'evil.example' });
    expect([answer.status, answer.body]).toEqual(
      answer.body === '' ? [200, ''] : [421, expect.stringContaining('forbidden_host')],
    );
  });

  it('http is sent on to https', async () => {
    const asked = plainRequest({
      host: '127.0.0.1',
      port: ports.http,
      path: '/v1/runs?limit=1',
      headers: { host: PUBLIC_NAME },
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    expect([301, 308]).toContain(answer.statusCode);
    expect(answer.headers.location).toMatch(/^https:\/\/data\.example\.com(:\d+)?\/v1\/runs\?limit=1$/);
  });
});

async function tell(payload: object): Promise<void> {
  const { db } = database();
  await db.rows(
    sql`INSERT INTO tapekeeper.event_outbox (topic, payload) VALUES ('run', ${JSON.stringify(payload)}::jsonb)`,
  );
  await createStore(db).publishEvents(1_000);
}

async function streamUntil(stream: IncomingMessage, wanted: string): Promise<void> {
  let said = '';
  for await (const piece of stream.setEncoding('utf8') as AsyncIterable<string>) {
    said += piece;
    if (said.includes(wanted)) return;
  }
  throw new Error(`the stream ended without ${wanted}: ${said}`);
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
