import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAppError, plainDay, toAppError } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Source } from '../../packages/server/src/ports/source.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, HOST, type Answer, type Asked, type HttpStand } from '../http/httpStand.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { documentedRoutes, pathOf } from './documented.ts';
import { INSTALLATION } from './identities.ts';

/** A secret of its own for every place that people and upstreams put some. */
const canary = (place: string): string => `cnry${randomBytes(12).toString('hex')}${place}`;
const CANARIES = {
  bearer: canary('Bearer'),
  cookie: canary('Cookie'),
  header: canary('Header'),
  query: canary('Query'),
  unknownPath: canary('UnknownPath'),
  login: canary('Login'),
  brokenBody: canary('BrokenBody'),
  wrongBody: canary('WrongBody'),
  setupCode: canary('SetupCode'),
  refresh: canary('Refresh'),
  userPassword: canary('UserPassword'),
  sourceSecret: canary('SourceSecret'),
  channelSecret: canary('ChannelSecret'),
  upstream: canary('Upstream'),
  database: canary('Database'),
};

const UPSTREAM_ANSWERS = 6;

let database: TestDatabase;
let upstream: Server;
let tushare: Source;
let stand: HttpStand;
let logged = '';

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    logged += String(chunk);
    return true;
  });
  upstream = await echoing();
  database = await createDatabase('canary');
  const log = createLog('debug', () => [CANARIES.database]);
  const { port } = upstream.address() as AddressInfo;
  tushare = createTushareSource({
    baseUrl: `http://127.0.0.1:${port}`,
    token: () => CANARIES.upstream,
    clock: systemClock,
  });
  stand = await createHttpStand(database.db, {
    stays: true,
    sources: [tushare],
    deps: (deps) => ({
      ...deps,
      log,
      store: {
        ...deps.store,
        jobCounts: async () => {
          throw new Error(`connect postgresql://owner:${CANARIES.database}@db/x failed`);
        },
      },
    }),
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await stand.app.close();
  upstream.close();
  await database.drop();
});

/** An upstream that gives back all it was told, each time in another way. */
async function echoing(): Promise<Server> {
  let calls = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const echo = `${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`;
      const answers: readonly [number, string][] = [
        [500, `<html>${echo}</html>`],
        [200, `<html>${echo}</html>`],
        [200, JSON.stringify({ code: 50000, msg: echo, data: null })],
        [200, `{"code":0,"msg":"${echo}`],
        [403, JSON.stringify({ code: -2002, msg: echo })],
        [200, JSON.stringify({ code: 0, msg: '', data: { fields: [echo], items: [[echo]] } })],
      ];
      const [status, text] = answers[calls++ % answers.length] as [number, string];
      response.writeHead(status, { 'x-echo': body.slice(0, 200) }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const ask = (request: Asked): Promise<Answer> =>
  stand.app.inject({ ...request, headers: { host: HOST, ...INSTALLATION.headers, ...request.headers } });
const post = (url: string, payload: string | object) =>
  ask({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });

/** All rows of all tables, as the database writes them. */
async function dump(): Promise<string> {
  const tables = await database.db.rows<{ name: string }>(sql`
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  const rows = await Promise.all(
    tables.map(({ name }) =>
      database.db.rows<{ row: string }>(sql`SELECT t::text AS row FROM ${sql.table(name)} AS t`),
    ),
  );
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

/** Which of the secrets turn up in a text, as they are or as the database writes bytes. */
function foundIn(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter(
    (secret) =>
      text.includes(secret) ||
      text.includes(Buffer.from(secret).toString('hex')) ||
      text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')),
  );
}

it('no secret that anybody sends turns up in a log, an answer, the numbers, an export, or the database', async () => {
  const bodies: string[] = [];
  const asked = async (answer: Promise<Answer>): Promise<Answer> => {
    const { headers, body } = await answer;
    bodies.push(JSON.stringify(headers), body);
    return answer;
  };
  const none = { authorization: '' };
  await asked(ask({ url: '/v1/runs', headers: { authorization: `Bearer ${CANARIES.bearer}` } }));
  await asked(ask({ url: '/v1/runs', headers: { ...none, cookie: `tapekeeper=${CANARIES.cookie}` } }));
  await asked(ask({ url: '/v1/runs', headers: { 'x-api-key': CANARIES.header } }));
  await asked(ask({ url: `/v1/runs?token=${CANARIES.query}` }));
  await asked(ask({ url: `/v1/runs?limit=${CANARIES.query}` }));
  await asked(ask({ url: `/v1/moon?token=${CANARIES.unknownPath}` }));
  await asked(post('/v1/auth/login', { name: 'ann', password: CANARIES.login }));
  await asked(post('/v1/auth/token', { name: 'ann', password: CANARIES.login }));
  await asked(post('/v1/auth/login', `{"name":"ann","password":"${CANARIES.brokenBody}`));
  await asked(post('/v1/auth/login', { name: 7, password: [CANARIES.wrongBody] }));
  await asked(post('/v1/users', { name: 'x', role: 'viewer', password: { text: CANARIES.wrongBody } }));
  await asked(post('/v1/auth/setup', { code: CANARIES.setupCode, name: 'ann', password: CANARIES.login }));
  await asked(post('/v1/auth/refresh', { refreshToken: CANARIES.refresh }));
  const user = { name: 'ann', role: 'admin', password: CANARIES.userPassword };
  expect((await asked(post('/v1/users', user))).statusCode).toBe(201);
  const kept = await asked(
    ask({ method: 'PUT', url: '/v1/secrets/source:tushare', payload: { secret: CANARIES.sourceSecret } }),
  );
  expect(kept.statusCode).toBeLessThan(300);
  const channel = {
    kind: 'webhook',
    name: 'hook',
    settings: { url: 'https://example.com/hook' },
    secret: CANARIES.channelSecret,
  };
  const made = await asked(post('/v1/channels', channel));
  expect(made.statusCode).toBeLessThan(300);
  // what we ourselves have given out, once
  const login = await post('/v1/auth/login', { name: 'ann', password: CANARIES.userPassword });
  const session = /=([^;]+)/.exec([login.headers['set-cookie']].flat().join())?.[1] ?? '';
  expect(login.statusCode).toBe(200);
  const pair = await post('/v1/auth/token', { name: 'ann', password: CANARIES.userPassword });
  const { accessToken } = pair.json<{ accessToken: string }>();
  const { body: once } = await ask({
    method: 'POST',
    url: '/v1/tokens',
    payload: { name: 'a script' },
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const given = [
    session,
    ...Object.values({ ...JSON.parse(once), ...pair.json<object>() } as object).filter(
      (value): value is string => typeof value === 'string' && value.length > 30,
    ),
  ];
  expect(given.length).toBeGreaterThanOrEqual(4);

  const log = createLog('debug', () => []);
  const day = plainDay('2024-01-05');
  for (let call = 0; call < 2 * UPSTREAM_ANSWERS; call++) {
    const asking = { signal: new AbortController().signal, beforeCall: async () => {} };
    const failure = await tushare.ask({ shape: 'day', dataset: 'daily_bars', day }, asking).catch(toAppError);
    if (!isAppError(failure)) continue;
    log.error({ err: failure }, 'a source has failed');
    await stand.deps.store.saveRight({
      source: 'tushare',
      api: `call ${call}`,
      allowed: false,
      detail: failure.message,
    });
  }

  for (const route of (await documentedRoutes(stand)).filter(({ method }) => method === 'GET'))
    await asked(ask({ url: pathOf(route, (name) => (name === 'dataset' ? 'daily_bars' : '1')) }));
  expect((await ask({ url: '/v1/jobs' })).statusCode).toBe(500);

  const secrets = [...Object.values(CANARIES), ...given];
  const rows = await dump();
  expect(logged).toContain('"refused"');
  expect(logged).toContain('a request failed');
  expect(rows).toContain('createUser');
  expect(rows).toContain('does not accept the token');
  expect({
    log: foundIn(logged, secrets),
    answers: foundIn(bodies.join('\n'), secrets),
    database: foundIn(rows, secrets),
  }).toEqual({ log: [], answers: [], database: [] });
});
