import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  collectRowSchema,
  logPageSchema,
  logStatsSchema,
  operationRowSchema,
  overviewSchema,
  recentSchema,
  tablesSchema,
  watchlistRowSchema,
} from '../../packages/server/src/http/documented/stockQuote/logs/schemas.ts';
import type { Asked } from '../http/httpStand.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { makeOperations, makeRuns, makeWatchlist } from './statusModelData.ts';

// Contract section B: the logs of the stock quote system.

const stand = useDocumentedStand('status_model');

const NAIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

const asked = (url: string): Asked => ({ method: 'GET', url });

beforeAll(async () => {
  await makeRuns(stand().db, 'daily_bars', ['2024-01-31', '2024-02-01']);
  await makeRuns(stand().db, 'quotes', ['2024-02-01']);
  await makeWatchlist(stand().db);
  await makeOperations(stand().db);
});

describe('B /api/admin/logs/tables and /stats', () => {
  conforms(stand, [
    {
      what: 'the tables with key, name and table',
      ask: asked('/api/admin/logs/tables'),
      status: 200,
      shape: tablesSchema,
      has: {
        tables: [
          {
            key: 'historical_collect',
            display_name: '历史数据采集日志',
            table_name: 'historical_collect_operation_logs',
          },
          {
            key: 'realtime_collect',
            display_name: '实时数据采集日志',
            table_name: 'realtime_collect_operation_logs',
          },
          { key: 'operation', display_name: '系统操作日志', table_name: 'operation_logs' },
          {
            key: 'watchlist_history',
            display_name: '自选股历史采集日志',
            table_name: 'watchlist_history_collection_logs',
          },
        ],
      },
    },
    {
      what: 'how many lines each has, today and failed ones among them',
      ask: asked('/api/admin/logs/stats'),
      status: 200,
      shape: overviewSchema,
      has: {
        historical_collect: {
          table_name: '历史数据采集日志',
          total_count: 14,
          today_count: 0,
          error_count: 4,
        },
        realtime_collect: { total_count: 6, today_count: 0, error_count: 2 },
        watchlist_history: { total_count: 7, today_count: 0, error_count: 1 },
      },
    },
    { what: 'stats for a viewer', as: 'viewer', ask: asked('/api/admin/logs/stats'), status: 200 },
    {
      what: 'stats without a token',
      as: 'nobody',
      ask: asked('/api/admin/logs/stats'),
      status: 401,
      detail: '无效的管理员认证凭据',
      headers: { 'www-authenticate': 'Bearer' },
    },
    {
      what: 'stats with a token that nobody has given out',
      as: 'nobody',
      ask: { ...asked('/api/admin/logs/stats'), headers: { authorization: 'Bearer a.b.c' } },
      status: 401,
      detail: '无效的管理员认证凭据',
    },
    {
      what: 'a wrong method',
      ask: { method: 'POST', url: '/api/admin/logs/stats', payload: {} },
      status: 405,
      detail: 'Method Not Allowed',
    },
    {
      what: 'a path that is none',
      ask: asked('/api/admin/logs/nothing/at/all'),
      status: 404,
      detail: 'Not Found',
    },
  ]);
});

/** The same question with a filter, and how many lines it finds. */
const found = (key: string, query: string, total: number): Row => ({
  what: `${key} with ${query}: ${total}`,
  ask: asked(`/api/admin/logs/query/${key}?${query}`),
  status: 200,
  shape: logPageSchema,
  has: { table_key: key, total },
});

describe('B /api/admin/logs/query/{key}', () => {
  conforms(stand, [
    {
      what: 'the columns of historical_collect, newest first',
      ask: asked('/api/admin/logs/query/historical_collect?start_date=2024-01-31&end_date=2024-02-01'),
      status: 200,
      shape: logPageSchema.extend({
        data: z.array(collectRowSchema.extend({ created_at: z.string().regex(NAIVE) })),
      }),
      has: {
        table_key: 'historical_collect',
        table_name: '历史数据采集日志',
        total: 12,
        page: 1,
        pageSize: 20,
        pagination: { page: 1, page_size: 20, total_count: 12, total_pages: 1 },
      },
    },
    {
      what: "the document's own query for failed lines of the watch list",
      ask: asked('/api/admin/logs/query/watchlist_history?status=failed&page=1&page_size=20'),
      status: 200,
      shape: logPageSchema.extend({ data: z.array(watchlistRowSchema) }),
      has: {
        table_key: 'watchlist_history',
        table_name: '自选股历史采集日志',
        total: 1,
        page: 1,
        pageSize: 20,
        data: [
          {
            stock_code: '000001',
            affected_rows: 0,
            status: 'failed',
            created_at: '2024-01-12T16:00:00.000000',
          },
        ],
      },
    },
    {
      what: 'the columns of operation',
      ask: asked('/api/admin/logs/query/operation?start_date=2099-03-01&end_date=2099-03-01&status=failed'),
      status: 200,
      shape: logPageSchema.extend({
        data: z.array(operationRowSchema.extend({ log_time: z.string().regex(NAIVE) })),
      }),
      has: {
        total: 2,
        data: [
          {
            log_type: 'triggerJob',
            log_status: '失败',
            affected_count: 0,
            error_info: 'run_over（HTTP 409）',
          },
          { log_type: 'cancelRun', log_message: 'otto 执行 cancelRun，对象 run 7：失败' },
        ],
      },
    },
    ...['success', 'completed', 'SUCCESS', '成功'].map((word) =>
      found('realtime_collect', `status=${encodeURIComponent(word)}`, 1),
    ),
    ...['failed', 'fail', 'error', 'cancelled', '失败'].map((word) =>
      found('realtime_collect', `status=${encodeURIComponent(word)}`, 2),
    ),
    found('realtime_collect', 'status=partial_success', 1),
    found('realtime_collect', 'status=success_with_errors', 1),
    found('realtime_collect', 'status=running', 1),
    found('realtime_collect', 'status=pending', 1),
    found('realtime_collect', 'status=', 6),
    found('realtime_collect', 'status=nonsense', 0),
    found('realtime_collect', 'operation_type=REALTIME', 6),
    found('realtime_collect', 'operation_type=historical', 0),
    found('realtime_collect', 'operation_type=%25', 0),
    found('realtime_collect', 'stock_code=600001', 6),
    found('realtime_collect', 'unknown=1&unknown=2', 6),
    found('historical_collect', 'start_date=2024-01-31&end_date=2024-01-31', 6),
    found('historical_collect', 'start_date=2024-02-01', 6),
    found('historical_collect', 'end_date=2024-01-14', 1),
    found('historical_collect', 'start_date=2024-02-02&end_date=2024-01-01', 0),
    found('watchlist_history', 'status=success', 2 + 1),
    found('watchlist_history', 'status=partial_success', 1),
    found('watchlist_history', 'status=pending', 2),
    found('watchlist_history', 'status=running', 0),
    found('watchlist_history', 'status=nonsense', 0),
    found('watchlist_history', 'stock_code=00001', 5),
    found('watchlist_history', 'stock_code=600001', 2),
    found('watchlist_history', 'stock_code=%25', 0),
    found('watchlist_history', 'stock_code=_', 0),
    found('watchlist_history', 'stock_code=%5C', 0),
    found('watchlist_history', 'stock_code=600001&status=pending', 1),
    found('watchlist_history', 'start_date=2024-01-13', 2),
    found('watchlist_history', 'end_date=2024-01-12', 5),
    found('operation', 'operation_type=RUN&start_date=2099-03-01&end_date=2099-03-01', 3),
    found('operation', 'operation_type=%25_&start_date=2099-03-01&end_date=2099-03-01', 1),
    found('operation', 'operation_type=%5C&start_date=2099-03-01&end_date=2099-03-01', 1),
    found('operation', 'operation_type=_r&start_date=2099-03-01&end_date=2099-03-01', 0),
    found('operation', 'status=running&start_date=2099-03-01&end_date=2099-03-01', 1),
    found('operation', 'status=partial_success', 0),
    {
      what: 'pages go on where the last one ended',
      ask: asked('/api/admin/logs/query/watchlist_history?page=2&page_size=3'),
      status: 200,
      has: { total: 7, page: 2, pageSize: 3, pagination: { total_pages: 3 } },
    },
    ...['historical_collect', 'operation', 'watchlist_history', 'realtime_collect'].map((key): Row => ({
      what: `a page behind the last one of ${key} is empty`,
      ask: asked(`/api/admin/logs/query/${key}?page=9007199254740991&page_size=100`),
      status: 200,
      shape: logPageSchema,
      has: { data: [] },
    })),
    {
      what: 'a page behind the last one of a filter is empty, and has the total',
      ask: asked('/api/admin/logs/query/watchlist_history?status=failed&page=900000'),
      status: 200,
      has: { data: [], total: 1 },
    },
    {
      what: 'a table that is none',
      ask: asked('/api/admin/logs/query/users'),
      status: 404,
      detail: '日志表不存在',
    },
    {
      what: 'a table with a name to provoke',
      ask: asked('/api/admin/logs/query/__proto__'),
      status: 404,
      detail: '日志表不存在',
    },
    {
      what: 'the audit log for a viewer',
      as: 'viewer',
      ask: asked('/api/admin/logs/query/operation'),
      status: 403,
    },
    {
      what: 'the audit log for an operator',
      as: 'operator',
      ask: asked('/api/admin/logs/query/operation'),
      status: 200,
    },
    {
      what: 'a query without a token',
      as: 'nobody',
      ask: asked('/api/admin/logs/query/operation'),
      status: 401,
      detail: '无效的管理员认证凭据',
    },
    ...[
      ['page=0', 'page', 'greater_than_equal'],
      ['page=-1', 'page', 'greater_than_equal'],
      ['page=one', 'page', 'int_parsing'],
      ['page=1.5', 'page', 'int_parsing'],
      ['page=1&page=2', 'page', 'int_type'],
      ['page_size=0', 'page_size', 'greater_than_equal'],
      ['page_size=101', 'page_size', 'less_than_equal'],
      ['start_date=2024-02-30', 'start_date', 'value_error'],
      ['end_date=yesterday', 'end_date', 'value_error'],
      [`status=${'x'.repeat(101)}`, 'status', 'string_too_long'],
      ['stock_code=1&stock_code=2', 'stock_code', 'string_type'],
    ].map(([query, field, type]): Row => ({
      what: `422 for ${query?.slice(0, 30)}`,
      ask: asked(`/api/admin/logs/query/watchlist_history?${query}`),
      status: 422,
      has: { detail: [{ loc: ['query', field], type }] },
    })),
    ...[
      "status=failed'%20OR%201=1--",
      'stock_code=%27%3B%20DROP%20TABLE%20run%3B',
      'operation_type=%22%27%60%3Cscript%3E',
      'stock_code=%F0%9F%90%8D',
    ].map((query): Row => ({
      what: `hostile filter ${query} is a filter`,
      ask: asked(`/api/admin/logs/query/watchlist_history?${query}`),
      status: 200,
      shape: logPageSchema,
    })),
    {
      what: 'a NUL in a filter',
      ask: asked('/api/admin/logs/query/watchlist_history?stock_code=%00'),
      status: 400,
    },
  ]);

  it('has the newest lines first', async () => {
    const url = '/api/admin/logs/query/historical_collect?start_date=2024-01-31&end_date=2024-02-01';
    const { data: rows } = (await stand().askAs('admin', asked(url))).json<{
      data: { created_at: string; status: string }[];
    }>();
    const times = rows.map(({ created_at: at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? 1 : -1)));
    expect(times[0]).toBe('2024-02-01T23:59:59.000000');
    expect(rows.slice(0, 6).map(({ status }) => status)).toEqual([
      'pending',
      'running',
      'failed',
      'failed',
      'partial_success',
      'success',
    ]);
  });

  it('goes on with a page where the last one ended', async () => {
    const url = '/api/admin/logs/query/watchlist_history';
    const idsOf = async (query: string): Promise<readonly number[]> =>
      (await stand().askAs('admin', asked(url + query)))
        .json<{ data: { id: number }[] }>()
        .data.map(({ id }) => id);
    const all = await idsOf('');
    expect(await idsOf('?page=2&page_size=3')).toEqual(all.slice(3, 6));
    expect(new Set(all).size).toBe(7);
    expect(all.every((id) => Number.isSafeInteger(id))).toBe(true);
  });

  it('tells why a line failed: the last try to those who read, every try to those who may operate', async () => {
    const url = '/api/admin/logs/query/watchlist_history?status=fail';
    const told = async (who: 'viewer' | 'operator'): Promise<string> =>
      (await stand().askAs(who, asked(url))).json<{ data: { error_message: string }[] }>().data[0]
        ?.error_message ?? '';
    expect(await told('viewer')).toBe('transport: socket hang up, try 3');
    expect((await told('operator')).split('\n')).toEqual([
      'transport: socket hang up, try 3',
      ...[1, 2, 3].map(
        (no) =>
          `  2024-01-12T16:01:05.000000 akshare 采集项 2（2024-01-04 至 2024-01-04）第 ${no} 次尝试：transport: socket hang up, try ${no}`,
      ),
    ]);
  });

  it('tells of lines that went well nothing, and what a fallback has mended is mended', async () => {
    const url = '/api/admin/logs/query/watchlist_history?end_date=2024-01-12';
    const rows = (await stand().askAs('operator', asked(url))).json<{
      data: { stock_code: string; status: string; affected_rows: number; error_message: string | null }[];
    }>().data;
    expect(rows.map(({ stock_code: code, status, affected_rows: n }) => [code, status, n])).toEqual([
      ['600001', 'success', 7],
      ['000001', 'failed', 0],
      ['300001', 'partial_success', 6],
      ['688001', 'success', 7],
      ['920001', 'success', 0],
    ]);
    expect(rows.map(({ error_message: text }) => text === null)).toEqual([true, false, false, true, true]);
  });
});

describe('B /api/admin/logs/stats/{key} and /recent/{key}', () => {
  conforms(stand, [
    {
      what: 'all of historical_collect',
      ask: asked('/api/admin/logs/stats/historical_collect'),
      status: 200,
      shape: logStatsSchema,
      has: {
        table_key: 'historical_collect',
        table_name: '历史数据采集日志',
        period_days: null,
        is_all_data: true,
        daily_stats: [
          { date: '2024-02-01', total_count: 6, success_count: 1, error_count: 2 },
          { date: '2024-01-31', total_count: 6, success_count: 1, error_count: 2 },
          { date: '2024-01-15', total_count: 1, success_count: 0, error_count: 0 },
          { date: '2024-01-12', total_count: 1, success_count: 0, error_count: 0 },
        ],
        operation_stats: [{ operation_type: 'historical_quote_collect', count: 14 }],
      },
    },
    {
      what: 'the success rate of the watch list can be told from its statuses',
      ask: asked('/api/admin/logs/stats/watchlist_history'),
      status: 200,
      shape: logStatsSchema,
      has: {
        is_all_data: true,
        daily_stats: [
          { date: '2024-01-15', total_count: 2, success_count: 0, error_count: 0 },
          { date: '2024-01-12', total_count: 5, success_count: 3, error_count: 1 },
        ],
        operation_stats: [],
      },
    },
    {
      what: 'days as a period',
      ask: asked('/api/admin/logs/stats/watchlist_history?days=365'),
      status: 200,
      shape: logStatsSchema,
      has: { period_days: 365, is_all_data: false, status_stats: [], daily_stats: [] },
    },
    {
      what: 'stats of the audit log',
      ask: asked('/api/admin/logs/stats/operation'),
      status: 200,
      shape: logStatsSchema,
    },
    ...['days=0', 'days=366', 'days=x'].map((query): Row => ({
      what: `422 for stats with ${query}`,
      ask: asked(`/api/admin/logs/stats/operation?${query}`),
      status: 422,
      has: { detail: [{ loc: ['query', 'days'] }] },
    })),
    { what: 'stats of no table', ask: asked('/api/admin/logs/stats/x'), status: 404, detail: '日志表不存在' },
    {
      what: 'stats of the audit log for a viewer',
      as: 'viewer',
      ask: asked('/api/admin/logs/stats/operation'),
      status: 403,
    },
    ...['historical_collect', 'realtime_collect', 'operation', 'watchlist_history'].map((key): Row => ({
      what: `recent lines of ${key}`,
      ask: asked(`/api/admin/logs/recent/${key}?limit=2`),
      status: 200,
      shape: recentSchema.extend({ data: z.array(z.unknown()).length(2) }),
      has: { table_key: key },
    })),
    ...['limit=0', 'limit=51'].map((query): Row => ({
      what: `422 for recent with ${query}`,
      ask: asked(`/api/admin/logs/recent/operation?${query}`),
      status: 422,
      has: { detail: [{ loc: ['query', 'limit'] }] },
    })),
    {
      what: 'recent of no table',
      ask: asked('/api/admin/logs/recent/x'),
      status: 404,
      detail: '日志表不存在',
    },
  ]);
});

describe('B the statistics of a log', () => {
  it('count every status', async () => {
    const answer = await stand().askAs('admin', asked('/api/admin/logs/stats/historical_collect'));
    const { status_stats: stats } = answer.json<{ status_stats: { status: string; count: number }[] }>();
    expect(Object.fromEntries(stats.map(({ status, count }) => [status, count]))).toEqual({
      success: 2,
      partial_success: 3,
      failed: 4,
      running: 2,
      pending: 3,
    });
  });

  it('of operations add up', async () => {
    const answer = await stand().askAs('admin', asked('/api/admin/operation-logs/stats'));
    const { daily_stats: days, status_stats: stats } = answer.json<{
      daily_stats: { total_count: number; success_count: number; error_count: number }[];
      status_stats: { status: string; count: number }[];
    }>();
    const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
    const of = (status: string): number => stats.find((one) => one.status === status)?.count ?? 0;
    expect(sum(days.map(({ total_count: count }) => count))).toBe(sum(stats.map(({ count }) => count)));
    expect(sum(days.map(({ success_count: count }) => count))).toBe(of('成功'));
    expect(sum(days.map(({ error_count: count }) => count))).toBe(of('失败'));
    expect(of('成功')).toBeGreaterThan(0);
  });
});
