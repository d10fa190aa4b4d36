import { describe, expect, it } from 'vitest';
import { conforms } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { AT, BARS, fresh, get, post, put, zquantClient, type Task } from './zquantClient.ts';
import { ERROR, FAULTS, TASK, TASKS } from './zquantShapes.ts';

// Tasks of document 004, made and read: section I of the contract.

const stand = useDocumentedStand('zquant_tasks');
const { ask, create, v1 } = zquantClient(stand);

describe('I creating', () => {
  conforms(stand, [
    {
      what: 'a task with all that can be said of it',
      ask: () =>
        post('/tasks', {
          name: fresh('日线'),
          task_type: 'common_task',
          cron_expression: '0 18 * * 1-5',
          description: '每日',
          config: BARS,
          max_retries: 2,
          retry_interval: 300,
          enabled: true,
          something: 'that nobody knows',
        }),
      status: 201,
      shape: TASK,
      has: {
        task_type: 'common_task',
        cron_expression: '0 18 * * 1-5',
        interval_seconds: null,
        enabled: true,
        paused: false,
        description: '每日',
        config: BARS,
        max_retries: 2,
        retry_interval: 300,
        created_by: 'ann',
        updated_by: 'ann',
        latest_execution_status: null,
        schedule_status: 'pending',
      },
      afterwards: async (answer) => {
        const { job_id: key } = answer.json<{ job_id: string }>();
        const job = (await v1(`/v1/jobs/${key}`)).json();
        expect(job).toMatchObject({
          state: 'enabled',
          definition: {
            type: 'sync',
            params: { dataset: 'daily_bars', from: '2024-01-01' },
            schedule: { trigger: { kind: 'cron', expression: '0 18 * * 1-5', zone: 'Asia/Shanghai' } },
            policies: { timeoutSeconds: 600, maxAttempts: 3, retrySeconds: 300 },
          },
        });
        // Monday to Friday, unlike there
        expect(new Date(job.next.scheduledFor).getUTCDay()).toBeGreaterThanOrEqual(1);
        expect(new Date(job.next.scheduledFor).getUTCDay()).toBeLessThanOrEqual(5);
      },
    },
    {
      what: 'a task with the least that can be said of it',
      ask: () =>
        post('/tasks', {
          name: fresh(),
          task_type: 'common_task',
          interval_seconds: 60,
          config: { task_action: 'example_task' },
        }),
      status: 201,
      shape: TASK,
      has: { interval_seconds: 60, max_retries: 3, retry_interval: 60, enabled: true, description: null },
    },
    {
      what: 'a task for people, which is never in use by itself',
      ask: () =>
        post('/tasks', {
          name: fresh(),
          task_type: 'manual_task',
          config: { task_action: 'sync_stock_list' },
          enabled: true,
        }),
      status: 201,
      shape: TASK,
      has: { task_type: 'manual_task', enabled: false, schedule_status: 'disabled' },
    },
    {
      what: 'a task for people with cron is refused',
      ask: () =>
        post('/tasks', {
          name: fresh(),
          task_type: 'manual_task',
          config: BARS,
          cron_expression: '0 1 * * *',
        }),
      status: 400,
      shape: ERROR,
      detail: '手动任务不支持 Cron 表达式调度',
    },
    {
      what: 'a task for people with an interval is refused',
      ask: () =>
        post('/tasks', { name: fresh(), task_type: 'manual_task', config: BARS, interval_seconds: 60 }),
      status: 400,
      detail: '手动任务不支持间隔调度',
    },
    {
      what: 'a cron expression that is none is refused at once, unlike there',
      ask: () =>
        post('/tasks', {
          name: fresh(),
          task_type: 'common_task',
          config: BARS,
          cron_expression: 'each evening',
        }),
      status: 400,
      shape: ERROR,
      afterwards: (answer) => expect(answer.json().detail).toMatch(/[\u4e00-\u9fff]/),
    },
    {
      what: 'a name that another task has is refused',
      ask: async () =>
        post('/tasks', {
          name: (await create({ name: '同名任务' })).name,
          task_type: 'common_task',
          config: BARS,
        }),
      status: 400,
      detail: "任务名称 '同名任务' 已存在",
    },
    {
      what: 'a configuration of nothing that is done here is refused with why',
      ask: () =>
        post('/tasks', {
          name: fresh(),
          task_type: 'common_task',
          config: { task_action: 'calculate_factor' },
        }),
      status: 400,
      detail: '任务配置无效: 本程序只采集数据；量化因子计算与股票筛选请由使用数据的程序完成。',
    },
    {
      what: 'a shell line is refused',
      ask: () =>
        post('/tasks', { name: fresh(), task_type: 'common_task', config: { command: 'rm -rf / ; echo' } }),
      status: 400,
      shape: ERROR,
    },
    {
      what: 'nothing at all is told field by field',
      ask: post('/tasks', {}),
      status: 422,
      shape: FAULTS,
      has: {
        detail: [
          { loc: ['body', 'name'], msg: 'Field required', type: 'missing' },
          { loc: ['body', 'task_type'] },
        ],
      },
    },
    {
      what: 'wrong types are told',
      ask: post('/tasks', {
        name: 7,
        task_type: 'other',
        max_retries: 'many',
        enabled: 'perhaps',
        config: [],
      }),
      status: 422,
      shape: FAULTS,
    },
    {
      what: 'a name of 101 characters is too long',
      ask: post('/tasks', { name: '长'.repeat(101), task_type: 'common_task' }),
      status: 422,
      has: { detail: [{ loc: ['body', 'name'], type: 'string_too_long' }] },
    },
    {
      what: 'an operator may not',
      as: 'operator',
      ask: post('/tasks', {}),
      status: 403,
      shape: ERROR,
      detail: '需要管理员权限',
    },
    {
      what: 'nobody may',
      as: 'nobody',
      ask: post('/tasks', {}),
      status: 401,
      headers: { 'www-authenticate': /Bearer/ },
    },
  ]);

  it('two of one name made at once are one', async () => {
    const wish = { name: fresh('同时'), task_type: 'common_task', config: BARS };
    const answers = await Promise.all([ask(post('/tasks', wish)), ask(post('/tasks', wish))]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)).toEqual([
      201, 400,
    ]);
  });

  it('a name that is free again can be taken again', async () => {
    const { id, name } = await create();
    await ask(put(`/tasks/${id}`, { name: fresh('改名') }));
    expect((await create({ name })).id).not.toBe(id);
  });

  it('leaves a line in the audit log with what has become', async () => {
    const { id, name } = await create();
    const { operations } = (await v1(`/v1/operations?object=job&objectId=${id}`)).json();
    expect(operations).toMatchObject([
      { action: 'zquantCreateTask', actor: 'ann', object: { after: { definition: { name } } } },
    ]);
  });
});

describe('I listing', () => {
  conforms(stand, [
    { what: 'all tasks', ask: get('/tasks'), status: 200, shape: TASKS },
    {
      what: 'all tasks, RPC',
      ask: post('/tasks/query', {}),
      status: 200,
      shape: TASKS,
    },
    {
      what: 'a page of one of them, with the true total',
      as: 'viewer',
      ask: get('/tasks?skip=1&limit=1&order_by=id&order=asc'),
      status: 200,
      has: { tasks: [{ id: 2, name: '同步交易日历', job_id: 'sync_trading_calendar' }] },
      afterwards: (answer) => expect(answer.json().total).toBeGreaterThan(20),
    },
    {
      what: 'a page of one of them, RPC',
      ask: post('/tasks/query', {
        skip: 0,
        limit: 1,
        order_by: 'id',
        order: 'asc',
        task_type: null,
        enabled: null,
      }),
      status: 200,
      has: { tasks: [{ id: 1, config: { task_action: 'sync_stock_list' } }] },
    },
    {
      what: 'only workflows',
      ask: get('/tasks?task_type=workflow'),
      status: 200,
      afterwards: (answer) => {
        const { tasks, total } = answer.json<{ tasks: Task[]; total: number }>();
        expect(tasks.length).toBe(total);
        expect(new Set(tasks.map((task) => task['task_type']))).toEqual(new Set(['workflow']));
      },
    },
    {
      what: 'only those in use, by what is worked out',
      ask: post('/tasks/query', { enabled: true, order_by: 'schedule_status' }),
      status: 200,
      afterwards: (answer) => {
        const { tasks } = answer.json<{ tasks: Task[] }>();
        const words = tasks.map((task) => String(task['schedule_status']));
        expect(words).toEqual(words.toSorted((one, other) => (one < other ? 1 : -1)));
      },
    },
    {
      what: 'in the order of nothing that tasks have',
      ask: get('/tasks?order_by=constructor'),
      status: 200,
      shape: TASKS,
    },
    { what: 'a limit of 0', ask: get('/tasks?limit=0'), status: 422, shape: FAULTS },
    { what: 'a limit of 1001', ask: get('/tasks?limit=1001'), status: 422, shape: FAULTS },
    {
      what: 'a negative skip',
      ask: post('/tasks/query', { skip: -1 }),
      status: 422,
      shape: FAULTS,
    },
    { what: 'a kind that is none', ask: get('/tasks?task_type=cron'), status: 422, shape: FAULTS },
    {
      what: 'to nobody',
      as: 'nobody',
      ask: post('/tasks/query', {}),
      status: 401,
    },
  ]);

  it('the starters show configurations that their clients know', async () => {
    const { tasks } = (await ask(get('/tasks?limit=1000&order_by=id&order=asc'))).json<{ tasks: Task[] }>();
    const configs = new Map(tasks.map((task) => [task['job_id'], task.config]));
    expect(configs.get('sync_factor_data')).toEqual({
      command: 'python zquant/scheduler/job/sync_factor_data.py',
    });
    expect(configs.get('core_daily')).toMatchObject({
      workflow_type: expect.any(String),
      on_failure: expect.any(String),
    });
  });
});

describe('I reading one', () => {
  conforms(stand, [
    {
      what: 'by its number',
      as: 'viewer',
      ask: get('/tasks/1'),
      status: 200,
      shape: TASK,
      has: { id: 1 },
    },
    {
      what: 'by its number, RPC',
      ask: post('/tasks/get', { task_id: 1 }),
      status: 200,
      shape: TASK,
    },
    {
      what: 'an unknown one',
      ask: get('/tasks/999999'),
      status: 404,
      shape: ERROR,
      detail: '任务 999999 不存在',
    },
    { what: 'number 0', ask: get('/tasks/0'), status: 404, detail: '任务 0 不存在' },
    {
      what: 'an unknown one, RPC',
      ask: post('/tasks/get', { task_id: 999999 }),
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'a word',
      ask: get('/tasks/first'),
      status: 422,
      shape: FAULTS,
      has: { detail: [{ loc: ['path', 'id'] }] },
    },
    {
      what: 'no number',
      ask: post('/tasks/get', {}),
      status: 422,
      has: { detail: [{ loc: ['body', 'task_id'], type: 'missing' }] },
    },
    {
      what: 'no JSON',
      ask: {
        method: 'POST',
        url: `${AT}/tasks/get`,
        payload: '{',
        headers: { 'content-type': 'application/json' },
      },
      status: 422,
      shape: FAULTS,
    },
    {
      what: 'by a method that is not there',
      ask: { method: 'DELETE', url: `${AT}/tasks` },
      status: 405,
      shape: ERROR,
      detail: 'Method Not Allowed',
    },
    {
      what: 'at a path that is not there',
      ask: get('/task'),
      status: 404,
      shape: ERROR,
      detail: 'Not Found',
    },
  ]);
});
