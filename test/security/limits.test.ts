import { createConnection, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { problemSchema } from '@tapekeeper/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAppError } from '@tapekeeper/core';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { createHttpStand, HOST, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { documentedRoutes, isOfDocuments, pathOf } from './documented.ts';
import { INSTALLATION } from './identities.ts';

let database: TestDatabase;
let stand: HttpStand;

beforeAll(async () => {
  database = await createDatabase('limits');
  stand = await createHttpStand(database.db, { stays: true });
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

const send = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: string | object) =>
  stand.app.inject({
    method,
    url,
    headers: {
      host: HOST,
      ...INSTALLATION.headers,
      ...(payload !== undefined && { 'content-type': 'application/json' }),
    },
    ...(payload !== undefined && { payload }),
  });

const SYMBOLS = Array.from({ length: 20_001 }, () => '600000.SH');

it.each<[string, 'GET' | 'POST' | 'PUT', string, (string | object)?]>([
  ['a body above a mebibyte', 'POST', '/v1/runs', JSON.stringify({ dataset: 'x'.repeat(1024 * 1024) })],
  [
    'JSON that is nested a hundred thousand deep',
    'POST',
    '/v1/runs',
    '['.repeat(100_000) + ']'.repeat(100_000),
  ],
  ['objects as deep', 'POST', '/v1/runs', '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)],
  ['too many symbols', 'POST', '/v1/sets', { name: 'x', symbols: SYMBOLS }],
  ['too many rows', 'POST', '/v1/quarantine-releases', { ids: SYMBOLS.map((_, at) => at + 1) }],
  ['a name that is long', 'POST', '/v1/jobs', { key: 'x'.repeat(1000), definition: {} }],
  ['a page that is large', 'GET', '/v1/runs?limit=501'],
  ['a number that is none', 'GET', '/v1/runs?limit=1e9'],
  ['a number that is large', 'GET', '/v1/runs?before=99999999999999999999'],
  ['a parameter that is long', 'GET', `/v1/jobs/${'x'.repeat(65)}`],
  ['a text that is long', 'GET', `/v1/operations?text=${'x'.repeat(101)}`],
  ['a span that is long', 'GET', '/v1/operations/statistics?from=1990-01-01T00:00:00Z'],
])('is refused with a reason, not worked on: %s', async (_, method, url, payload) => {
  const answer = await send(method, url, payload);
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
  expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^(?!internal)/) as string });
});

it.each([
  [
    'an address that is long',
    `GET /v1/runs?before=${'1'.repeat(17_000)} HTTP/1.1\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a header that is long',
    `GET /v1/status HTTP/1.1\r\nHost: x\r\nCookie: ${'c'.repeat(17_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  ['no HTTP at all', 'EHLO tapekeeper\r\n\r\n', 400, 'bad_request'],
])('is refused before there is a route, and told why: %s', async (_, bytes, status, code) => {
  if (!stand.app.server.listening) await stand.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = stand.app.server.address() as AddressInfo;
  const socket = createConnection({ host: '127.0.0.1', port });
  // the server has said what it says before it has read everything
  socket.on('error', () => {});
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toMatch(/^content-type: application\/problem\+json/im);
  expect(problemSchema.parse(JSON.parse(body))).toMatchObject({ status, code });
});

it('every list has a largest page, of at most five thousand rows', async () => {
  const lists = (await documentedRoutes(stand)).filter(
    ({ method, parameters }) => method === 'GET' && parameters.some(({ name }) => name === 'limit'),
  );
  expect(lists.length).toBeGreaterThan(15);
  for (const route of lists) {
    const url = pathOf(route, (name) => (name === 'dataset' ? 'daily_bars' : '1')).split('?')[0];
    const { statusCode } = await send('GET', `${url}?limit=1000000`);
    expect([route.operation, statusCode]).toEqual([route.operation, isOfDocuments(route) ? 422 : 400]);
  }
});

it('ten thousand hostile cron expressions are each read or refused, and none ties the program up', () => {
  const parts = [
    '*',
    '*/1',
    '0-59',
    '1,'.repeat(40) + '1',
    '59-0',
    '*/0',
    '99',
    '-1',
    'L',
    '#',
    '?',
    'MON-SUN',
    '31',
    '1-7/2',
    '0x1',
    ' ',
    '٣',
    '\u0000',
    '/',
    ',',
  ];
  let seed = 7;
  const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let refused = 0;
  for (let no = 0; no < 10_000; no++) {
    const fields = Array.from({ length: 4 + next(4) }, () => parts[next(parts.length)]);
    try {
      cronReader(fields.join(' '), 'Asia/Shanghai').next(Date.UTC(2024, 0, 1));
    } catch (error) {
      if (!isAppError(error)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(5_000);
  expect(refused).toBeLessThan(10_000);
});
