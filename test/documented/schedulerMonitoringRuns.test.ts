import { beforeAll, describe, expect, it } from 'vitest';
import { executionId } from '../../packages/server/src/http/documented/tradingAgents/executionId.ts';
import type { Asked } from '../http/httpStand.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand, type DocumentedStand } from './documentedStand.ts';
import { DONE } from './schedulerShapes.ts';

// Contract section F, what is done about runs: every line of it with good, bad and boundary input.

const stand = useDocumentedStand('scheduler_runs');

const API = '/api/scheduler';
const KEY = 'bars_of_the_test';
const QUOTES = 'tushare_quotes_sync';

const post = (url: string, payload?: object): Asked => ({
  method: 'POST',
  url,
  ...(payload && { payload }),
});

beforeAll(async () => {
  const { store } = stand().deps;
  const wish = { key: KEY, definition: syncJob(), state: 'enabled', author: 'tests' } as const;
  const { id } = await store.createJob(wish, () => null);
  await store.setJobState(id, 'paused', 'tests', () => null);
  // the market of the test has no quotes
  const quotes = await store.jobByKey(QUOTES);
  if (quotes === undefined) throw new Error('a starter is missing');
  const definition = { ...quotes.definition, type: 'sync', params: { dataset: 'daily_bars' } } as const;
  await store.updateJob(quotes.id, { definition, expected: quotes.version, author: 'tests' }, () => null);
});

/** A run of the job that nobody works on, under the id that it has here. */
async function made({ deps }: DocumentedStand): Promise<string> {
  const job = await deps.store.jobByKey(KEY);
  const id = await deps.store.createRun({
    type: 'sync',
    dataset: 'daily_bars',
    wish: { dataset: 'daily_bars' },
    params: null,
    cause: 'person',
    requestedBy: 'tests',
    parentRunId: null,
    jobId: job?.id ?? null,
  });
  const run = await deps.store.run(id);
  if (run === undefined) throw new Error('the run is gone');
  return executionId(run);
}

async function ended(asked: DocumentedStand): Promise<string> {
  const id = await made(asked);
  const stop = { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' } as const;
  await asked.deps.store.stopRun(Number.parseInt(id.slice(8), 16), stop, true);
  return id;
}

async function jobState(key: string): Promise<string | undefined> {
  return (await stand().deps.store.jobByKey(key))?.state;
}

describe('F POST /jobs/{id}/trigger', () => {
  const trigger = (id: string, query = ''): Asked => post(`${API}/jobs/${id}/trigger${query}`);
  const begun = async () => {
    const [run] = await stand().deps.store.runs({ states: null, dataset: null, before: null, limit: 1 });
    await stand().deps.store.stopRun(
      run?.id ?? 0,
      { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' },
      true,
    );
    return run;
  };
  conforms(stand, [
    {
      what: 'a paused job runs once and stays paused',
      as: 'operator',
      ask: trigger(KEY),
      status: 200,
      shape: DONE,
      has: { message: `任务 ${KEY} 已触发执行` },
      afterwards: async () => {
        expect(await begun()).toMatchObject({ jobKey: KEY, cause: 'person', requestedBy: 'otto' });
        expect(await jobState(KEY)).toBe('paused');
      },
    },
    {
      what: 'force is of this run alone, for the jobs of quotes',
      ask: trigger(QUOTES, '?force=true'),
      status: 200,
      has: { message: `任务 ${QUOTES} 已触发执行（强制模式）` },
      afterwards: async () => {
        expect(await begun()).toMatchObject({ jobKey: QUOTES, wish: { force: true } });
        expect((await stand().deps.store.jobByKey(QUOTES))?.definition.params).toEqual({
          dataset: 'daily_bars',
        });
      },
    },
    {
      what: 'without force it is not forced',
      ask: trigger(QUOTES, '?force=0'),
      status: 200,
      has: { message: `任务 ${QUOTES} 已触发执行` },
      afterwards: async () => expect((await begun())?.wish).toEqual({ dataset: 'daily_bars' }),
    },
    {
      what: 'other jobs are not forced, whatever the pages send',
      ask: trigger(KEY, '?force=true'),
      status: 200,
      has: { message: `任务 ${KEY} 已触发执行（强制模式）` },
      afterwards: async () => expect((await begun())?.wish).toEqual({ dataset: 'daily_bars' }),
    },
    { what: 'unknown', ask: trigger('nope'), status: 400, detail: '触发任务 nope 失败' },
    { what: 'force is a truth value', ask: trigger(KEY, '?force=perhaps'), status: 422 },
    {
      what: 'not for viewers',
      as: 'viewer',
      ask: trigger(KEY),
      status: 403,
      detail: '仅管理员可以手动触发任务',
    },
    {
      what: 'not for nobody',
      as: 'nobody',
      ask: trigger(KEY),
      status: 401,
      detail: 'No authorization header',
    },
  ]);

  const named = { has: { message: `任务 ${KEY} 已触发执行` }, afterwards: async () => void (await begun()) };
  conforms(stand, [
    {
      what: 'alias, in the body',
      ask: post('/scheduler/trigger', { job_id: KEY }),
      status: 200,
      shape: DONE,
      ...named,
    },
    { what: 'alias, in the address', ask: post(`/scheduler/trigger?job_id=${KEY}`), status: 200, ...named },
    { what: 'alias below the prefix', ask: post(`${API}/trigger`, { job_id: KEY }), status: 200, ...named },
    {
      what: 'alias with force',
      ask: post(`/scheduler/trigger?force=1`, { job_id: QUOTES }),
      status: 200,
      has: { message: `任务 ${QUOTES} 已触发执行（强制模式）` },
      afterwards: async () => expect(await begun()).toMatchObject({ wish: { force: true } }),
    },
    { what: 'alias without a job', ask: post('/scheduler/trigger'), status: 422, detail: '缺少参数 job_id' },
    { what: 'alias of an unknown job', ask: post('/scheduler/trigger', { job_id: 'nope' }), status: 400 },
    {
      what: 'alias for a viewer',
      as: 'viewer',
      ask: post('/scheduler/trigger', { job_id: KEY }),
      status: 403,
      detail: '仅管理员可以手动触发任务',
    },
  ]);

  it('does not begin a second run while the policy of the job refuses it', async () => {
    await stand().askAs('operator', trigger(KEY));
    const again = await stand().askAs('operator', trigger(KEY));
    expect([again.statusCode, again.json()]).toMatchObject([400, { detail: `触发任务 ${KEY} 失败` }]);
    await begun();
  });
});

describe('F POST /executions/{eid}/cancel, mark-failed, DELETE', () => {
  const cancel = (id: string): Asked => post(`${API}/executions/${id}/cancel`);
  const mark = (id: string, query = ''): Asked => post(`${API}/executions/${id}/mark-failed${query}`);
  const remove = (id: string): Asked => ({ method: 'DELETE', url: `${API}/executions/${id}` });
  const newestIs = (has: object): Partial<Row> => ({
    shape: DONE,
    afterwards: async () => {
      const answer = await stand().askAs('operator', { url: `${API}/executions?job_id=${KEY}&limit=1` });
      expect(answer.json()).toMatchObject({ data: { items: [has] } });
    },
  });
  conforms(stand, [
    {
      what: 'an open run is cancelled',
      as: 'operator',
      ask: async (asked) => cancel(await made(asked)),
      status: 200,
      ...newestIs({ status: 'failed', cancel_requested: true, error_message: '任务已被取消' }),
      has: { message: '已设置取消标记，任务将在下次检查时停止', data: null },
    },
    {
      what: 'not when it is over',
      ask: async (asked) => cancel(await ended(asked)),
      status: 400,
      detail: '取消任务失败',
    },
    {
      what: 'marked as failed, with a reason',
      as: 'operator',
      ask: async (asked) => mark(await made(asked), `?reason=${encodeURIComponent('卡住了')}`),
      status: 200,
      ...newestIs({ status: 'failed', error_message: '卡住了' }),
      has: { message: '已标记为失败状态', data: null },
    },
    {
      what: 'marked as failed, without one',
      ask: async (asked) => mark(await made(asked)),
      status: 200,
      ...newestIs({ status: 'failed', error_message: '用户手动标记为失败' }),
    },
    {
      what: 'not when it is over',
      ask: async (asked) => mark(await ended(asked)),
      status: 400,
      detail: '标记失败',
    },
    {
      what: 'not without any reason',
      ask: async (asked) => mark(await made(asked), '?reason='),
      status: 400,
      detail: '标记失败',
    },
    {
      what: 'a record is deleted',
      ask: async (asked) => remove(await ended(asked)),
      status: 200,
      shape: DONE,
      has: { message: '执行记录已删除' },
    },
    {
      what: 'not while it is open',
      ask: async (asked) => remove(await made(asked)),
      status: 400,
      detail: '删除失败',
    },
    {
      what: 'not by an operator',
      as: 'operator',
      ask: async (asked) => remove(await ended(asked)),
      status: 403,
    },
    {
      what: 'nothing by a viewer',
      as: 'viewer',
      ask: async (asked) => cancel(await made(asked)),
      status: 403,
    },
    { what: 'nothing by nobody', as: 'nobody', ask: async (asked) => mark(await made(asked)), status: 401 },
  ]);
  const wrong = [
    '1',
    'nope',
    '000000000000000000000000',
    'ffffffffffffffffffffffff',
    '68feb600000000000000000c',
  ];
  conforms(
    stand,
    wrong.flatMap((id): Row[] => [
      { what: `cancel of ${id}`, ask: cancel(id), status: 400, detail: '取消任务失败' },
      { what: `mark-failed of ${id}`, ask: mark(id), status: 400, detail: '标记失败' },
      { what: `delete of ${id}`, ask: remove(id), status: 400, detail: '删除失败' },
    ]),
  );
});
