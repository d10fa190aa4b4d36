import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createMetricsBook } from '../../packages/server/src/observe/metricsBook.ts';
import { meterSource } from '../../packages/server/src/observe/meterSource.ts';
import { meterStore } from '../../packages/server/src/observe/meterStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { hurriedClock } from '../support/appStand.ts';
import { usePlans } from '../support/plans.ts';
import { fillHistory } from '../support/history.ts';
import { createHandSource } from '../support/handSource.ts';
import { BY_DAY, honestAnswer, SPAN } from '../support/smallMarket.ts';

const database = useCleanDatabase();

const COMMENT = /^# (HELP|TYPE) tapekeeper_\w+ .+$/;
const SAMPLE = /^(tapekeeper_\w+?)(_bucket|_sum|_count)?(\{(\w+="[^"\n]*",?)+\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/;

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
const valueOf = (text: string, sample: string): number | undefined => {
  const line = linesOf(text).find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
};

async function scrape(stand: HttpStand): Promise<string> {
  const answer = await stand.get('/metrics');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return answer.body;
}

it('tell what a collection has done, from this process and from the database', async () => {
  const metrics = createMetricsBook(systemClock, { ofProcess: false });
  const { db } = database();
  const source = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: honestAnswer });
  const stand = await createHttpStand(db, {
    sources: [meterSource(source, metrics)],
    store: (store) => meterStore(store, metrics),
    http: { metrics },
    clock: systemClock,
  });
  const run = await stand.sync({ dataset: 'daily_bars', ...SPAN });
  expect(run.state).toBe('success');
  await stand.deps.store.setBudgets([{ host: 'api.example', api: '*', windowSeconds: 60, capacity: 10 }]);
  await stand.deps.store.openBreaker('api.example', 'banned', 60_000, false);
  await stand.deps.store.publishEvents(500);
  const text = await scrape(stand);

  expect(linesOf(text).filter((line) => !COMMENT.test(line) && !SAMPLE.test(line))).toEqual([]);
  expect(valueOf(text, 'tapekeeper_build_info{version="1.2.3",mode="replay"}')).toBe(1);
  expect(valueOf(text, 'tapekeeper_database_up')).toBe(1);
  expect(
    valueOf(text, 'tapekeeper_rows_written_total{dataset="daily_bars",change="inserted"}'),
  ).toBeGreaterThan(0);
  expect(valueOf(text, 'tapekeeper_items_total{dataset="daily_bars",state="done"}')).toBeGreaterThan(0);
  expect(
    valueOf(text, 'tapekeeper_symbol_outcomes_total{dataset="daily_bars",outcome="ok"}'),
  ).toBeGreaterThan(0);
  expect(valueOf(text, 'tapekeeper_breaker_open{host="api.example"}')).toBe(1);
  const left = 'tapekeeper_budget_left_ratio{host="api.example",api="*",window_seconds="60"}';
  expect(valueOf(text, left)).toBe(1);
  expect(valueOf(text, 'tapekeeper_events_unpublished')).toBe(0);
  expect(valueOf(text, 'tapekeeper_database_bytes')).toBeGreaterThan(1_000_000);
});

it('count failures of sources by code, and what was never asked not at all', async () => {
  const metrics = createMetricsBook(systemClock, { ofProcess: false });
  const source = createHandSource({
    id: 'tushare',
    capabilities: BY_DAY,
    answer: () => {
      throw new Error('odd');
    },
  });
  const metered = meterSource(source, metrics);
  const context = { signal: new AbortController().signal, beforeCall: async () => {} };
  const question = { shape: 'all', dataset: 'stock_basics', from: SPAN.from, to: SPAN.to } as const;
  await expect(metered.ask(question, context)).rejects.toThrow('odd');
  const { text } = await metrics.expose([]);
  expect(valueOf(text, 'tapekeeper_source_errors_total{source="tushare",code="internal"}')).toBe(1);
});

it('name routes by their templates, whatever was asked for', async () => {
  const stand = await createHttpStand(database().db);
  for (let id = 1; id <= 20; id++) await stand.get(`/v1/runs/${id}000`);
  for (let id = 1; id <= 20; id++) await stand.get(`/made-up/${id}`);
  await stand.app.inject({ method: 'GET', url: '/v1/runs', headers: { host: 'evil.example' } });
  const text = await scrape(stand);
  const routes = new Set([...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  expect(routes).toEqual(new Set(['/v1/runs', '/v1/runs/:id', 'none']));
  const count = 'tapekeeper_http_request_duration_seconds_count';
  expect(valueOf(text, `${count}{route="/v1/runs/:id",method="GET",status="404"}`)).toBe(20);
  expect(text).not.toMatch(/made-up|evil|000"/);
});

it("are nobody else's business once there is an admin", async () => {
  const stand = await createHttpStand(database().db, { openReading: 'never' });
  expect((await stand.get('/metrics')).statusCode).toBe(401);
});

it('come without those of the database while that does not answer', async () => {
  const stand = await createHttpStand(database().db, {
    deps: (deps) => ({
      ...deps,
      clock: hurriedClock,
      store: { ...deps.store, installationFacts: () => new Promise(() => {}) },
    }),
  });
  const text = await scrape(stand);
  expect(valueOf(text, 'tapekeeper_database_up')).toBe(0);
  expect(text).not.toContain('tapekeeper_runs_open');
});

it('ask the database once, however many look', async () => {
  let asked = 0;
  const stand = await createHttpStand(database().db, {
    clock: systemClock,
    deps: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        installationFacts: () => {
          asked += 1;
          return deps.store.installationFacts();
        },
      },
    }),
  });
  await Promise.all(Array.from({ length: 30 }, () => scrape(stand)));
  await scrape(stand);
  expect(asked).toBe(1);
});

it('keep labels in one piece, whatever is in them', async () => {
  const metrics = createMetricsBook(systemClock, { ofProcess: false });
  const labels = { node: 'a"b\\c\nd' };
  const { text } = await metrics.expose([
    { name: 'tapekeeper_x', help: 'odd', values: [{ labels, value: 1 }] },
  ]);
  expect(text).toContain('tapekeeper_x{node="a\\"b\\\\c\\nd"} 1');
});

it('are all told of in the docs, and nothing else is', async () => {
  const { db } = database();
  const now = sql`tapekeeper.now()`;
  await db.rows(sql`INSERT INTO tapekeeper.worker (node, boot, pid) VALUES ('n', gen_random_uuid(), 1)`);
  await db.rows(sql`INSERT INTO tapekeeper.scheduler (boot, node, pid) VALUES (gen_random_uuid(), 'n', 1)`);
  await db.rows(sql`INSERT INTO tapekeeper.backup (file, bytes, rows) VALUES ('f', 1, 1)`);
  await db.rows(sql`INSERT INTO tapekeeper.host (host) VALUES ('h')`);
  await db.rows(sql`INSERT INTO tapekeeper.coverage_fresh (dataset, scope, source, run_id, as_of)
    VALUES ('stock_basics', '', 'tushare', 1, ${now})`);
  await createStore(db).setBudgets([{ host: 'h', api: '*', windowSeconds: 60, capacity: 10 }]);
  const stand = await createHttpStand(db, {
    clock: systemClock,
    deps: (deps) => ({ ...deps, freeMegabytes: async () => 1 }),
  });
  const told = new Set([...(await scrape(stand)).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const documented = new Set([...page.matchAll(/^\| `(tapekeeper_\w+)`/gm)].map(([, name]) => name));
  expect([...told].filter((name) => !documented.has(name))).toEqual([]);
});

const plans = usePlans('metrics', async ({ owner, db, step }) => {
  await fillHistory(owner, { runs: 5_000, itemsARun: 2 });
  const store = createStore(db);
  step('metrics');
  await store.installationFacts();
  await store.openRunsOfPeople('ann', 500);
});

it('cost the same however long the history is', () => {
  expect(plans.wholeReads(['run', 'shard', 'item', 'event', 'fire'])).toEqual([]);
});
