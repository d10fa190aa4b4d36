import { DEFAULT_POLICIES, scheduleOf, STARTERS, type JobDefinition, type JobWork } from '@tapekeeper/core';
import { describe, expect, test } from 'vitest';
import { readTimeout, readWork, tryWork } from './readConfig.ts';
import { configOf, showConfig, taskTypeOf } from './showConfig.ts';

function jobOf(work: JobWork, rest: Partial<JobDefinition> = {}): JobDefinition {
  return {
    ...work,
    name: 'a task',
    description: '',
    tags: [],
    schedule: scheduleOf({ kind: 'manual' }),
    policies: DEFAULT_POLICIES,
    ...rest,
  } as JobDefinition;
}

const BARS = { command: 'python zquant/scheduler/job/sync_daily_data.py --start-date 20240101' };

describe('a configuration that a client has written', () => {
  const worded = (config: object, rest: Partial<JobDefinition> = {}): JobDefinition =>
    jobOf(readWork('common_task', { ...config }), {
      wording: { taskType: 'common_task', config: { ...config } },
      ...rest,
    });

  test('is told back word for word', () => {
    expect(showConfig(worded(BARS))).toEqual(BARS);
    expect(taskTypeOf(worded(BARS))).toBe('common_task');
  });

  test('is told back with the limit that the job has by now', () => {
    const policies = { ...DEFAULT_POLICIES, timeoutSeconds: 60 };
    expect(showConfig(worded({ ...BARS, timeout_seconds: 600 }))).toEqual(BARS);
    expect(showConfig(worded(BARS, { policies }))).toEqual({ ...BARS, timeout_seconds: 60 });
  });

  test('is forgotten once the job does something else', () => {
    const changed = { ...worded(BARS), params: { dataset: 'daily_bars' } } as JobDefinition;
    expect(showConfig(changed)).toEqual({ task_action: 'sync_daily_data' });
  });
});

describe('a configuration that nobody has written', () => {
  test.each<readonly [JobWork, object]>([
    [{ type: 'sync', params: { dataset: 'stock_basics' } }, { task_action: 'sync_stock_list' }],
    [
      { type: 'sync', params: { dataset: 'daily_bars', from: '2024-01-02', symbols: ['000001.SZ'] } },
      { task_action: 'sync_daily_data', start_date: '2024-01-02', codes: ['000001.SZ'] },
    ],
    [
      { type: 'sync', params: { dataset: 'adj_factors', from: '2024-01-02', to: '2024-01-05' } },
      {
        command:
          'python zquant/scheduler/job/sync_factor_data.py --start-date 2024-01-02 --end-date 2024-01-05',
      },
    ],
    [{ type: 'statistics', params: {} }, { command: 'python zquant/scheduler/job/sync_table_statistics.py' }],
  ])('is one that asks for the same: %j', (work, config) => {
    expect(configOf(work)).toEqual(config);
    expect(readWork('common_task', configOf(work))).toEqual(work);
  });

  test('is there for each job that comes along', () => {
    for (const starter of STARTERS) {
      const config = configOf(starter.define(() => 7));
      expect(config['command'] ?? config['task_action'] ?? config['workflow_type']).toMatch(/\w/);
    }
  });
});

describe('a workflow', () => {
  const task = (id: number, ...dependencies: number[]): object => ({
    task_id: id,
    name: `t${id}`,
    dependencies,
  });
  const config = { workflow_type: 'parallel', tasks: [task(1), task(2, 1)], on_failure: 'continue' };

  test('is a graph of jobs with the same edges', () => {
    expect(readWork('workflow', config)).toMatchObject({
      params: {
        mode: 'parallel',
        onFailure: 'continue',
        nodes: [
          { jobId: 1, dependsOn: [] },
          { jobId: 2, dependsOn: ['task-1'] },
        ],
      },
    });
  });

  test.each<readonly [object, string]>([
    [{ ...config, workflow_type: 'both' }, '不支持的执行模式: both，支持的模式：serial, parallel'],
    [{ ...config, on_failure: 7 }, '不支持的失败处理策略: 7，支持的策略：stop, continue'],
    [{ ...config, tasks: [] }, '编排任务配置中必须包含至少一个任务'],
    [{}, '编排任务配置中必须包含至少一个任务'],
    [{ ...config, tasks: [{ name: 'x' }] }, '任务配置中缺少 task_id'],
    [{ ...config, tasks: [null] }, '任务配置中缺少 task_id'],
    [{ ...config, tasks: [task(1), task(1)] }, '任务配置中 task_id 重复: 1'],
    [{ ...config, tasks: [task(1, 5, 6)] }, '任务 1 的依赖任务 [5, 6] 不在任务列表中'],
    [{ ...config, tasks: [{ task_id: 1, dependencies: 'x' }] }, '任务 1 的依赖任务 [NaN] 不在任务列表中'],
  ])('that has a wrong form is refused: %j', (wrong, fault) => {
    expect(tryWork('workflow', wrong as Record<string, unknown>)).toEqual({
      fault: `编排任务配置无效: ${fault}`,
    });
  });
});

test('what this program does not do is refused with why', () => {
  expect(() => readWork('common_task', { task_action: 'calculate_factor' })).toThrow(
    '任务配置无效: 本程序只采集数据',
  );
  expect(() => readWork('common_task', {})).toThrow('任务配置无效: 配置中既没有 command');
  expect(() => readWork('common_task', { command: 'x'.repeat(30_000) })).toThrow('任务配置过长');
});

test.each([
  [{}, null],
  [{ timeout_seconds: 0 }, null],
  [{ timeout_seconds: 600 }, 600],
  [{ timeout_seconds: '600' }, 600],
])('the limit of %j is %s', (config, seconds) => expect(readTimeout(config)).toBe(seconds));

test.each([-1, 1.5, 'soon', 1e9, [5], {}])('%j is no limit', (seconds) => {
  expect(() => readTimeout({ timeout_seconds: seconds })).toThrow('timeout_seconds 必须是');
});
