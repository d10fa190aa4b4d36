import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conforms, expectShape } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { EXAMPLE, fresh, get, post, zquantClient } from './zquantClient.ts';
import { ERROR, EXECUTION, FAULTS } from './zquantShapes.ts';

// Workflows of document 004: section I of the contract.

const stand = useDocumentedStand('zquant_workflows');
const { ask, create, executionsOf } = zquantClient(stand);

describe('I workflows', () => {
  /** As the document has it, but for the name. */
  const wish = (rest: object = {}): object => ({
    name: fresh('数据同步编排任务'),
    task_type: 'workflow',
    cron_expression: '0 1 * * *',
    config: {
      workflow_type: 'serial',
      tasks: [
        { task_id: 1, name: '同步股票列表', dependencies: [] },
        { task_id: 2, name: '同步交易日历', dependencies: [1] },
      ],
      on_failure: 'stop',
      ...rest,
    },
    enabled: true,
  });
  const part = (id: number, ...dependencies: number[]): object => ({
    task_id: id,
    name: `${id}`,
    dependencies,
  });
  const refused = (what: string, config: object, fault: string) => ({
    what,
    ask: () => post('/tasks', wish(config)),
    status: 400,
    detail: `编排任务配置无效: ${fault}`,
  });

  it('with a task that is not in use is refused', async () => {
    const answer = await ask(post('/tasks', wish()));
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      '编排任务配置无效: 以下任务未启用: [1, 2]',
    ]);
  });

  describe('of tasks in use', () => {
    beforeAll(async () => {
      for (const id of [1, 2]) await ask(post(`/tasks/${id}/enable`));
    });

    conforms(stand, [
      refused(
        'of a way to run that is none',
        { workflow_type: 'x' },
        '不支持的执行模式: x，支持的模式：serial, parallel',
      ),
      refused('of no tasks', { tasks: [] }, '编排任务配置中必须包含至少一个任务'),
      refused('of a task without a number', { tasks: [{ name: 'x' }] }, '任务配置中缺少 task_id'),
      refused(
        'of tasks that are not there',
        { tasks: [part(1), part(999999), part(999998)] },
        '以下任务不存在: {999998, 999999}',
      ),
      refused(
        'of a dependency that is no part of it',
        { tasks: [part(1, 7)] },
        '任务 1 的依赖任务 [7] 不在任务列表中',
      ),
      refused('that waits for itself', { tasks: [part(1, 1)] }, '检测到循环依赖，任务 1 存在循环依赖关系'),
      refused(
        'that goes round',
        { tasks: [part(1, 2), part(2, 1)] },
        '检测到循环依赖，任务 1 存在循环依赖关系',
      ),
      {
        what: 'the tasks of one that is none',
        ask: get('/tasks/1/workflow'),
        status: 400,
        shape: ERROR,
        detail: '任务 1 不是编排任务',
      },
      {
        what: 'the tasks of one that is none, RPC',
        ask: post('/tasks/workflow/tasks', { task_id: 1 }),
        status: 400,
        detail: '任务 1 不是编排任务',
      },
      {
        what: 'the tasks of an unknown one',
        ask: get('/tasks/999999/workflow'),
        status: 404,
        detail: '任务 999999 不存在',
      },
      {
        what: 'a graph that is sound',
        ask: post('/tasks/1/workflow/validate', { workflow_type: 'parallel', tasks: [part(1), part(2, 1)] }),
        status: 200,
        shape: z.strictObject({ valid: z.literal(true), message: z.literal('配置有效') }),
      },
      {
        what: 'a graph that is not, RPC',
        as: 'viewer',
        ask: post('/tasks/workflow/validate', { task_id: 1, config: { tasks: [part(1, 2), part(2, 1)] } }),
        status: 200,
        has: { valid: false, message: '检测到循环依赖，任务 1 存在循环依赖关系' },
      },
      {
        what: 'a graph of an unknown task',
        ask: post('/tasks/999999/workflow/validate', {}),
        status: 404,
        detail: '任务 999999 不存在',
      },
      { what: 'no graph', ask: post('/tasks/workflow/validate', { task_id: 1 }), status: 422, shape: FAULTS },
    ]);

    it('runs its tasks in order, and each of them is an execution of its own', async () => {
      const { id } = await create(wish());
      expect((await ask(get(`/tasks/${id}/workflow`))).json()).toMatchObject([{ id: 1 }, { id: 2 }]);
      await ask(post(`/tasks/${id}/trigger`));
      await stand().work();
      const [execution] = (await executionsOf(id)).executions;
      expectShape(EXECUTION, execution);
      expect(execution).toMatchObject({
        status: 'success',
        total_items: 2,
        processed_items: 2,
        result: {
          workflow_type: 'serial',
          total_tasks: 2,
          success_count: 2,
          failed_task_ids: [],
          task_results: {
            1: { task_id: 1, task_name: '同步股票列表', status: 'success' },
            2: { task_id: 2, task_name: '同步交易日历', status: 'success' },
          },
        },
      });
      // as the document prints them
      const history = await ask(get('/tasks/1/executions?skip=0&limit=10'));
      expect(history.json().executions).toMatchObject([
        { id: expect.any(Number), status: 'success', start_time: expect.stringMatching(/^\d{4}-/) },
      ]);
      const [ofChild] = (await executionsOf(2)).executions;
      expect(execution).toMatchObject({ result: { task_results: { 2: { execution_id: ofChild?.id } } } });
    });

    it('over a task that fails is no success, and tells which', async () => {
      const { id: failing } = await create({ config: { ...EXAMPLE, success_rate: 0 }, max_retries: 0 });
      const { id } = await create(
        wish({ tasks: [part(failing), part(2, failing)], workflow_type: 'parallel' }),
      );
      await ask(post(`/tasks/${id}/trigger`));
      await stand().work();
      expect((await executionsOf(id)).executions).toMatchObject([
        {
          status: 'failed',
          result: {
            failed_task_ids: [failing],
            task_results: { [failing]: { status: 'failed' }, 2: { status: 'skipped', execution_id: null } },
          },
        },
      ]);
    });
  });
});
