import { AppError } from '@tapekeeper/core';
import { beforeAll, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createHttpStand, type Answer } from '../http/httpStand.ts';
import { addWorker, ageWorker, takeDispatch } from '../support/queue.ts';
import { honestAnswer, SPAN } from '../support/smallMarket.ts';
import { expectShape } from './conformance.ts';
import { useDocumentedStand, type Who } from './documentedStand.ts';
import { EXECUTIONS, type ExecutionText } from './schedulerShapes.ts';

// What document 003 does with the interface, as people do it, step by step.

const stand = useDocumentedStand('scheduler_flows');

const KEY = 'tushare_financial_sync';
/** As the document calls the job. */
const CALLED = 'financial_sync';

beforeAll(async () => {
  // the market of the test has bars and no reports
  const { store } = stand().deps;
  const job = await store.jobByKey(KEY);
  if (job === undefined) throw new Error('a starter is missing');
  const params = { dataset: 'daily_bars', ...SPAN, sources: ['tushare'] };
  const policies = { ...job.definition.policies, maxAttempts: 1 };
  const definition = { ...job.definition, type: 'sync', params, policies } as const;
  await store.updateJob(job.id, { definition, expected: job.version, author: 'tests' }, () => null);
});

async function asked<Data>(who: Who, url: string): Promise<Data> {
  const answer = await stand().askAs(who, { url });
  expect([answer.statusCode, answer.body.slice(0, 200)]).toEqual([200, answer.body.slice(0, 200)]);
  return answer.json<{ data: Data }>().data;
}

const post = (url: string, payload?: object, who: Who = 'operator'): Promise<Answer> =>
  stand().askAs(who, { method: 'POST', url, ...(payload && { payload }) });

const logs = async (query = '', who: Who = 'operator'): Promise<readonly ExecutionText[]> =>
  (await asked<{ items: ExecutionText[] }>(who, `/scheduler/logs?job_id=${CALLED}${query}`)).items;

async function trigger(): Promise<ExecutionText> {
  expect((await post('/scheduler/trigger', { job_id: CALLED })).statusCode).toBe(200);
  const [newest] = await logs('&limit=1');
  if (newest === undefined) throw new Error('the run is not listed');
  return newest;
}

const runIdOf = ({ _id }: ExecutionText): number => Number.parseInt(_id.slice(8), 16);

it('the financial sync is found, triggered, watched to its end, and is the same run in /v1', async () => {
  const jobs = await asked<{ id: string; paused: boolean }[]>('viewer', '/scheduler/jobs');
  expect(jobs.find(({ id }) => id === KEY)).toMatchObject({ paused: true });
  expect(await logs()).toEqual([]);

  const begun = await trigger();
  expect(begun).toMatchObject({
    job_id: KEY,
    status: 'running',
    is_manual: true,
    progress: 0,
    execution_time: null,
  });

  const seen: ExecutionText[] = [];
  stand().tushare.answer = async (question) => {
    const [now] = await logs('&limit=1', 'viewer');
    if (now !== undefined) seen.push(now);
    return honestAnswer(question);
  };
  await stand().work();
  stand().tushare.answer = (question) => honestAnswer(question);
  expect(seen.every(({ status, _id }) => status === 'running' && _id === begun._id)).toBe(true);
  const progress = seen.map((one) => one.progress ?? -1);
  expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  expect(progress.at(-1)).toBeLessThan(100);

  const [over] = await logs('&limit=1&status=success&is_manual=true', 'viewer');
  expect(over).toMatchObject({
    _id: begun._id,
    status: 'success',
    progress: 100,
    total_items: 63,
    processed_items: 63,
  });
  expect(JSON.parse(over?.return_value ?? '')).toMatchObject({ rowsWritten: 63 });
  const run = await stand().run(runIdOf(begun));
  expect(run).toMatchObject({ state: 'success', requestedBy: 'otto', jobKey: KEY });
  expect(over?.execution_time).toBe(((run.finishedAt ?? 0) - (run.startedAt ?? 0)) / 1000);
  expect(await asked<object>('viewer', `/api/scheduler/jobs/${KEY}/history`)).toMatchObject({
    history: [{ job_id: KEY, action: 'trigger', status: 'success' }, {}, {}],
    total: 3,
  });
  expect(await asked<object[]>('viewer', '/scheduler/jobs')).toContainEqual(
    expect.objectContaining({ id: KEY, paused: true }),
  );
});

it('a run that /v1 began is an execution, and one that was begun here is in the audit log', async () => {
  const v1 = await stand().askAs('operator', {
    method: 'POST',
    url: '/v1/runs',
    payload: { dataset: 'daily_bars', ...SPAN, sources: ['baostock'] },
  });
  const id = v1.json<{ id: number }>().id;
  await stand().work();
  const { items } = await asked<{ items: ExecutionText[] }>('viewer', '/api/scheduler/executions?limit=50');
  // the lists that it needs are runs of their own
  expect(items.find((item) => runIdOf(item) === id)).toMatchObject({
    job_id: 'sync',
    job_name: 'sync daily_bars',
    status: 'success',
    is_manual: true,
  });
  expect(items.map(runIdOf)).toEqual(items.map(runIdOf).toSorted((one, other) => other - one));

  const [line] = (
    await stand().askAs('operator', { url: '/v1/operations?action=tradingAgentsTriggerShortAlias' })
  ).json<{ operations: object[] }>().operations;
  const job = await stand().deps.store.jobByKey(KEY);
  expect(line).toMatchObject({
    actor: 'otto',
    object: { kind: 'job', id: String(job?.id), after: { runId: expect.any(Number), params: {} } },
    result: 'ok',
  });
});

it('the stack of a failed run is told to who works on runs, and its message to all who may read', async () => {
  stand().tushare.answer = () => {
    throw new AppError('transport', { host: 'tushare.test', message: 'the line is dead' });
  };
  await stand().askAs('operator', { method: 'PUT', url: `/api/scheduler/jobs/${KEY}/metadata`, payload: {} });
  const job = await stand().deps.store.jobByKey(KEY);
  const params = { ...job?.definition.params, force: true };
  const definition = { ...job?.definition, params } as NonNullable<typeof job>['definition'];
  const change = { definition, expected: job?.version ?? 0, author: 'tests' };
  await stand().deps.store.updateJob(job?.id ?? 0, change, () => null);
  const begun = await trigger();
  await stand().work();
  stand().tushare.answer = (question) => honestAnswer(question);

  const [failed] = await logs('&status=failed');
  expect(failed).toMatchObject({ _id: begun._id, status: 'failed' });
  const lines = failed?.traceback?.split('\n') ?? [];
  expect(lines[0]).toBe('Traceback (most recent call last):');
  expect(failed?.traceback).toContain('the line is dead');
  expect(lines.at(-1)).toBe(`${(await stand().run(runIdOf(begun))).error?.code}: ${failed?.error_message}`);
  const [seen] = await logs('&status=failed', 'viewer');
  expect(seen).toMatchObject({ _id: begun._id, error_message: failed?.error_message });
  expect(seen).not.toHaveProperty('traceback');
  expect(await logs('&status=success')).toHaveLength(1);
});

it('a run that beats for hours is running, one whose worker has fallen silent is taken up by another', async () => {
  const { db, deps } = stand();
  const { store } = deps;
  const begun = await trigger();
  const runId = runIdOf(begun);
  await takeDispatch(db);
  const silent = await addWorker(store, 'elsewhere');
  const taken = await store.claimShard({ runId, shardNo: 0, dispatch: 1, workerId: silent });
  if (taken === undefined) throw new Error('the run could not be claimed');
  await db.rows(
    sql`UPDATE tapekeeper.run SET started_at = started_at - interval '9 hours' WHERE id = ${runId}`,
  );
  await db.rows(
    sql`UPDATE tapekeeper.shard SET updated_at = updated_at - interval '9 hours' WHERE run_id = ${runId}`,
  );
  expect(await store.beat(silent)).toBe(true);
  // the worker of the stand beats for nobody, and may have been silent for longer than a slow test takes
  expect(await store.beat(stand().workerId)).toBe(true);
  expect(await stand().rescue()).toEqual([]);
  expect((await logs('&limit=1'))[0]).toMatchObject({ _id: begun._id, status: 'running' });

  await ageWorker(db, silent, 60_000);
  await store.beat(stand().workerId);
  expect(await stand().rescue()).toMatchObject([{ runId }]);
  expect((await logs('&limit=1'))[0]).toMatchObject({ _id: begun._id, status: 'running' });
  await stand().work();
  const [over] = await logs('&limit=1');
  expect(over).toMatchObject({ _id: begun._id, status: 'success', progress: 100 });
  expect(over).not.toHaveProperty('error_message');
});

it('cancelling stops the work: nothing more is asked of the source, and the record says so', async () => {
  const begun = await trigger();
  let calls = 0;
  stand().tushare.answer = async (question) => {
    if (question.dataset === 'daily_bars' && ++calls === 1) {
      expect((await post(`/api/scheduler/executions/${begun._id}/cancel`)).statusCode).toBe(200);
      const [now] = await logs('&limit=1');
      expect(now).toMatchObject({ status: 'running', cancel_requested: true });
    }
    return honestAnswer(question);
  };
  await stand().work();
  await stand().deps.store.enforceStops(0);
  stand().tushare.answer = (question) => honestAnswer(question);
  const [over] = await logs('&limit=1');
  expect(over).toMatchObject({
    _id: begun._id,
    status: 'failed',
    cancel_requested: true,
    error_message: '任务已被取消',
  });
  expect((await post(`/api/scheduler/executions/${begun._id}/cancel`)).json()).toMatchObject({
    detail: '取消任务失败',
  });
});

it('everything is there after a restart', async () => {
  const query = '/api/scheduler/executions?limit=200';
  const before = await asked<{ items: ExecutionText[]; total: number }>('operator', query);
  const again = await createHttpStand(stand().db, { store: () => createStore(stand().db) });
  const answer = await again.app.inject({
    url: query,
    headers: { host: '127.0.0.1:8000', ...stand().headersOf('operator') },
  });
  expectShape(EXECUTIONS, answer.json());
  expect(answer.json<{ data: object }>().data).toEqual(before);
  expect(before.total).toBe(before.items.length);
});
