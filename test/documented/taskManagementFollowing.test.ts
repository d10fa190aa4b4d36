import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SYMBOLS } from '../support/smallMarket.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import {
  FAULTS,
  HISTORICAL,
  TASK,
  UNKNOWN_ID,
  cancel,
  cancelled,
  count,
  ended,
  get,
  historical,
  naive,
  post,
  start,
} from './taskRequests.ts';

// Section A of the contract, row by row: following and cancelling tasks, A2 to A6.

const stand = useDocumentedStand('task_following');

beforeAll(async () => void (await stand().sync({ dataset: 'stock_basics' })));
// nothing is open when a row begins
beforeEach(async () => void (await stand().work()));

describe('A2 the status of a task', () => {
  conforms(stand, [
    {
      what: 'is running from the moment it is accepted',
      ask: async (at) => get(`status/${await start(at, { stock_codes: ['000001', '000002'] })}`),
      status: 200,
      shape: TASK,
      has: { status: 'running', progress: 0, total_stocks: 2, processed_stocks: 0, end_time: null },
    },
    {
      what: 'has all counts of a task that has ended',
      ask: async (at) =>
        get(`status/${await ended(at, { stock_codes: ['300001', '300002'], force_update: true })}`),
      status: 200,
      shape: TASK,
      has: {
        status: 'completed',
        progress: 100,
        total_stocks: 2,
        processed_stocks: 2,
        success_count: 2,
        failed_count: 0,
        error_message: null,
        failed_details: [],
      },
      afterwards: (answer) => {
        const { collected_count, skipped_count, end_time } = answer.json<z.infer<typeof TASK>>();
        expect(collected_count + skipped_count).toBe(14);
        expect(end_time).not.toBeNull();
      },
    },
    {
      what: 'says of days without trading that there was nothing to do',
      ask: async (at) =>
        get(`status/${await ended(at, { start_date: '2024-01-06', end_date: '2024-01-07' })}`),
      status: 200,
      has: { status: 'completed', progress: 100, failed_count: 0, collected_count: 0 },
      afterwards: (answer) =>
        expect(answer.json<{ warning_message: string }>().warning_message).toContain('非交易日'),
    },
    {
      what: 'says what made a task fail',
      ask: async (at) => {
        const answer = await at.askAs('admin', post('realtime', {}));
        await at.work();
        return get(`status/${answer.json<{ task_id: string }>().task_id}`);
      },
      status: 200,
      shape: TASK,
      has: { status: 'failed' },
      afterwards: (answer) =>
        expect(answer.json<{ error_message: string }>().error_message).toContain('quotes'),
    },
    {
      what: 'is for viewers',
      as: 'viewer',
      ask: async (at) => get(`status/${await ended(at)}`),
      status: 200,
      shape: TASK,
    },
    ...[
      UNKNOWN_ID,
      'historical_collection',
      '1',
      'nothing',
      '%27%20OR%201=1',
      'historical_collection_20240101_000000_0',
      'historical_collection_20240101_000000_99999999999999999',
    ].map((task): Row => ({
      what: `knows no task ${task}`,
      ask: get(`status/${task}`),
      status: 404,
      detail: '任务不存在',
    })),
    ...[
      ['another kind', (task: string) => task.replace('historical_collection', 'tushare_historical')],
      ['another time', (task: string) => task.replace(/_\d{6}_/, '_000000_')],
      ['a zero before its number', (task: string) => task.replace(/_(\d+)$/, '_0$1')],
      ['its number alone', (task: string) => task.split('_').at(-1) ?? ''],
    ].map(([name, change]): Row => ({
      what: `knows no task under ${String(name)}`,
      ask: async (at) => get(`status/${(change as (task: string) => string)(await ended(at))}`),
      status: 404,
      detail: '任务不存在',
    })),
    {
      what: 'is none of a run that is no task',
      ask: async (at) => {
        const { id: run } = await at.sync({ dataset: 'trade_calendar' });
        return get(`status/historical_collection_20240101_000000_${run}`);
      },
      status: 404,
      detail: '任务不存在',
    },
    { what: 'is only read', ask: post(`status/${UNKNOWN_ID}`, {}), status: 405 },
  ]);
});

describe('A3 the list of tasks', () => {
  conforms(stand, [
    {
      what: 'is a bare list, newest first, open ones among them',
      ask: async (at) => {
        await ended(at);
        await start(at);
        return get('tasks');
      },
      status: 200,
      shape: z.array(TASK),
      afterwards: (answer) => {
        const tasks = answer.json<z.infer<typeof TASK>[]>();
        const times = tasks.map((task) => task.start_time);
        expect(tasks[0]).toMatchObject({ status: 'running' });
        expect(tasks.length).toBeGreaterThan(10);
        expect(tasks.length).toBeLessThanOrEqual(100);
        expect(times).toEqual(times.toSorted().toReversed());
        expect(new Set(tasks.map((task) => task.task_id)).size).toBe(tasks.length);
      },
    },
    { what: 'is for viewers', as: 'viewer', ask: get('tasks'), status: 200, shape: z.array(TASK) },
    { what: 'passes over what it does not know', ask: get('tasks?page=x&limit=-1'), status: 200 },
    { what: 'is not written', ask: post('tasks', {}), status: 405 },
  ]);

  it('says of each what its status says', async () => {
    const tasks = (await stand().askAs('viewer', get('tasks'))).json<{ task_id: string }[]>();
    for (const task of tasks.slice(0, 8)) {
      const alone = await stand().askAs('viewer', get(`status/${task.task_id}`));
      expect(alone.json()).toEqual(task);
    }
  });
});

describe('A4 cancelling a task', () => {
  const shape = z.strictObject({ message: z.literal('任务已取消'), task_id: z.string() });
  conforms(stand, [
    {
      what: 'ends it, and its run',
      ask: async (at) => cancel(await start(at)),
      status: 200,
      shape,
      afterwards: async (answer, at) => {
        const { task_id: task } = answer.json<{ task_id: string }>();
        const status = (await at.askAs('viewer', get(`status/${task}`))).json<{ end_time: string }>();
        expect(status).toMatchObject({ status: 'cancelled', error_message: null });
        expect(status.end_time).not.toBeNull();
        const run = await at.askAs('viewer', { method: 'GET', url: `/v1/runs/${task.split('_').at(-1)}` });
        expect(run.json()).toMatchObject({ state: 'cancelled' });
        // nothing of it goes on: the worker finds nothing to do
        await at.work();
        const after = await at.askAs('viewer', get(`status/${task}`));
        expect(after.json()).toEqual(status);
      },
    },
    { what: 'goes well twice', ask: async (at) => cancel(await cancelled(at)), status: 200, shape },
    {
      what: 'leaves room for the next task',
      ask: async (at) => (await cancelled(at), historical()),
      status: 200,
      shape: HISTORICAL,
    },
    {
      what: 'is refused once it is completed',
      ask: async (at) => cancel(await ended(at)),
      status: 400,
      detail: '任务已完成或失败，无法取消',
    },
    {
      what: 'is refused once it has failed',
      ask: async (at) => {
        const answer = await at.askAs('admin', post('realtime', {}));
        await at.work();
        return cancel(answer.json<{ task_id: string }>().task_id);
      },
      status: 400,
      detail: '任务已完成或失败，无法取消',
    },
    { what: 'needs a task', ask: cancel(UNKNOWN_ID), status: 404, detail: '任务不存在' },
    { what: 'needs an id of the form', ask: cancel('tasks'), status: 404, detail: '任务不存在' },
    { what: 'is not for viewers', as: 'viewer', ask: cancel(UNKNOWN_ID), status: 403 },
    { what: 'is not for nobody', as: 'nobody', ask: cancel(UNKNOWN_ID), status: 401 },
  ]);
});

describe('A5 the list of stocks', () => {
  beforeAll(
    async () =>
      void (await ended(stand(), {
        full_collection_mode: true,
        start_date: '1990-12-19',
        end_date: '2024-01-31',
      })),
  );
  const shape = z.strictObject({
    total: count,
    stocks: z
      .array(
        z.strictObject({
          code: z.string().regex(/^\d{6}$/),
          name: z.string(),
          full_collection_completed: z.boolean(),
          full_collection_date: z.string().nullable(),
        }),
      )
      .max(100),
    only_uncompleted: z.boolean(),
  });
  conforms(stand, [
    {
      what: 'has every listed stock by code',
      ask: get('stock-list'),
      status: 200,
      shape,
      has: { total: SYMBOLS.length, only_uncompleted: false },
      afterwards: (answer) => {
        const { stocks } = answer.json<z.infer<typeof shape>>();
        expect(stocks.map(({ code }) => code)).toEqual(SYMBOLS.map((one) => one.slice(0, 6)).toSorted());
        expect(stocks[0]).toEqual({
          code: '000001',
          name: '名称000001',
          // the task in full mode has brought all of its history
          full_collection_completed: true,
          full_collection_date: '2024-01-31T00:00:00',
        });
      },
    },
    {
      what: 'has those that lack something',
      as: 'viewer',
      ask: get('stock-list?only_uncompleted=true'),
      status: 200,
      shape,
      has: { total: 0, stocks: [], only_uncompleted: true },
    },
    { what: 'reads flags as FastAPI does', ask: get('stock-list?only_uncompleted=0'), status: 200, shape },
    {
      what: 'names a flag that is none',
      ask: get('stock-list?only_uncompleted=maybe'),
      status: 422,
      shape: FAULTS,
      has: { detail: [{ loc: ['query', 'only_uncompleted'], type: 'bool_parsing' }] },
    },
  ]);
});

describe('A6 the current task', () => {
  const shape = z.strictObject({
    current_task: z
      .strictObject({ task_id: z.string(), status: z.literal('running'), start_time: naive })
      .nullable(),
  });
  conforms(stand, [
    { what: 'is none', ask: get('current-task'), status: 200, shape, has: { current_task: null } },
    {
      what: 'is the open one',
      as: 'viewer',
      ask: async (at) => (await start(at), get('current-task')),
      status: 200,
      shape,
      has: { current_task: { status: 'running' } },
    },
    {
      what: 'is none behind one that was cancelled',
      ask: async (at) => (await cancelled(at), get('current-task')),
      status: 200,
      has: { current_task: null },
    },
  ]);
});
