import { AppError } from '@tapekeeper/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hurriedClock } from '../support/appStand.ts';
import { conforms } from './conformance.ts';
import { DOCUMENTED_PASSWORD, useDocumentedStand } from './documentedStand.ts';
import { logPageShape, toldShape } from './syncShapes.ts';

const stand = useDocumentedStand('sync_status_logs');

const LOGS = '/api/system/logs';
const RUN = '/api/sync/stock_basics/run?force=true';

/** What the log begins with: a sync that went well, one that failed, a login, a line of a client's own. */
beforeAll(async () => {
  Object.assign(stand().deps, {
    clock: { ...hurriedClock, sleep: async () => void (await stand().work()) },
  });
  const { askAs, tushare, baostock } = stand();
  await askAs('operator', { method: 'POST', url: RUN });
  const honest = tushare.answer;
  tushare.answer = baostock.answer = () => {
    throw new AppError('upstream_refused', { source: 'tushare', message: 'closed.' });
  };
  await askAs('operator', { method: 'POST', url: RUN });
  tushare.answer = baostock.answer = honest;
  const ann = { username: 'ann', password: DOCUMENTED_PASSWORD };
  await askAs('nobody', { method: 'POST', url: '/api/auth/login', payload: ann });
});

async function list(query = ''): Promise<z.infer<typeof logPageShape>> {
  const answer = await stand().askAs('operator', { url: `${LOGS}/list?${query}` });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ data: z.infer<typeof logPageShape> }>().data;
}

describe('the list', () => {
  conforms(stand, [
    {
      what: 'H list has everything, newest first',
      as: 'operator',
      ask: { url: `${LOGS}/list` },
      status: 200,
      shape: toldShape(logPageShape),
      has: { success: true, message: '获取操作日志列表成功', data: { page: 1, page_size: 20 } },
    },
    {
      what: 'H list of nobody',
      as: 'nobody',
      ask: { url: `${LOGS}/list` },
      status: 401,
      detail: 'No authorization header',
    },
    { what: 'H list of a viewer', as: 'viewer', ask: { url: `${LOGS}/list` }, status: 403 },
    { what: 'H list of page 0', ask: { url: `${LOGS}/list?page=0` }, status: 422 },
    { what: 'H list of pages of 101', ask: { url: `${LOGS}/list?page_size=101` }, status: 422 },
    {
      what: 'H list of a day that is none',
      ask: { url: `${LOGS}/list?start_date=soon` },
      status: 400,
      detail: '时间格式错误: soon',
    },
    {
      what: 'H list of a 31st of February',
      ask: { url: `${LOGS}/list?end_date=2024-02-31T00:00` },
      status: 400,
    },
    { what: 'H list of successes that are none', ask: { url: `${LOGS}/list?success=perhaps` }, status: 422 },
  ]);

  it('has a line of type data_import for each sync, with what it did, how long it took, and whether it went well', async () => {
    const { logs, total } = await list('action_type=data_import');
    expect(total).toBe(2);
    const [failed, good] = logs;
    expect(good).toMatchObject({
      action_type: 'data_import',
      action: '运行股票基础信息同步',
      username: 'otto',
      success: true,
      error_message: null,
      details: {
        job_id: 'basics_sync_service',
        cause: 'person',
        status: 'success',
        force: true,
        total: 9,
        inserted: 9,
        data_sources_used: ['stock_list:tushare'],
      },
    });
    expect(good?.duration_ms).toBeGreaterThan(0);
    expect(failed).toMatchObject({ success: false, details: { status: 'failed' } });
    expect(failed?.error_message).toContain('closed.');
  });

  it('has those that nobody begins by hand, too', async () => {
    await stand().sync({ dataset: 'daily_bars', symbols: ['600001.SH'], force: true });
    await stand().deps.store.runs({ states: null, dataset: 'stock_basics', before: null, limit: 1 });
    const { total } = await list('action_type=data_import');
    const runs = await stand().deps.store.runs({
      states: null,
      dataset: 'stock_basics',
      before: null,
      limit: 50,
    });
    expect(total).toBe(runs.length);
  });

  it('has the requests of people as lines of other types', async () => {
    const { logs } = await list('page_size=100');
    const typesOf = (name: string) =>
      new Set(logs.filter(({ username }) => username === name).map(({ action_type }) => action_type));
    expect(typesOf('otto')).toEqual(new Set(['data_import', 'system_settings']));
    expect(typesOf('ann')).toContain('user_login');
    const request = logs.find(({ action }) => action.startsWith('tradingAgentsRunSync'));
    expect(request).toMatchObject({ success: true, ip_address: '127.0.0.1', details: { status: 200 } });
  });

  it('is narrowed by success, and agrees with what it shows', async () => {
    const bad = await list('success=false&page_size=100');
    const good = await list('success=true&page_size=100');
    const all = await list('page_size=100');
    expect(bad.logs.every(({ success }) => !success)).toBe(true);
    expect(good.logs.every(({ success }) => success)).toBe(true);
    expect(bad.total + good.total).toBe(all.total);
    expect(bad.total).toBeGreaterThan(0);
  });

  it('is split among the types without a rest', async () => {
    const stats = await stand().askAs('operator', { url: `${LOGS}/stats` });
    const { data } = stats.json<{
      data: { action_type_distribution: Record<string, number>; total_logs: number };
    }>();
    let sum = 0;
    for (const [type, count] of Object.entries(data.action_type_distribution)) {
      const { total, logs } = await list(`action_type=${type}&page_size=100`);
      expect([type, total]).toEqual([type, count]);
      expect(new Set(logs.map(({ action_type }) => action_type))).toEqual(new Set([type]));
      sum += total;
    }
    expect(sum).toBe(data.total_logs);
    expect((await list()).total).toBe(sum);
  });

  it('is leafed through page by page, each line once', async () => {
    const all = await list('page_size=100');
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(all.total / 3); page++) {
      const one = await list(`page=${page}&page_size=3`);
      expect(one).toMatchObject({
        page,
        page_size: 3,
        total: all.total,
        total_pages: Math.ceil(all.total / 3),
      });
      seen.push(...one.logs.map(({ id }) => id));
    }
    expect(seen).toEqual(all.logs.map(({ id }) => id));
    expect(new Set(seen).size).toBe(all.total);
    expect((await list('page=99')).logs).toEqual([]);
  });

  it('is narrowed by time, a day being meant to its end', async () => {
    const [newest] = (await list('page_size=1')).logs;
    const day = newest?.timestamp.slice(0, 10) ?? '';
    const all = (await list()).total;
    expect((await list(`start_date=${day}&end_date=${day}`)).total).toBe(all);
    expect((await list(`end_date=2020-01-01`)).total).toBe(0);
    expect((await list(`start_date=2099-01-01`)).total).toBe(0);
    const utc = new Date(Date.parse(`${newest?.timestamp}+08:00`)).toISOString();
    expect((await list(`start_date=${utc}`)).logs.map(({ id }) => id)).toContain(newest?.id);
  });

  it.each(["%' OR 1=1 --", '_', '%', '\\', '.*', '(((((', '<script>'])(
    'takes %j for a text to look for',
    async (text) => {
      expect((await list(`keyword=${encodeURIComponent(text)}`)).total).toBeLessThan((await list()).total);
    },
  );

  it('finds lines by who and what', async () => {
    expect((await list('keyword=otto')).total).toBeGreaterThan(2);
    expect((await list('keyword=stock_basics')).total).toBeGreaterThan(0);
    expect((await list('keyword=nobody%20of%20that%20name')).total).toBe(0);
  });
});

describe('what the answers hold', () => {
  const get = (path: string) => stand().askAs('operator', { url: `${LOGS}/${path}` });

  it('has no lines of a type that is none, whatever it is called', async () => {
    for (const type of ['constructor', '__proto__', 'toString', 'nonsense'])
      expect((await list(`action_type=${type}`)).total).toBe(0);
  });

  it('is in the order of time', async () => {
    const times = (await list('page_size=100')).logs.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('adds up in the figures', async () => {
    const { data } = (await get('stats?days=1')).json<{
      data: {
        total_logs: number;
        success_logs: number;
        failed_logs: number;
        success_rate: number;
        hourly_distribution: { count: number }[];
      };
    }>();
    expect(data.success_logs + data.failed_logs).toBe(data.total_logs);
    expect(data.success_rate).toBe(Math.round((data.success_logs / data.total_logs) * 10_000) / 100);
    expect(data.hourly_distribution.reduce((sum, { count }) => sum + count, 0)).toBe(data.total_logs);
  });

  it('is the same in the export, with a byte order mark', async () => {
    const answer = await get('export/csv');
    expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = answer.body.replace('\uFEFF', '').trimEnd().split('\n');
    expect(lines[0]).toBe('时间,用户,操作类型,操作内容,状态,耗时(ms),IP地址,错误信息,详细信息');
    expect(lines.length).toBe(1 + (await list()).total);
    const syncs = await get('export/csv?action_type=data_import');
    expect(syncs.body.trimEnd().split('\n').length).toBe(1 + (await list('action_type=data_import')).total);
  });

  it('is no more told from a page that is too far back', async () => {
    const answer = await get('list?page=2000&page_size=100');
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('页码过大') },
    ]);
  });
});

describe('one line', () => {
  it('H is found by its id, of either sort', async () => {
    const { logs } = await list('page_size=100');
    for (const log of [
      logs.find(({ id }) => id.startsWith('run-')),
      logs.find(({ id }) => /^\d+$/.test(id)),
    ]) {
      const answer = await stand().askAs('operator', { url: `${LOGS}/${log?.id}` });
      expect(answer.json()).toEqual({ success: true, data: log, message: '获取操作日志详情成功' });
    }
  });

  conforms(
    stand,
    ['999999', 'run-999999', '0', '-1', 'abc', '65f0c0ffee65f0c0ffee65f0', "1'--"].map((id) => ({
      what: `H ${id} is not there`,
      ask: { url: `${LOGS}/${encodeURIComponent(id)}` },
      status: 404,
      detail: '操作日志不存在',
    })),
  );
});

describe('figures', () => {
  conforms(stand, [
    {
      what: 'H stats count by type and hour',
      as: 'operator',
      ask: { url: `${LOGS}/stats?days=1` },
      status: 200,
      shape: toldShape(
        z.strictObject({
          total_logs: z.int(),
          success_logs: z.int(),
          failed_logs: z.int().positive(),
          success_rate: z.number().min(0).max(100),
          action_type_distribution: z.record(z.string(), z.int()),
          hourly_distribution: z
            .array(z.strictObject({ hour: z.string().regex(/^\d{2}:00$/), count: z.int() }))
            .length(24),
        }),
      ),
    },
    { what: 'H stats of no day', ask: { url: `${LOGS}/stats?days=0` }, status: 422 },
    { what: 'H stats of 366 days', ask: { url: `${LOGS}/stats?days=366` }, status: 422 },
  ]);
});

describe('the export', () => {
  conforms(stand, [
    {
      what: 'H export/csv is UTF-8 with a mark, and no cell of it is a formula',
      as: 'operator',
      ask: { url: `${LOGS}/export/csv` },
      status: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename=operation_logs.csv',
      },
    },
    {
      what: 'H export/csv is narrowed as the list is',
      as: 'operator',
      ask: { url: `${LOGS}/export/csv?action_type=data_import` },
      status: 200,
    },
  ]);
});

describe('lines of clients', () => {
  it('H clear leaves every line where it was', async () => {
    const before = await list('page_size=100');
    await stand().askAs('admin', { method: 'POST', url: `${LOGS}/clear`, payload: { days: 0 } });
    expect(await list('page_size=100')).toEqual(before);
  });

  it('H create adds one under the name of who asks, whoever it says it is', async () => {
    const payload = {
      action_type: 'report_generation',
      action: '=生成报告',
      details: { rows: 3 },
      success: false,
      error_message: 'no paper',
      duration_ms: 12,
      username: 'somebody else',
    };
    const made = await stand().askAs('operator', { method: 'POST', url: `${LOGS}/create`, payload });
    const { log_id: id } = made.json<{ data: { log_id: string } }>().data;
    const read = await stand().askAs('operator', { url: `${LOGS}/${id}` });
    expect(read.json()).toMatchObject({
      data: {
        id,
        username: 'otto',
        action_type: 'report_generation',
        action: '=生成报告',
        details: { rows: 3 },
        success: false,
        error_message: 'no paper',
        duration_ms: 12,
      },
    });
    expect((await list('action_type=report_generation')).total).toBe(1);
    expect((await list('action_type=report_generation&success=true')).total).toBe(0);
    const csv = await stand().askAs('operator', { url: `${LOGS}/export/csv?action_type=report_generation` });
    expect(csv.body).not.toMatch(/,=/);
  });

  conforms(stand, [
    {
      what: 'H create of a viewer',
      as: 'viewer',
      ask: { method: 'POST', url: `${LOGS}/create`, payload: { action_type: 'screening', action: 'x' } },
      status: 403,
    },
    {
      what: 'H create without a word',
      ask: { method: 'POST', url: `${LOGS}/create`, payload: {} },
      status: 422,
    },
    {
      what: 'H create of too much',
      ask: {
        method: 'POST',
        url: `${LOGS}/create`,
        payload: { action_type: 'screening', action: 'x', details: { text: 'x'.repeat(20_000) } },
      },
      status: 422,
    },
    {
      what: 'H clear takes nothing away',
      ask: { method: 'POST', url: `${LOGS}/clear`, payload: { days: 0 } },
      status: 200,
      shape: toldShape(z.strictObject({ deleted_count: z.int(), filter: z.record(z.string(), z.unknown()) })),
      has: { success: true, data: { deleted_count: 0, filter: { days: 0 } } },
    },
    {
      what: 'H clear without a body takes nothing away either',
      ask: { method: 'POST', url: `${LOGS}/clear` },
      status: 200,
      has: { data: { deleted_count: 0, filter: {} } },
    },
    {
      what: 'H clear of an operator',
      as: 'operator',
      ask: { method: 'POST', url: `${LOGS}/clear` },
      status: 403,
    },
  ]);
});
