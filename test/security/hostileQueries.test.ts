import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, HOST, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { SPAN } from '../support/smallMarket.ts';
import { documentedRoutes, isOfDocuments, pathOf, type DocumentedRoute } from './documented.ts';
import { HOSTILE_TEXTS, MARK } from './hostileTexts.ts';
import { INSTALLATION } from './identities.ts';
import { noting, type NotedStatement } from './notedStatements.ts';

/** Of each parameter so many texts are tried, others of the next one: all of them turn up. */
const A_PARAMETER = 4;

/** What fits where something has to be found before a parameter is looked at. */
const NAMES: Readonly<Record<string, string>> = {
  dataset: 'daily_bars',
  symbol: '600001.SH',
  day: SPAN.from,
  source: 'tushare',
  host: 'tushare.test',
  user: '1',
  name: 'watch',
  api_name: 'daily',
};

let database: TestDatabase;
let stand: HttpStand;
let reading: readonly DocumentedRoute[];
const statements: NotedStatement[] = [];

beforeAll(async () => {
  database = await createDatabase('hostile');
  const db = noting(database.db, (statement) => statements.push(statement));
  stand = await createHttpStand(db, { stays: true });
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
  const { store } = stand.deps;
  await store.createJob({ key: 'bars', definition: syncJob(), state: 'enabled', author: 'a' }, () => null);
  await store.createSet({ name: 'watch', title: null, rule: null, symbols: ['600001.SH'], author: 'a' });
  reading = (await documentedRoutes(stand)).filter(({ method, isEndless }) => method === 'GET' && !isEndless);
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

const get = (url: string) => stand.app.inject({ url, headers: { host: HOST, ...INSTALLATION.headers } });

/** The longest list of an answer; 0 where it has none. */
function rowsIn(body: string): number {
  if (!body.startsWith('{')) return body.split('\n').length;
  return longestIn(JSON.parse(body));
}

/** Rows of the longest list, however deep it is. */
function longestIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length : 0;
  return Math.max(own, ...Object.values(value).map(longestIn));
}

async function contents(): Promise<unknown> {
  const tables = await database.db.rows<{ name: string }>(sql`
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
  const counts = [];
  for (const { name } of tables)
    counts.push([
      name,
      (await database.db.one<{ n: number }>(sql`SELECT count(*)::int AS n FROM ${sql.table(name)}`)).n,
    ]);
  return counts;
}

const refusals = (route: DocumentedRoute): readonly number[] =>
  isOfDocuments(route) ? [400, 404, 422] : [400, 404];

/** With what was asked, so that a failure can be asked again. */
function expectOneOf(allowed: readonly number[], status: number, asked: string): void {
  if (!allowed.includes(status)) throw new Error(`${status}: ${asked}`);
}

let turn = 0;
const nextTexts = (): readonly string[] =>
  Array.from({ length: A_PARAMETER }, () => HOSTILE_TEXTS[turn++ % HOSTILE_TEXTS.length] as string);

it('there are some five hundred texts, each different', () => {
  expect(new Set(HOSTILE_TEXTS).size).toBe(HOSTILE_TEXTS.length);
  expect(HOSTILE_TEXTS.length).toBeGreaterThan(500);
});

it('no text in any parameter of any question finds more than its absence, changes anything, or gets into a statement', async () => {
  const before = await contents();
  statements.length = 0;
  let asked = 0;
  for (const route of reading) {
    const path = pathOf(route, (name) => NAMES[name] ?? '1');
    const whole = rowsIn((await get(path)).body);
    for (const { name } of route.parameters.filter((each) => each.in === 'query')) {
      for (const text of nextTexts()) {
        const { statusCode, body } = await get(`${path}?${name}=${encode(text)}`);
        expectOneOf([...refusals(route), 200], statusCode, `${route.operation} ${name}=${text}: ${body}`);
        if (statusCode === 200 && rowsIn(body) > whole) throw new Error(`${route.operation} ${name}=${text}`);
        asked++;
      }
    }
    for (const { name } of route.parameters.filter((each) => each.in === 'path')) {
      for (const text of nextTexts()) {
        const url = route.path.replaceAll(/\{(\w+)\}/g, (_, each: string) =>
          each === name ? encode(text) : (NAMES[each] ?? '1'),
        );
        const { statusCode, body } = await get(url);
        // the documented systems have an empty list of what nobody knows
        const isEmpty = statusCode === 200 && isOfDocuments(route) && rowsIn(body) === 0;
        if (!isEmpty) expectOneOf(refusals(route), statusCode, `${url}: ${body}`);
        asked++;
      }
    }
  }
  expect(asked).toBeGreaterThan(HOSTILE_TEXTS.length);
  expect(statements.filter(({ text }) => text.includes(MARK)).map(({ text }) => text)).toEqual([]);
  // they did get as far as the database, as values
  expect(statements.some(({ values }) => JSON.stringify(values).includes(MARK))).toBe(true);
  expect(await contents()).toEqual(before);
}, 120_000);

/** Halves of characters have no encoding of their own; they are sent as browsers send them. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
