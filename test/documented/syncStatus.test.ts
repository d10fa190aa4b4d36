import { AppError } from '@tapekeeper/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hurriedClock } from '../support/appStand.ts';
import { honestAnswer } from '../support/smallMarket.ts';
import { conforms, expectShape } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { statsShape, TIME, toldShape } from './syncShapes.ts';

const stand = useDocumentedStand('sync_status', { facts: { version: '1.2.3', mode: 'live', startedAt: 0 } });

const RUN = '/api/sync/stock_basics/run';
const STATUS = '/api/sync/stock_basics/status';
const MULTI = '/api/sync/multi-source';

interface Told {
  readonly success: boolean;
  readonly data: Record<string, unknown>;
  readonly message: string;
}

/** What waits for a run works on it meanwhile, as the workers of an installation do. */
function workWhileWaiting(): void {
  Object.assign(stand().deps, {
    clock: { ...hurriedClock, sleep: async () => void (await stand().work()) },
  });
}

/** Nobody works on anything. */
function rest(): void {
  Object.assign(stand().deps, { clock: hurriedClock });
}

async function post(url: string, payload?: object): Promise<Told> {
  const answer = await stand().askAs('operator', { method: 'POST', url, ...(payload && { payload }) });
  expect([answer.statusCode, answer.body.slice(0, 200)]).toEqual([200, answer.body.slice(0, 200)]);
  return answer.json<Told>();
}

async function get(url: string): Promise<Told> {
  return (await stand().askAs('viewer', { url })).json<Told>();
}

const runsOfList = async () =>
  stand().deps.store.runs({ states: null, dataset: 'stock_basics', before: null, limit: 50 });

describe('before anything has run', () => {
  conforms(stand, [
    {
      what: 'D status is idle, with the words of the document',
      ask: { url: STATUS },
      status: 200,
      shape: toldShape(z.strictObject({ job: z.string(), status: z.string() })),
      has: { success: true, data: { job: 'stock_basics', status: 'idle' }, message: '操作成功' },
    },
    {
      what: 'the name of the document has the same status',
      as: 'viewer',
      ask: { url: '/api/sync/status' },
      status: 200,
      has: { success: true, data: { job: 'stock_basics', status: 'idle' }, message: '操作成功' },
    },
    {
      what: 'E status of several sources is never_run',
      ask: { url: `${MULTI}/status` },
      status: 200,
      shape: toldShape(z.strictObject({ job: z.string(), status: z.string() })),
      has: {
        success: true,
        data: { job: 'stock_basics_multi_source', status: 'never_run' },
        message: 'Status retrieved successfully',
      },
    },
    {
      what: 'E history is empty',
      ask: { url: `${MULTI}/history` },
      status: 200,
      has: { success: true, data: { records: [], total: 0, page: 1, page_size: 10, has_more: false } },
    },
  ]);
});

describe('a sync', () => {
  beforeAll(workWhileWaiting);

  it('answers with its end when it is over within ten seconds', async () => {
    const { success, data, message } = await post(RUN);
    expect({ success, message }).toEqual({ success: true, message: '操作成功' });
    expectShape(statsShape, data);
    expect(data).toMatchObject({
      job: 'stock_basics_multi_source',
      data_type: 'stock_basics',
      status: 'success',
      total: 9,
      inserted: 9,
      updated: 0,
      errors: 0,
      last_trade_date: '20240131',
      data_sources_used: ['stock_list:tushare'],
      source_stats: { tushare: { total: 9, success: 9 } },
      message: null,
      total_tasks: 9,
      completed_tasks: 9,
      failed_tasks: 0,
    });
    expect(data['started_at']).toMatch(TIME);
    expect(data['finished_at']).toMatch(TIME);
  });

  it('is told in UTC here and in Shanghai with several sources, and by the same run of /v1', async () => {
    const [run] = await runsOfList();
    const basics = await get(STATUS);
    const multi = await get(`${MULTI}/status`);
    expect(Date.parse(`${basics.data['started_at'] as string}Z`)).toBe(run?.startedAt);
    expect(Date.parse(`${multi.data['started_at'] as string}+08:00`)).toBe(run?.startedAt);
    expect(multi.message).toBe('Status retrieved successfully');
    const shown = await stand().askAs('viewer', { url: `/v1/runs/${run?.id}` });
    expect(shown.json()).toMatchObject({
      state: 'success',
      job: { key: 'basics_sync_service' },
      requestedBy: 'otto',
    });
    expect(await get('/api/sync/status')).toEqual(basics);
  });

  it('collects nothing again that is fresh, unless it is forced to', async () => {
    const asked = stand().tushare.asked.length;
    expect((await post(RUN)).data).toMatchObject({
      status: 'success',
      total: 0,
      data_sources_used: [],
      message: '数据仍在有效期内，未重新采集（force=true 可强制采集）',
    });
    expect(stand().tushare.asked.length).toBe(asked);
    expect((await post(`${RUN}?force=true`)).data).toMatchObject({
      status: 'success',
      total: 9,
      inserted: 0,
      updated: 9,
      message: null,
    });
    expect(stand().tushare.asked.length).toBe(asked + 1);
  });

  it('counts what was there before as updated, whether it has changed or not, and the rest as inserted', async () => {
    const { tushare } = stand();
    const answer = tushare.answer;
    tushare.answer = (question) => {
      const { batches, ...rest } = honestAnswer(question);
      const [{ rows, ...batch }] = batches as [(typeof batches)[0]];
      const changed = rows.map((row, at) => (at < 2 ? { ...row, name: `新名${at}` } : row));
      const added = { ...(rows[0] as object), symbol: '600009.SH', name: '新股' };
      return { ...rest, batches: [{ ...batch, rows: [...changed, added] }] };
    };
    const { data } = await post(`${RUN}?force=true`);
    tushare.answer = answer;
    expect(data).toMatchObject({ total: 10, inserted: 1, updated: 9, errors: 0, status: 'success' });
    expect(data).toMatchObject({ total_tasks: 10, completed_tasks: 10, failed_tasks: 0 });
  });

  it('counts lines that are refused as errors, and is no plain success', async () => {
    const { tushare } = stand();
    const answer = tushare.answer;
    tushare.answer = (question) => {
      const { batches, ...rest } = honestAnswer(question);
      const [{ rows, ...batch }] = batches as [(typeof batches)[0]];
      const broken = rows.map((row, at) => (at === 0 ? { ...row, exchange: 'XSHE' } : row));
      return { ...rest, batches: [{ ...batch, rows: broken }] };
    };
    const { success, data, message } = await post(`${MULTI}/stock_basics/run?force=1`);
    tushare.answer = answer;
    expect(data).toMatchObject({
      status: 'success_with_errors',
      total: 9,
      errors: 1,
      failed_tasks: 1,
      completed_tasks: 8,
      source_stats: { tushare: { total: 9, success: 8 } },
    });
    expect({ success, message }).toEqual({
      success: true,
      message: 'Synchronization completed with 1 errors',
    });
  });

  it('falls back to the next source, and tells of it', async () => {
    const { tushare } = stand();
    const answer = tushare.answer;
    tushare.answer = () => {
      throw new AppError('upstream_refused', { source: 'tushare', message: 'no.' });
    };
    const { data } = await post(`${MULTI}/stock_basics/run?force=true`);
    tushare.answer = answer;
    expect(data).toMatchObject({
      data_sources_used: ['stock_list:baostock'],
      updated: 9,
    });
    expect(['success', 'success_with_errors']).toContain(data['status']);
  });

  it('asks preferred sources first, and the others where they have nothing', async () => {
    const { data, success, message } = await post(
      `${MULTI}/stock_basics/run?force=true&preferred_sources=akshare,baostock`,
    );
    expect(data).toMatchObject({ data_sources_used: ['stock_list:baostock'], status: 'success' });
    expect({ success, message }).toEqual({
      success: true,
      message: 'Synchronization completed successfully',
    });
    expect((await runsOfList())[0]?.params?.sources).toEqual(['baostock', 'tushare']);
  });

  it('that fails is told as failed, with why', async () => {
    const { tushare, baostock } = stand();
    const answers = [tushare.answer, baostock.answer] as const;
    tushare.answer = baostock.answer = () => {
      throw new AppError('upstream_refused', { source: 'tushare', message: 'closed today.' });
    };
    const multi = await post(`${MULTI}/stock_basics/run?force=true`);
    const basics = await post(`${RUN}?force=true`);
    [tushare.answer, baostock.answer] = answers;
    expect(multi).toMatchObject({ success: false, data: { status: 'failed', total: 0 } });
    expect(multi.message).toBe(`Synchronization failed: ${multi.data['message'] as string}`);
    // the plain one says so only in its data
    expect(basics).toMatchObject({ success: true, data: { status: 'failed' }, message: '操作成功' });
    expect(basics.data['message']).toContain('closed today.');
  });
});

describe('a database that does not take the rows in time', () => {
  it('is written to again after two and four seconds, and the source is asked once', async () => {
    const { store, log } = stand().deps;
    const pauses: number[] = [];
    const asked = stand().tushare.asked.length;
    let refusals = 2;
    const busy = new AppError('database_busy', { state: '57014', message: 'too slow.' });
    Object.assign(stand().deps, {
      log: { ...log, warn: (facts: { pauseMs?: number }) => void pauses.push(facts.pauseMs ?? 0) },
      store: {
        ...store,
        commitItems: (...input: Parameters<typeof store.commitItems>) =>
          refusals-- > 0 ? Promise.reject(busy) : store.commitItems(...input),
      },
    });
    rest();
    await post(`${RUN}?force=true`);
    await stand().work();
    Object.assign(stand().deps, { log, store });
    expect((await get(STATUS)).data).toMatchObject({ status: 'success', total: 9, errors: 0 });
    expect(pauses).toEqual([2000, 4000]);
    expect(stand().tushare.asked.length).toBe(asked + 1);
  });
});

describe('while a sync runs', () => {
  beforeAll(rest);

  it('the answer says so after ten seconds, and nothing begins beside it, forced or not', async () => {
    const before = (await runsOfList()).length;
    const first = await post(`${MULTI}/stock_basics/run?force=true`);
    expect(first).toMatchObject({
      success: true,
      data: { status: 'running', finished_at: null, total: 0 },
      message: 'Synchronization is running',
    });
    const others = await Promise.all([
      post(`${MULTI}/stock_basics/run?force=true`),
      post(`${MULTI}/stock_basics/run`),
    ]);
    for (const other of others)
      expect(other).toMatchObject({
        success: false,
        data: { status: 'running', started_at: first.data['started_at'] },
        message: 'Synchronization is already running',
      });
    expect((await post(`${RUN}?force=true`)).data).toMatchObject({ status: 'running' });
    expect((await runsOfList()).length).toBe(before + 1);
    expect((await get(STATUS)).data).toMatchObject({ status: 'running', finished_at: null });
    await stand().work();
    expect((await get(STATUS)).data).toMatchObject({ status: 'success' });
  });

  it('several that come at once begin one', async () => {
    const before = (await runsOfList()).length;
    await Promise.all(Array.from({ length: 6 }, () => post(`${RUN}?force=true`)));
    expect((await runsOfList()).length).toBe(before + 1);
  });

  it('that was cancelled elsewhere is told as failed, and says that it was cancelled', async () => {
    const [open] = await runsOfList();
    await stand().askAs('operator', { method: 'POST', url: `/v1/runs/${open?.id}/cancel`, payload: {} });
    const { data } = await get(`${MULTI}/status`);
    expect(data).toMatchObject({ status: 'failed' });
    expect(data['message']).toContain('cancelled');
  });
});

describe('the history', () => {
  it('has every sync, newest first, page by page', async () => {
    const all = (await get(`${MULTI}/history?page_size=50`)).data;
    const runs = await runsOfList();
    expect(all).toMatchObject({ total: runs.length, page: 1, page_size: 50, has_more: false });
    const records = all['records'] as Record<string, unknown>[];
    for (const record of records) expectShape(statsShape, record);
    const [first, second] = [
      (await get(`${MULTI}/history?page=1&page_size=4`)).data,
      (await get(`${MULTI}/history?page=2&page_size=4`)).data,
    ];
    expect([...(first['records'] as object[]), ...(second['records'] as object[])]).toEqual(
      records.slice(0, 8),
    );
    expect(first).toMatchObject({ total: runs.length, has_more: true });
  });

  it.each([
    ['failed', ['failed']],
    ['success_with_errors', ['success_with_errors']],
    ['running', []],
    ['never_run', []],
    ["'; DROP TABLE run; --", []],
  ])('is narrowed to %s', async (status, states) => {
    const { data } = await get(`${MULTI}/history?page_size=50&status=${encodeURIComponent(status)}`);
    const records = data['records'] as { status: string }[];
    expect([...new Set(records.map((record) => record.status))]).toEqual(states);
    expect(data['total']).toBe(records.length);
  });
});
