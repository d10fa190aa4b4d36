import { AppError, RUN_MACHINE, type RunState } from '@tapekeeper/core';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHearingSource, startWorker, type RunningWorker } from '../control/workerStand.ts';
import { HOST, type HttpStandOptions } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHandSource } from '../support/handSource.ts';
import { BY_DAY, honestAnswer, SPAN } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import {
  BASE,
  BUSY,
  cancel,
  DAYS_OF_TASK,
  openTasks,
  read,
  runOf,
  start,
  status,
  syncLists,
  type Task,
} from './taskFlow.ts';

// The life of tasks as their clients see it: started, cancelled, started again, with a restart in between.

vi.setConfig({ testTimeout: 60_000 });

const database = useCleanDatabase();
let worker: RunningWorker | undefined;

afterEach(async () => {
  await worker?.service.stop();
  worker = undefined;
});

const open = (options: HttpStandOptions = {}) => openTasks(database().db, options);

it('a task is the same thing as a run of /v1, with its author, and its start stands in the audit log', async () => {
  const stand = await open();
  const task = await start(stand, {}, 'tushare-historical');
  const run = (await stand.get(`/v1/runs/${runOf(task)}`)).json<Record<string, unknown>>();
  expect(run).toMatchObject({
    state: 'pending',
    dataset: 'daily_bars',
    job: { key: 'tushare_historical_collection' },
    group: 'data_collection',
    requestedBy: 'installation',
  });
  const line = await stand.db.one<{ action: string; objectId: string; after: object }>(sql`
    SELECT action, object_id AS "objectId", after FROM tapekeeper.operation
    WHERE action = 'stockQuoteStartTushareHistorical' ORDER BY id DESC LIMIT 1`);
  expect(line).toMatchObject({
    action: 'stockQuoteStartTushareHistorical',
    objectId: String(runOf(task)),
    after: { task, job: 'tushare_historical_collection', from: SPAN.from },
  });
  // the other way round: cancelled there, triggered there, seen here
  await stand.post(`/v1/runs/${runOf(task)}/cancel`, {});
  expect((await status(stand, task)).status).toBe('cancelled');
  const { id } = (await stand.post('/v1/jobs/tushare_historical_collection/trigger', {})).json<{
    id: number;
  }>();
  const [newest] = await read<Task[]>(stand, 'tasks');
  expect(newest?.task_id).toMatch(new RegExp(`^tushare_historical_\\d{8}_\\d{6}_${id}$`));
  expect(await read(stand, 'current-task')).toMatchObject({ current_task: { task_id: newest?.task_id } });
});

it('of many tasks that are started at once, of any kind, one begins', async () => {
  const stand = await open();
  // the jobs are there for none of them yet
  const paths = ['historical', 'tushare-historical', 'realtime-historical', 'realtime'];
  const answers = await Promise.all(
    [...paths, ...paths, ...paths].map((path) => stand.post(`${BASE}/${path}`, DAYS_OF_TASK)),
  );
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  expect(refused.map((one) => [one.statusCode, one.json<{ detail: string }>().detail])).toEqual(
    Array.from({ length: 11 }, () => [400, BUSY]),
  );
  expect(await read<Task[]>(stand, 'tasks')).toHaveLength(1);
});

it('tasks outlive the server, and the job that they were made by', async () => {
  const before = await open();
  const first = await start(before, { stock_codes: ['600001'] });
  await before.work();
  const second = await start(before);
  const told = await read<Task[]>(before, 'tasks');
  await before.app.close();

  const after = await open();
  expect(await read<Task[]>(after, 'tasks')).toEqual(told);
  expect(told.map((one) => one.task_id)).toEqual([second, first]);
  // what was open still is, and ends
  expect((await after.post(`${BASE}/historical`, DAYS_OF_TASK)).json()).toMatchObject({ detail: BUSY });
  await after.work();
  expect((await status(after, second)).status).toBe('completed');

  const deleted = await after.ask({ method: 'DELETE', url: '/v1/jobs/historical_collection' });
  expect(deleted.statusCode).toBe(200);
  const third = await start(after);
  expect((await read<Task[]>(after, 'tasks')).map((one) => one.task_id)).toEqual([third, second, first]);
  expect((await status(after, first)).total_stocks).toBe(1);
});

it('a fresh installation starts with bare codes, and with a test', async () => {
  const stand = await open();
  expect(await read(stand, 'stock-list')).toEqual({ total: 0, stocks: [], only_uncompleted: false });
  const refused = await stand.post(`${BASE}/historical`, { ...DAYS_OF_TASK, stock_codes: ['399001'] });
  expect(refused.json()).toMatchObject({ detail: '股票代码不存在或无法识别：399001' });
  const test = await start(stand, { test_mode: true });
  await stand.work();
  expect(await status(stand, test)).toMatchObject({ status: 'completed', total_stocks: 2, success_count: 2 });
  const codes = await start(stand, { stock_codes: ['000001', '600001'], force_update: true });
  await stand.work();
  expect(await status(stand, codes)).toMatchObject({
    status: 'completed',
    total_stocks: 2,
    success_count: 2,
  });
});

it('cancelling stops the work itself, and the next task begins at once', async () => {
  const source = createHearingSource({
    id: 'tushare',
    capabilities: BY_DAY,
    answer: (question) => honestAnswer(question),
  });
  worker = await startWorker(database(), { sources: [source] });
  const stand = await open({ sources: [source], clock: systemClock });
  const list = await worker.stand.deps.store.now().then(() => start(stand, { stock_codes: ['600001'] }));
  await until(async () => (await status(stand, list)).status === 'completed');

  source.hear = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new AppError('interrupted')), { once: true });
    });
  const asked = source.asked.length;
  const stuck = await start(stand);
  await until(async () => source.asked.length > asked);
  expect((await cancel(stand, stuck)).json()).toEqual({ message: '任务已取消', task_id: stuck });
  const run = (await stand.get(`/v1/runs/${runOf(stuck)}`)).json<{ state: RunState }>();
  expect(RUN_MACHINE.terminal).toContain(run.state);
  expect(await status(stand, stuck)).toMatchObject({ status: 'cancelled', collected_count: 0 });

  source.hear = async (question) => honestAnswer(question);
  const next = await start(stand);
  await until(async () => (await status(stand, next)).status === 'completed');
  // the cancelled one is as it was: nothing went on behind its back
  expect(await status(stand, stuck)).toMatchObject({ status: 'cancelled', collected_count: 0 });
  expect((await cancel(stand, stuck)).statusCode).toBe(200);
});

it('a task that was told to stop is cancelled for its client, while its last call is still on its way', async () => {
  const stand = await open();
  await syncLists(stand);
  const task = await start(stand);
  let inTheCall: unknown[] = [];
  stand.tushare.answer = async (question) => {
    if (inTheCall.length === 0) {
      const answer = await cancel(stand, task);
      const current = await read(stand, 'current-task');
      const busy = await stand.post(`${BASE}/historical`, DAYS_OF_TASK);
      inTheCall = [answer.statusCode, (await status(stand, task)).status, current, busy.statusCode];
    }
    return honestAnswer(question);
  };
  await stand.work();
  expect(inTheCall).toMatchObject([
    200,
    'cancelled',
    { current_task: { task_id: task, status: 'cancelled' } },
    400,
  ]);
  expect((await stand.run(runOf(task))).state).toBe('cancelled');
  expect(await read(stand, 'current-task')).toEqual({ current_task: null });
});

it('a source that is not in use is said so', async () => {
  const baostock = createHandSource({ id: 'baostock', capabilities: BY_DAY, answer: honestAnswer });
  const stand = await open({ sources: [baostock] });
  const answer = await stand.post(`${BASE}/tushare-historical`, DAYS_OF_TASK);
  expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
    400,
    'Tushare数据源未启用，请在配置中启用后重试',
  ]);
});

it('what fails inside is told in the documented words', async () => {
  const broken = await open({
    deps: (deps) => ({
      ...deps,
      store: { ...deps.store, runsOfJobs: () => Promise.reject(new Error('secret inside')) },
    }),
  });
  const answer = await broken.get(`${BASE}/tasks`);
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    expect.objectContaining({ detail: '获取任务列表失败: 内部错误，详见服务日志' }),
  ]);
});

it('this machine may start tasks without a token, where a setting says so', async () => {
  const request = {
    method: 'POST',
    url: `${BASE}/historical`,
    payload: DAYS_OF_TASK,
    headers: { host: HOST },
  } as const;
  const closed = await open();
  expect((await closed.app.inject(request)).statusCode).toBe(401);
  const opened = await open({ http: { documentedLoopback: true } });
  const answer = await opened.app.inject(request);
  expect([answer.statusCode, answer.json<{ status: string }>().status]).toEqual([200, 'started']);
});
