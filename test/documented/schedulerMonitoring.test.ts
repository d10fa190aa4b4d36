import { STARTERS } from '@tapekeeper/core';
import { beforeAll, describe, expect } from 'vitest';
import type { Asked } from '../http/httpStand.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { DONE, HEALTH, HISTORY, JOB_DETAIL, JOBS, STATS } from './schedulerShapes.ts';

// Contract section F, jobs: every line of it with good, bad and boundary input.

const stand = useDocumentedStand('scheduler_monitoring');

const API = '/api/scheduler';
const KEY = 'bars_of_the_test';

const post = (url: string, payload?: object): Asked => ({
  method: 'POST',
  url,
  ...(payload && { payload }),
});

beforeAll(async () => {
  const wish = { key: KEY, definition: syncJob(), state: 'enabled', author: 'tests' } as const;
  await stand().deps.store.createJob(wish, () => null);
});

async function jobState(key: string): Promise<string | undefined> {
  return (await stand().deps.store.jobByKey(key))?.state;
}

describe('F GET /jobs', () => {
  const all: Partial<Row> = {
    shape: JOBS,
    has: { message: `获取到 ${STARTERS.length + 1} 个定时任务` },
  };
  conforms(stand, [
    {
      what: 'all jobs, for whoever may read',
      as: 'viewer',
      ask: { url: `${API}/jobs` },
      status: 200,
      ...all,
      afterwards: (answer) => {
        const jobs = answer.json<{ data: { id: string; trigger: string; paused: boolean }[] }>().data;
        expect(jobs).toHaveLength(STARTERS.length + 1);
        const byId = new Map(jobs.map((job) => [job.id, job]));
        expect(byId.get('example_daily')).toMatchObject({
          trigger: "cron[month='*', day='*', day_of_week='*', hour='18', minute='0']",
          paused: true,
          next_run_time: null,
        });
        expect(byId.get(KEY)).toMatchObject({ paused: false, trigger: 'manual', display_name: 'daily bars' });
      },
    },
    { what: 'by the name of the document', ask: { url: '/scheduler/jobs' }, status: 200, ...all },
    {
      what: 'not for nobody',
      as: 'nobody',
      ask: { url: `${API}/jobs` },
      status: 401,
      detail: 'No authorization header',
    },
    {
      what: 'not for a wrong method',
      ask: post(`${API}/jobs`),
      status: 405,
      detail: 'Method Not Allowed',
    },
  ]);
});

describe('F GET /jobs/{id}', () => {
  conforms(stand, [
    {
      what: 'one job with its parameters',
      as: 'viewer',
      ask: { url: `${API}/jobs/${KEY}` },
      status: 200,
      shape: JOB_DETAIL,
      has: {
        message: '获取任务详情成功',
        data: {
          id: KEY,
          func: 'tapekeeper.sync',
          args: [],
          kwargs: { dataset: 'daily_bars' },
          max_instances: 1,
        },
      },
    },
    {
      what: 'by our number',
      ask: { url: `${API}/jobs/1` },
      status: 200,
      has: { data: { id: 'sync_stock_list' } },
    },
    {
      what: 'by an id that the documents alone use',
      ask: { url: `${API}/jobs/financial_sync` },
      status: 200,
      has: { data: { id: 'tushare_financial_sync' } },
    },
    {
      what: 'none of an unknown id',
      ask: { url: `${API}/jobs/nope` },
      status: 404,
      detail: '任务 nope 不存在',
    },
    {
      what: 'none of a hostile id',
      ask: { url: `${API}/jobs/${encodeURIComponent("'; DROP TABLE job; --")}` },
      status: 404,
      detail: "任务 '; DROP TABLE job; -- 不存在",
    },
    { what: 'none of an inherited name', ask: { url: `${API}/jobs/constructor` }, status: 404 },
    {
      what: 'none of a text without an end, in their form too',
      ask: { url: `${API}/jobs/${'x'.repeat(2000)}` },
      status: 400,
      has: { success: false, data: null, code: 400, detail: expect.any(String), message: expect.any(String) },
    },
    {
      what: 'none of a broken escape',
      ask: { url: `${API}/jobs/%zz` },
      status: 400,
      has: { success: false },
    },
  ]);
});

describe('F PUT /jobs/{id}/metadata', () => {
  const put = (id: string, payload?: object | string): Asked => ({
    method: 'PUT',
    url: `${API}/jobs/${id}/metadata`,
    ...(payload !== undefined && { payload }),
  });
  conforms(stand, [
    {
      what: 'a new name makes a new version',
      as: 'operator',
      ask: put(KEY, { display_name: '日线', description: '每天的行情', unknown: 1 }),
      status: 200,
      shape: DONE,
      has: { message: `任务 ${KEY} 元数据已更新` },
      afterwards: async () => {
        expect(await stand().deps.store.jobByKey(KEY)).toMatchObject({
          version: 2,
          definition: { name: '日线', description: '每天的行情' },
        });
      },
    },
    {
      what: 'what is null or left out stays',
      ask: put(KEY, { display_name: null }),
      status: 200,
      afterwards: async () => {
        expect((await stand().deps.store.jobByKey(KEY))?.definition.name).toBe('日线');
      },
    },
    {
      what: 'a viewer may not',
      as: 'viewer',
      ask: put(KEY, { display_name: 'x' }),
      status: 403,
      detail: '仅管理员可以更新任务元数据',
    },
    {
      what: 'unknown job',
      ask: put('nope', { display_name: 'x' }),
      status: 400,
      detail: '更新任务 nope 元数据失败',
    },
    {
      what: 'no name at all',
      ask: put(KEY, { display_name: ' ' }),
      status: 400,
      detail: `更新任务 ${KEY} 元数据失败`,
    },
    { what: 'a number for a name', ask: put(KEY, { display_name: 7 }), status: 422 },
    { what: 'a name without an end', ask: put(KEY, { display_name: 'x'.repeat(201) }), status: 422 },
    { what: 'no body', ask: put(KEY), status: 422 },
  ]);
});

describe('F POST /jobs/{id}/pause and resume', () => {
  const step = (id: string, name: 'pause' | 'resume'): Asked => post(`${API}/jobs/${id}/${name}`);
  const leaves = (key: string, state: string): Partial<Row> => ({
    shape: DONE,
    afterwards: async () => expect(await jobState(key)).toBe(state),
  });
  conforms(stand, [
    {
      what: 'a job pauses',
      as: 'operator',
      ask: step(KEY, 'pause'),
      status: 200,
      ...leaves(KEY, 'paused'),
      has: { success: true, data: null, message: `任务 ${KEY} 已暂停` },
    },
    { what: 'it stays paused', ask: step(KEY, 'pause'), status: 200, ...leaves(KEY, 'paused') },
    {
      what: 'it resumes',
      ask: step(KEY, 'resume'),
      status: 200,
      ...leaves(KEY, 'enabled'),
      has: { message: `任务 ${KEY} 已恢复` },
    },
    { what: 'it stays at work', ask: step(KEY, 'resume'), status: 200, ...leaves(KEY, 'enabled') },
    {
      what: 'a disabled job is paused already',
      ask: step('example_daily', 'pause'),
      status: 200,
      ...leaves('example_daily', 'disabled'),
    },
    {
      what: 'a disabled job resumes',
      ask: step('example_daily', 'resume'),
      status: 200,
      ...leaves('example_daily', 'enabled'),
    },
    {
      what: 'it has a next moment then, with its zone',
      ask: { url: `${API}/jobs/example_daily` },
      status: 200,
      has: { data: { paused: false, next_run_time: expect.stringMatching(/T18:00:00\.000000\+08:00$/) } },
    },
    {
      what: 'what cannot be enabled says so in their words',
      ask: step('example_command', 'resume'),
      status: 400,
      detail: '恢复任务 example_command 失败',
    },
    { what: 'unknown to pause', ask: step('nope', 'pause'), status: 400, detail: '暂停任务 nope 失败' },
    { what: 'unknown to resume', ask: step('nope', 'resume'), status: 400, detail: '恢复任务 nope 失败' },
    {
      what: 'a viewer pauses nothing',
      as: 'viewer',
      ask: step(KEY, 'pause'),
      status: 403,
      detail: '仅管理员可以暂停任务',
    },
    {
      what: 'a viewer resumes nothing',
      as: 'viewer',
      ask: step(KEY, 'resume'),
      status: 403,
      detail: '仅管理员可以恢复任务',
    },
    {
      what: 'a body that says JSON and is empty is none',
      ask: { ...step(KEY, 'pause'), headers: { 'content-type': 'application/json' } },
      status: 200,
      ...leaves(KEY, 'paused'),
    },
  ]);
});

describe('F history, stats and health', () => {
  const historyOf = (actions: readonly string[]): Partial<Row> => ({
    shape: HISTORY,
    afterwards: (answer) => {
      const { history } = answer.json<{ data: { history: { action: string }[] } }>().data;
      expect(history.map(({ action }) => action)).toEqual(actions);
    },
  });
  conforms(stand, [
    {
      what: 'of a job, newest first',
      as: 'viewer',
      ask: { url: `${API}/jobs/example_daily/history` },
      status: 200,
      ...historyOf(['resume', 'create']),
      has: { data: { total: 2, limit: 20, offset: 0 }, message: '获取到 2 条执行记录' },
    },
    {
      what: 'a page of it',
      ask: { url: `${API}/jobs/example_daily/history?limit=1&offset=1` },
      status: 200,
      ...historyOf(['create']),
    },
    { what: 'limit 101 of a job', ask: { url: `${API}/jobs/${KEY}/history?limit=101` }, status: 422 },
    {
      what: 'of all jobs',
      ask: { url: `${API}/history?limit=200` },
      status: 200,
      shape: HISTORY,
      afterwards: async (answer) => {
        const { history, total } = answer.json<{ data: { history: object[]; total: number } }>().data;
        expect([history.length, total > STARTERS.length]).toEqual([Math.min(200, total), true]);
      },
    },
    {
      what: 'of all jobs, filtered',
      ask: { url: `${API}/history?job_id=example_daily&status=success` },
      status: 200,
      ...historyOf(['resume', 'create']),
    },
    {
      what: 'nothing in it has failed',
      ask: { url: `${API}/history?status=failed` },
      status: 200,
      ...historyOf([]),
      has: { data: { total: 0 } },
    },
    { what: 'of an unknown job', ask: { url: `${API}/history?job_id=nope` }, status: 200, ...historyOf([]) },
    { what: 'limit 201', ask: { url: `${API}/history?limit=201` }, status: 422 },
    {
      what: 'stats, without a scheduler',
      as: 'viewer',
      ask: { url: `${API}/stats` },
      status: 200,
      shape: STATS,
      has: {
        data: {
          total_jobs: STARTERS.length + 1,
          running_jobs: 1,
          scheduler_running: false,
          scheduler_state: 0,
        },
        message: '获取统计信息成功',
      },
    },
    {
      what: 'health, without a scheduler',
      ask: { url: `${API}/health` },
      status: 200,
      shape: HEALTH,
      has: { data: { status: 'stopped', running: false, state: 0 } },
    },
    {
      what: 'health, with one that turns',
      as: 'viewer',
      ask: async ({ deps }) => {
        await deps.store.schedulerTurned({
          boot: '00000000-0000-4000-8000-000000000001',
          node: 'here',
          pid: 1,
        });
        return { url: `${API}/health` };
      },
      status: 200,
      shape: HEALTH,
      has: { data: { status: 'healthy', running: true, state: 1 }, message: '调度器运行正常' },
    },
    {
      what: 'stats, with one',
      ask: { url: `${API}/stats` },
      status: 200,
      has: { data: { scheduler_running: true, scheduler_state: 1 } },
    },
    { what: 'nothing else is there', ask: { url: `${API}/nope` }, status: 404, detail: 'Not Found' },
  ]);
});
