import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plainDay } from '@tapekeeper/core';
import { sql } from '../../packages/server/src/store/connection.ts';
import { conforms, expectShape } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { AT, BARS, fresh, get, post, put, zquantClient, type Task } from './zquantClient.ts';
import { ERROR, TASK } from './zquantShapes.ts';

// Tasks of document 004, changed, put in use and triggered: section I of the contract.

const stand = useDocumentedStand('zquant_changes');
const { ask, create, refOf, v1 } = zquantClient(stand);

/** Of a table of rows that are the same in both generations: the number in the path, and in the body. */
const inBoth = (verb: string, rest?: object) =>
  [
    [
      'REST',
      async () => ({ method: 'POST', url: `${AT}/tasks/${(await create(rest)).id}/${verb}` }) as const,
    ],
    [
      'RPC',
      async () => ({ method: 'POST', url: `${AT}/tasks/${verb}`, payload: await refOf(rest) }) as const,
    ],
  ] as const;

describe('I changing', () => {
  conforms(stand, [
    {
      what: 'what is given alone',
      ask: async () =>
        put(`/tasks/${(await create()).id}`, { description: '新的说明', max_retries: 0, name: null }),
      status: 200,
      shape: TASK,
      has: {
        description: '新的说明',
        max_retries: 0,
        retry_interval: 60,
        cron_expression: '0 18 * * *',
        config: BARS,
      },
    },
    {
      what: 'an empty cron expression takes it away, RPC',
      ask: async () => post('/tasks/update', { ...(await refOf()), cron_expression: '' }),
      status: 200,
      shape: TASK,
      has: { cron_expression: null, interval_seconds: null, task_type: 'common_task', config: BARS },
    },
    {
      what: 'cron into an interval',
      ask: async () => put(`/tasks/${(await create()).id}`, { interval_seconds: 300 }),
      status: 200,
      has: { cron_expression: null, interval_seconds: 300 },
    },
    {
      what: 'the configuration, with its limit',
      ask: async () => put(`/tasks/${(await create()).id}`, { config: { task_action: 'sync_stock_list' } }),
      status: 200,
      has: { config: { task_action: 'sync_stock_list' } },
      afterwards: async (answer) => {
        const job = (await v1(`/v1/jobs/${answer.json().id}`)).json();
        expect(job.definition).toMatchObject({
          params: { dataset: 'stock_basics' },
          policies: { timeoutSeconds: null },
        });
      },
    },
    {
      what: 'a name that another has',
      ask: async () => put(`/tasks/${(await create()).id}`, { name: '同步交易日历' }),
      status: 400,
      detail: "任务名称 '同步交易日历' 已存在",
    },
    {
      what: 'a task for people to cron',
      ask: async () =>
        put(`/tasks/${(await create({ task_type: 'manual_task', cron_expression: null })).id}`, {
          cron_expression: '0 1 * * *',
        }),
      status: 400,
      detail: '手动任务不支持 Cron 表达式调度',
    },
    {
      what: 'an unknown one',
      ask: put('/tasks/999999', {}),
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'an unknown one, RPC',
      ask: post('/tasks/update', { task_id: 999999 }),
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'as an operator',
      as: 'operator',
      ask: put('/tasks/1', {}),
      status: 403,
      detail: '需要管理员权限',
    },
    {
      what: 'as an operator, RPC',
      as: 'operator',
      ask: post('/tasks/update', { task_id: 1 }),
      status: 403,
      detail: '需要管理员权限',
    },
  ]);

  it('what a client has read can be sent back, and changes nothing', async () => {
    const own = await create();
    const { tasks } = (await ask(get('/tasks?limit=1000'))).json<{ tasks: Task[] }>();
    const before = await versions();
    // the first ones of those that come along: lists, bars, factors, figures
    for (const task of tasks.filter(({ id }) => id <= 6 || id === own.id)) {
      const answer = await ask(put(`/tasks/${task.id}`, task));
      expect([task.name, answer.statusCode, answer.json().config]).toEqual([task.name, 200, task.config]);
    }
    expect(await versions()).toEqual(before);

    function versions() {
      return stand().db.rows(
        sql`SELECT job_id, max(version) FROM tapekeeper.job_version GROUP BY 1 ORDER BY 1`,
      );
    }
  });

  it('a change elsewhere shows in the configuration, and one of the name alone keeps it', async () => {
    const { id } = await create();
    const { definition, version } = (await v1(`/v1/jobs/${id}`)).json();
    const put = (change: object, seen: number) =>
      stand().askAs('admin', {
        method: 'PUT',
        url: `/v1/jobs/${id}`,
        payload: { version: seen, definition: { ...definition, ...change } },
      });
    expect((await put({ name: fresh('别处') }, version)).statusCode).toBe(200);
    expect((await ask(get(`/tasks/${id}`))).json().config).toEqual(BARS);
    expect((await put({ params: { dataset: 'daily_basics' } }, version + 1)).statusCode).toBe(200);
    expect((await ask(get(`/tasks/${id}`))).json().config).toEqual({
      task_action: 'sync_daily_basic_data',
      timeout_seconds: 600,
    });
  });
});

describe('I deleting', () => {
  conforms(stand, [
    {
      what: 'a task',
      ask: async () => ({ method: 'DELETE', url: `${AT}/tasks/${(await create()).id}` }),
      status: 204,
      afterwards: (answer) => expect(answer.body).toBe(''),
    },
    {
      what: 'a task, RPC',
      ask: async () => ({ method: 'POST', url: `${AT}/tasks/delete`, payload: await refOf() }),
      status: 204,
    },
    {
      what: 'an unknown one',
      ask: { method: 'DELETE', url: `${AT}/tasks/999999` },
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'one that a workflow has',
      ask: { method: 'DELETE', url: `${AT}/tasks/3` },
      status: 400,
      detail: "任务 '同步日线数据' 正被其他任务使用，无法删除",
    },
    {
      what: 'as an operator',
      as: 'operator',
      ask: { method: 'DELETE', url: `${AT}/tasks/1` },
      status: 403,
      detail: '需要管理员权限',
    },
  ]);
});

describe('I putting in and out of use', () => {
  conforms(
    stand,
    [
      { verb: 'disable', has: { enabled: false, paused: false, schedule_status: 'disabled' } },
      { verb: 'enable', rest: { enabled: false }, has: { enabled: true, schedule_status: 'pending' } },
      { verb: 'pause', has: { enabled: true, paused: true, schedule_status: 'paused' } },
      { verb: 'resume', has: { enabled: true, paused: false } },
    ].flatMap(({ verb, rest, has }) =>
      inBoth(verb, rest).map(([generation, request]) => ({
        what: `${verb}, ${generation}`,
        as: 'operator' as const,
        ask: request,
        status: 200,
        shape: TASK,
        has,
      })),
    ),
  );

  conforms(stand, [
    {
      what: 'pausing what is not in use is refused',
      ask: async () => ({
        method: 'POST',
        url: `${AT}/tasks/${(await create({ name: '停用的', enabled: false })).id}/pause`,
      }),
      status: 400,
      detail: "任务 '停用的' 未启用，无法暂停或恢复",
    },
    {
      what: 'an unknown one',
      ask: { method: 'POST', url: `${AT}/tasks/999999/enable` },
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'as a viewer',
      as: 'viewer',
      ask: post('/tasks/pause', { task_id: 1 }),
      status: 403,
      detail: '需要管理员权限',
    },
  ]);
});

describe('I triggering', () => {
  conforms(stand, [
    {
      what: 'task 1 as the document has it: JSON is announced, and none is sent',
      ask: { ...post('/tasks/1/trigger'), headers: { 'content-type': 'application/json' } },
      status: 200,
      has: { message: '任务已触发' },
    },
  ]);
  conforms(
    stand,
    inBoth('trigger').map(([generation, request]) => ({
      what: `a task, ${generation}`,
      as: 'operator' as const,
      ask: request,
      status: 200,
      shape: z.strictObject({ message: z.literal('任务已触发') }),
    })),
  );
  conforms(stand, [
    {
      what: 'an unknown one',
      ask: { method: 'POST', url: `${AT}/tasks/999999/trigger` },
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'as a viewer',
      as: 'viewer',
      ask: { method: 'POST', url: `${AT}/tasks/1/trigger` },
      status: 403,
      detail: '需要管理员权限',
    },
    { what: 'as nobody', as: 'nobody', ask: { method: 'POST', url: `${AT}/tasks/1/trigger` }, status: 401 },
  ]);

  it('one that runs is refused with the run, however many ask at once', async () => {
    const { id, name } = await create();
    const answers = await Promise.all([1, 2, 3].map(() => ask(post(`/tasks/${id}/trigger`))));
    expect(answers.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)).toEqual([
      200, 400, 400,
    ]);
    const [run] = await stand().deps.store.runs({
      states: null,
      dataset: null,
      jobId: id,
      before: null,
      limit: 9,
    });
    const refused = answers.filter(({ statusCode }) => statusCode === 400);
    for (const answer of refused) {
      expect(answer.json().detail).toBe(`任务 '${name}' 正在运行中(ID: ${run?.id})，请勿重复触发`);
      expectShape(ERROR, answer.json());
    }
  });

  it.each(['paused', 'disabled'] as const)('a task that is %s runs once and stays so', async (state) => {
    const { id } = await create({ enabled: state !== 'disabled' });
    if (state === 'paused') await ask(post(`/tasks/${id}/pause`));
    expect((await ask(post(`/tasks/${id}/trigger`))).statusCode).toBe(200);
    expect((await stand().deps.store.job(id))?.state).toBe(state);
    expect((await v1(`/v1/jobs/${id}`)).json()).toMatchObject({ state, openRuns: 1 });
  });

  it('is seen by whoever reads runs, and in the audit log', async () => {
    const { id } = await create();
    await ask(post(`/tasks/${id}/trigger`), 'operator');
    const [run] = await stand().deps.store.runs({
      states: null,
      dataset: null,
      jobId: id,
      before: null,
      limit: 9,
    });
    expect((await v1(`/v1/runs/${run?.id}`)).json()).toMatchObject({
      requestedBy: 'otto',
      cause: 'person',
      from: null,
      wish: { dataset: 'daily_bars', from: plainDay('2024-01-01') },
      maxAttempts: 4,
    });
    const { operations } = (await v1(`/v1/operations?object=job&objectId=${id}`)).json();
    expect(operations[0]).toMatchObject({
      action: 'zquantTriggerTask',
      object: { after: { runId: run?.id } },
    });
  });
});

describe('hostile names and filters', () => {
  it.each(["'; DROP TABLE tapekeeper.job; --", '%_\\', '<script>alert(1)</script>', '\u202eabc', '🐉'])(
    'the name %j is kept as it is',
    async (name) => {
      const task = await create({ name: `${name} ${fresh()}` });
      expect((await ask(get(`/tasks/${task.id}`))).json().name).toBe(task.name);
    },
  );

  it.each([
    '/tasks?order_by=__proto__',
    "/tasks?order_by=id'--",
    '/tasks?enabled=perhaps',
    '/tasks?skip=1e9',
    '/tasks/1%27',
    '/tasks/9007199254740993',
    '/tasks/-1',
    '/tasks/1/executions?status=%27%20OR%201=1',
    '/tasks/1/executions?start_time=%00',
    '/stats?task_id=%27',
  ])('GET %s is no failure of ours', async (url) => {
    expect((await ask(get(url))).statusCode).toBeLessThan(500);
  });

  it('a text that cannot be stored is refused', async () => {
    const answer = await ask(post('/tasks', { name: 'a\u0000b', task_type: 'common_task', config: BARS }));
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
  });
});
