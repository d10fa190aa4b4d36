import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, HOST, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { SPAN } from '../support/smallMarket.ts';
import { documentedRoutes, isOfDocuments, pathOf, type DocumentedRoute } from './documented.ts';
import { INSTALLATION, makeIdentities } from './identities.ts';

/** Names of fields that tell of a secret without holding it. */
const TELLING = new Set([
  'hasPassword',
  'tokens',
  'secrets',
  'token',
  'secret',
  'token_source',
  'token_source_display',
]);
const SUSPICIOUS = /password|hash|digest|secret|token|cookie|sealed|nonce/i;

let database: TestDatabase;
let stand: HttpStand;
let routes: readonly DocumentedRoute[];

beforeAll(async () => {
  database = await createDatabase('bodies');
  stand = await createHttpStand(database.db, { stays: true });
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
  const { store, secrets } = stand.deps;
  await store.createJob({ key: 'bars', definition: syncJob(), state: 'enabled', author: 'a' }, () => null);
  await makeIdentities(stand.deps);
  await secrets.keep('source:tushare', 'a secret of the tests', 'a');
  routes = await documentedRoutes(stand);
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

const ask = (route: DocumentedRoute, url: string, payload?: object) =>
  stand.app.inject({
    method: route.method,
    url,
    headers: { host: HOST, ...INSTALLATION.headers },
    ...(payload !== undefined && { payload }),
  });

/** What fits where something has to be there. */
const NAMES: Readonly<Record<string, string>> = {
  dataset: 'daily_bars',
  symbol: '600001.SH',
  day: SPAN.from,
  source: 'tushare',
  host: 'tushare.test',
};

/** Every name of a field, however deep. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...namesIn(part)]);
}

describe('what is read', () => {
  it('has no field that could hold a secret, and none of what proves or seals anything', async () => {
    const kept = await database.db.rows<{ text: string }>(sql`
      SELECT encode(digest, 'hex') AS text FROM tapekeeper.session UNION ALL
      SELECT encode(digest, 'hex') FROM tapekeeper.api_token UNION ALL
      SELECT encode(digest, 'base64') FROM tapekeeper.api_token`);
    expect(kept.length).toBeGreaterThan(10);
    const texts = [...kept.map(({ text }) => text), 'a secret of the tests', '$argon2id$'];
    let answered = 0;
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const answer = await ask(
        route,
        pathOf(route, (name) => NAMES[name] ?? '1'),
      );
      if (answer.statusCode === 200) answered++;
      expect([route.operation, texts.filter((text) => answer.body.includes(text))]).toEqual([
        route.operation,
        [],
      ]);
      // the document describes bodies that are sent, with passwords in them
      if (route.operation === 'getOpenapi') continue;
      if (!String(answer.headers['content-type']).startsWith('application/json')) continue;
      for (const [, source] of answer.body.matchAll(/"token_source(?:_display)?":"([^"]*)"/g))
        expect(['database', 'env', '数据库配置', '.env 配置']).toContain(source);
      const names = namesIn(answer.json()).filter((name) => SUSPICIOUS.test(name) && !TELLING.has(name));
      expect([route.operation, names]).toEqual([route.operation, []]);
    }
    expect(answered).toBeGreaterThan(40);
  });
});

const UNASKED = { isAdmin: true, is_admin: true, role: 'admin', permissions: ['admin'] };

describe('what nobody has asked for', () => {
  it('is refused in every body', async () => {
    for (const route of routes.filter(({ hasBody }) => hasBody)) {
      if (route.operation.startsWith('callTushare') || isOfDocuments(route)) continue;
      const answer = await ask(route, pathOf(route), UNASKED);
      expect([route.operation, answer.statusCode]).toEqual([route.operation, 400]);
    }
  });

  it('is passed over by the documented systems, as theirs do, and makes nobody anything', async () => {
    const people = (): Promise<unknown> =>
      database.db.rows(sql`SELECT id, name, role, enabled FROM tapekeeper.user_account ORDER BY id`);
    const before = await people();
    for (const route of routes.filter((one) => one.hasBody && isOfDocuments(one))) {
      const answer = await ask(route, pathOf(route), UNASKED);
      expect([route.operation, answer.statusCode < 500]).toEqual([route.operation, true]);
    }
    expect(await people()).toEqual(before);
  });

  it('is refused in every query', async () => {
    const asking = routes.filter(({ parameters }) => parameters.some((one) => one.in === 'query'));
    for (const route of asking.filter((one) => !isOfDocuments(one))) {
      const answer = await ask(route, `${pathOf(route).split('?')[0]}?isAdmin=true`);
      expect([route.operation, answer.statusCode]).toEqual([route.operation, 400]);
    }
  });

  it.each([
    '{"__proto__":{"isAdmin":true}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"definition":{"__proto__":{"isAdmin":true}}}',
    '{"a":[{"b":{"__proto__":null}}]}',
    '{"\\u005f_proto__":{"isAdmin":true}}',
  ])('reaches no prototype: %s', async (payload) => {
    for (const route of routes.filter(({ hasBody }) => hasBody)) {
      if (route.operation.startsWith('callTushare')) continue;
      const answer = await stand.app.inject({
        method: route.method,
        url: pathOf(route),
        headers: { host: HOST, ...INSTALLATION.headers, 'content-type': 'application/json' },
        payload,
      });
      const refused = isOfDocuments(route) ? [404, 415, 422] : [400];
      expect([route.operation, answer.statusCode, refused.includes(answer.statusCode)]).toEqual([
        route.operation,
        answer.statusCode,
        true,
      ]);
    }
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });
});
