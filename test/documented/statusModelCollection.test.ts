import { AppError, type SourceId, type Symbol } from '@tapekeeper/core';
import type { RunExplanation } from '@tapekeeper/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installStarters } from '../../packages/server/src/app/jobs/installStarters.ts';
import { noteVitals } from '../../packages/server/src/store/explainWorkers.ts';
import { createHttpStand, HOST, type HttpStand } from '../http/httpStand.ts';
import { makeUser } from '../security/identities.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { createHandSource, type HandSource } from '../support/handSource.ts';
import { BY_SYMBOL, honestAnswer, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';

// Document 000 as a whole: the watch list is collected, and what its log says on the way.

let database: TestDatabase;
let stand: HttpStand;
let akshare: HandSource;
let headers: Readonly<Record<string, string>>;
const [GOOD, BAD, OTHER] = SYMBOLS.slice(0, 3) as [Symbol, Symbol, Symbol];
const SOURCE: SourceId = 'akshare';

const honest: HandSource['answer'] = (question) => honestAnswer(question);
/** Refuses one symbol, as a source does that has an error of its own there. */
const withoutBad: HandSource['answer'] = (question) => {
  if (question.shape === 'symbol' && question.symbol === BAD)
    throw new AppError('upstream_refused', {
      source: SOURCE,
      message: 'no such code, said akshare.test, token=the-secret-of-akshare',
    });
  return honestAnswer(question);
};

beforeAll(async () => {
  database = await createDatabase('documented_watchlist');
  akshare = createHandSource({ id: SOURCE, capabilities: BY_SYMBOL, answer: honest });
  stand = await createHttpStand(database.db, {
    stays: true,
    sources: [akshare],
    deps: (deps) => ({
      ...deps,
      tasks: { ...deps.tasks, mask: (text) => text.replaceAll('the-secret-of-akshare', '***') },
    }),
  });
  await installStarters(stand.deps, { enable: 'none', which: 'missing' });
  headers = (await makeUser(stand.deps, 'ann', 'admin')).headers;
  await stand.post('/v1/sets', { name: 'watchlist', symbols: [GOOD, BAD, OTHER] });
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});
afterEach(() => {
  akshare.answer = honest;
});

interface LogLine {
  readonly id: number;
  readonly stock_code: string;
  readonly affected_rows: number;
  readonly status: string;
  readonly error_message: string | null;
}

async function get<Body>(url: string): Promise<Body> {
  const answer = await stand.app.inject({ method: 'GET', url, headers: { host: HOST, ...headers } });
  expect([answer.statusCode, url]).toEqual([200, url]);
  return answer.json<Body>();
}

const linesOf = async (filter = ''): Promise<readonly LogLine[]> =>
  (await get<{ data: LogLine[] }>(`/api/admin/logs/query/watchlist_history?${filter}`)).data;
/** Lines of a run, by code. */
const statusesOf = async (run: number): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await linesOf())
      .filter(({ id }) => Math.floor(id / 100_000) === run)
      .map(({ stock_code: code, status }) => [code, status]),
  );
const codes = (good: string, bad = good, other = good) => ({
  [GOOD.slice(0, 6)]: good,
  [BAD.slice(0, 6)]: bad,
  [OTHER.slice(0, 6)]: other,
});

async function trigger(params: object = { from: '2024-01-04' }): Promise<number> {
  const answer = await stand.post('/v1/jobs/watchlist_history_daily/trigger', { params });
  expect(answer.statusCode).toBeLessThan(300);
  return answer.json<{ id: number }>().id;
}

/** Works until a question about the symbol is with the source, which answers when it is told to. */
async function workUntilAsked(
  symbol: Symbol,
): Promise<{ readonly answer: () => void; readonly done: Promise<unknown> }> {
  let asked = false;
  const { promise: told, resolve: answer } = Promise.withResolvers<void>();
  akshare.answer = async (question) => {
    if (question.shape === 'symbol' && question.symbol === symbol) {
      asked = true;
      await told;
    }
    return withoutBad(question);
  };
  const done = stand.work();
  await until(async () => asked);
  return { answer, done };
}

describe('the history of the watch list', () => {
  it('goes from pending over running to success or failed, and stays so', async () => {
    const run = await trigger();
    expect(await statusesOf(run)).toEqual(codes('pending'));
    expect(await linesOf('status=pending')).toHaveLength(3);

    const { answer, done } = await workUntilAsked(BAD);
    const atWork = await statusesOf(run);
    expect(Object.values(atWork)).toContain('running');
    expect(atWork[BAD.slice(0, 6)]).toBe('running');
    expect((await linesOf('status=running')).length).toBeGreaterThan(0);
    answer();
    await done;

    expect(await statusesOf(run)).toEqual(codes('success', 'failed', 'success'));
    const [failed, ...others] = await linesOf('status=failed&page=1&page_size=20');
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ stock_code: BAD.slice(0, 6), affected_rows: 0 });
    expect(failed?.error_message).toMatch(/^upstream_refused: .*said akshare\.test, token=\*\*\*/);
    expect(failed?.error_message).toContain('第 1 次尝试');
    const { rowsWritten } = await get<{ rowsWritten: number }>(`/v1/runs/${run}`);
    const good = await linesOf('status=success');
    expect(good.map(({ affected_rows: rows }) => rows)).toEqual([rowsWritten / 2, rowsWritten / 2]);
    expect(rowsWritten).toBeGreaterThan(0);

    const { status_stats: stats } = await get<{ status_stats: { status: string; count: number }[] }>(
      '/api/admin/logs/stats/watchlist_history',
    );
    expect(stats).toEqual([
      { status: 'success', count: 2 },
      { status: 'failed', count: 1 },
    ]);
  });

  it('is the same run in the other log and in /v1, after a restart as well', async () => {
    const before = await linesOf();
    const [run] = (
      await get<{ data: { id: number; status: string; collect_source: string }[] }>(
        '/api/admin/logs/query/historical_collect',
      )
    ).data;
    expect(run).toMatchObject({ status: 'partial_success', collect_source: 'akshare' });
    expect(await get(`/v1/runs/${run?.id}`)).toMatchObject({
      state: 'success_with_errors',
      job: { key: 'watchlist_history_daily' },
    });
    const { app, ...again } = await createHttpStand(database.db, { stays: true, sources: [akshare] });
    const answer = await app.inject({
      method: 'GET',
      url: '/api/admin/logs/query/watchlist_history',
      headers: { host: HOST, ...headers },
    });
    expect(again.db).toBe(database.db);
    expect(answer.json<{ data: LogLine[] }>().data.map(({ id, status }) => [id, status])).toEqual(
      before.map(({ id, status }) => [id, status]),
    );
    await app.close();
  });

  it('what has failed is tried again as a run of its own, with a line of its own', async () => {
    const [failed] = await linesOf('status=failed');
    const former = Math.floor((failed?.id ?? 0) / 100_000);
    const answer = await stand.post(`/v1/runs/${former}/retry`, {});
    const { id: run } = answer.json<{ id: number }>();
    await stand.work();
    expect(await statusesOf(run)).toEqual({ [BAD.slice(0, 6)]: 'success' });
    expect(await linesOf('status=failed')).toHaveLength(1);
    expect(await linesOf(`stock_code=${BAD.slice(0, 6)}`)).toHaveLength(2);
  });

  it('asks for nothing that is there: every line is a success without rows', async () => {
    const run = await trigger();
    await stand.work();
    expect(await statusesOf(run)).toEqual(codes('success'));
    const rows = (await linesOf()).filter(({ id }) => Math.floor(id / 100_000) === run);
    expect(rows.map(({ affected_rows: n }) => n)).toEqual([0, 0, 0]);
  });
});

describe('a run that hangs', () => {
  it('is explained: process, step, resources, network; is ended by force, and done again', async () => {
    const run = await trigger({ from: '2024-01-04', force: true });
    const { answer, done } = await workUntilAsked(GOOD);
    await noteVitals(database.db, stand.workerId, {
      rssBytes: 120_000_000,
      heapBytes: 60_000_000,
      lagP99Ms: 4,
      lagMaxMs: 9,
      stuckMs: 0,
      slots: 4,
      calls: [
        {
          runId: run,
          itemNo: 1,
          source: SOURCE,
          host: 'akshare.test',
          api: 'daily_bars',
          where: 'wire',
          forMs: 61_000,
          pauseLeftMs: null,
        },
      ],
    });
    await stand.deps.store.beat(stand.workerId);
    const why = await get<RunExplanation>(`/v1/runs/${run}/explain`);
    // the process
    const worker = why.workers.find(({ id }) => id === stand.workerId);
    expect(worker).toMatchObject({ alive: true, stuckMs: 0, shards: 1 });
    // the step and the item that it is at
    expect(why.verdict).toBe('calling');
    expect(why.steps.map(({ state }) => state)).toContain('running');
    expect(why.shards.flatMap(({ items }) => items.map(({ no }) => no))).toContain(1);
    // memory, connections of the database, space on the disk
    expect(worker).toMatchObject({ rssBytes: 120_000_000, heapBytes: 60_000_000 });
    expect(why.database.connections.length).toBeGreaterThan(0);
    expect(why.database.blocked).toEqual([]);
    expect(why).toHaveProperty('freeMegabytes');
    // the network: which host is asked, and for how long
    expect(why.calls).toMatchObject([{ source: SOURCE, host: 'akshare.test', where: 'wire' }]);
    expect(why.text.zh).toContain('akshare.test');

    const ended = await stand.post(`/v1/runs/${run}/cancel`, { force: true, reason: 'hangs' });
    expect(ended.json()).toMatchObject({ state: 'cancelled' });
    expect(await statusesOf(run)).toEqual(codes('failed'));
    const [line] = await linesOf();
    expect(line?.error_message).toMatch(/已取消|cancel/);
    answer();
    await done;
    // what came too late was fenced off
    expect(await statusesOf(run)).toEqual(codes('failed'));

    akshare.answer = honest;
    const { id: again } = (await stand.post(`/v1/runs/${run}/resume`, {})).json<{ id: number }>();
    expect(again).not.toBe(run);
    await stand.work();
    expect(await statusesOf(again)).toEqual(codes('success'));
  });
});

describe('what happens inside', () => {
  it('is not told; the log fails in its own words', async () => {
    const { app } = await createHttpStand(database.db, {
      sources: [akshare],
      deps: (deps) => ({
        ...deps,
        store: {
          ...deps.store,
          symbolLogRuns: () => Promise.reject(new TypeError('x is not a function at /srv/app.ts:1')),
          operations: () => Promise.reject(new TypeError('y')),
        },
      }),
    });
    const told = async (url: string): Promise<readonly [number, string]> => {
      const answer = await app.inject({ method: 'GET', url, headers: { host: HOST, ...headers } });
      const body = answer.json<{ detail: string; message: string }>();
      expect(body.message).toBe(body.detail);
      return [answer.statusCode, body.detail];
    };
    for (const [url, begin] of [
      ['/api/admin/logs/query/watchlist_history', '查询日志失败: '],
      ['/api/admin/logs/stats/watchlist_history', '获取统计信息失败: '],
      ['/api/admin/logs/stats', '获取统计信息失败: '],
      ['/api/admin/logs/recent/watchlist_history', '获取最近日志失败: '],
      ['/api/admin/operation-logs/query', '查询系统操作日志失败: '],
      ['/api/admin/operation-logs/recent', '获取最近系统操作日志失败: '],
    ] as const) {
      const [status, detail] = await told(url);
      expect([url, status, detail.startsWith(begin), detail.includes('app.ts')]).toEqual([
        url,
        500,
        true,
        false,
      ]);
    }
  });
});
