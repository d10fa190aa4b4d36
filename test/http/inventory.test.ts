import { beforeEach, describe, expect, it } from 'vitest';
import { POLICY } from '../../packages/server/src/http/auth/policy.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, HOST, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}

let stand: HttpStand;
let routes: readonly { method: string; path: string }[];

beforeEach(async () => {
  stand = await createHttpStand(database().db);
  routes = routesOf(stand.app.printRoutes({ commonPrefix: false }));
});

/** Every route as the router knows it; what answers HEAD is made from what answers GET. */
function routesOf(tree: string): { method: string; path: string }[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line);
    if (!match) return [];
    const [, indent = '', part = '', methods] = match;
    parents.length = indent.length / 4;
    parents.push(part);
    const path = parents.join('');
    const named = methods?.split(', ').filter((method) => method !== 'HEAD') ?? [];
    return named.map((method) => ({ method, path }));
  });
}

async function openapi(): Promise<Document> {
  return (await stand.get('/openapi.json')).json<Document>();
}

describe('the OpenAPI document', () => {
  it('lists every route, and nothing that is none', async () => {
    const { paths } = await openapi();
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(known.length).toBeGreaterThan(10);
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it('says of every route how it fails, and of those that write, but the ways in, that they need the token', async () => {
    const { paths } = await openapi();
    for (const operations of Object.values(paths)) {
      for (const [method, { operationId, summary, tags, responses, security }] of Object.entries(
        operations,
      )) {
        expect(summary).toMatch(/\S/);
        expect(tags).toHaveLength(1);
        const form = isDocumented(tags) ? 'application/json' : 'application/problem+json';
        expect(Object.keys(responses['default']?.content ?? {})).toEqual([form]);
        const isWayIn = tags[0] !== 'tushare' && POLICY[operationId]?.need === 'public';
        expect(security).toEqual(method === 'get' || isWayIn ? undefined : [{ token: [] }]);
      }
    }
  });

  it('refers to no schema that it lacks, and has none that nobody refers to', async () => {
    const text = (await stand.get('/openapi.json')).body;
    const { components } = await openapi();
    const used = new Set(
      [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => String(match[1])),
    );
    expect([...used].toSorted()).toEqual(Object.keys(components.schemas).toSorted());
  });
});

/** Whether a route is one of the documented systems, which have errors of their own form. */
const isDocumented = (tags: readonly string[] | undefined): boolean =>
  tags?.[0]?.startsWith('documented: ') === true;

/** A request of a route, with something for each of its parameters. */
const urlOf = (path: string): string =>
  path
    .replace(':dataset', 'daily_bars')
    .replace(':symbol', '600001.SH')
    .replace(':day', '2024-01-04')
    .replace(':id', '1');

const TOKEN_HEADER = { authorization: `Bearer ${TOKEN}` };

describe('every route', () => {
  it.each([
    ['a foreign host', { host: 'evil.example' }, 421, 'forbidden_host'],
    ['a proxy', { host: HOST, 'x-forwarded-for': '10.0.0.1' }, 403, 'proxied'],
    ['a foreign origin', { host: HOST, origin: 'http://evil.example' }, 403, 'forbidden_origin'],
    ['another site', { host: HOST, 'sec-fetch-site': 'cross-site' }, 403, 'forbidden_origin'],
  ])('refuses %s, with the token and without', async (_, headers, status, code) => {
    for (const { method, path } of routes) {
      for (const token of [{}, TOKEN_HEADER]) {
        const answer = await stand.app.inject({
          method: method as 'GET',
          url: urlOf(path),
          headers: { ...headers, ...token },
        });
        const { code: ours, error_code: documented } = answer.json<{ code: string; error_code?: string }>();
        expect([method, path, answer.statusCode, documented ?? ours]).toEqual([method, path, status, code]);
      }
    }
  });

  it('can be read on this machine without a token, and used for anything else only with it', async () => {
    const { paths } = await openapi();
    for (const { method, path } of routes) {
      const { operationId, tags } = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? {};
      const need = POLICY[operationId ?? '']?.need ?? '';
      // the protocol of Tushare has its token in the body
      const isOpen = ['read', 'data'].includes(need) || (need === 'public' && tags?.[0] !== 'tushare');
      const answer = await stand.app.inject({
        method: method as 'GET',
        url: urlOf(path),
        headers: { host: HOST },
      });
      if (isOpen) expect([path, answer.statusCode]).not.toEqual([path, 401]);
      else
        expect([path, answer.statusCode, answer.headers['www-authenticate']]).toEqual([path, 401, 'Bearer']);
    }
  });

  it('answers with the headers that keep other pages out, whether it is well or not', async () => {
    for (const url of [
      ...routes.map(({ path }) => urlOf(path)),
      '/nothing-here',
      '/v1/%zz',
      '/v1/runs?limit=x',
    ]) {
      const { headers } = await stand.get(url);
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(Object.keys(headers)).not.toContain('server');
      expect(Object.keys(headers)).not.toContain('x-powered-by');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('takes the token in one form, and nothing that is nearly it', async () => {
    const codeOf = async (authorization: string): Promise<number> => {
      const headers = { host: HOST, authorization };
      return (await stand.app.inject({ method: 'POST', url: '/v1/plans', headers, payload: {} })).statusCode;
    };
    for (const good of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `Bearer  ${TOKEN}`])
      expect([good, await codeOf(good)]).toEqual([good, 400]);
    const wrong = ['', 'Bearer', 'Bearer ', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN} x`];
    for (const bad of [
      ...wrong,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN}s`,
      `Bearer ${TOKEN.toUpperCase()}`,
    ])
      expect([bad, await codeOf(bad)]).toEqual([bad, 401]);
  });

  it('never shows the token', async () => {
    for (const { path } of routes) expect((await stand.get(urlOf(path))).body).not.toContain(TOKEN);
  });
});
