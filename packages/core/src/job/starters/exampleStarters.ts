import { scheduleOf } from '../../trigger/trigger.ts';
import type { ExampleParams } from '../jobType.ts';
import { BY_HAND, onClock, starter, workflowStarter, type About, type Starter } from './starter.ts';

/** Jobs to try things out with; none of them asks a source. */
export const EXAMPLE_STARTERS: readonly Starter[] = [
  example('example_quick', { durationSeconds: 3, steps: 3 }, '示例任务-快速测试', {
    description: ['Three seconds, by hand.', '持续三秒，手动触发。'],
  }),
  example('example_every_minute', { durationSeconds: 5, steps: 5 }, '示例任务-每分钟执行', {
    description: ['Five seconds, every minute.', '每分钟执行，持续五秒。'],
    schedule: scheduleOf({ kind: 'cron', expression: '* * * * *', zone: 'Asia/Shanghai' }),
  }),
  example('example_daily', { durationSeconds: 10, steps: 5 }, '示例任务-每日18点执行', {
    description: ['Ten seconds, every day at 18:00.', '每天 18:00 执行，持续十秒。'],
    schedule: onClock('0 18 * * *'),
  }),
  example('example_disabled', { durationSeconds: 3, steps: 3 }, '示例任务-已禁用', {
    description: ['Is never enabled by itself.', '不会被自动启用。'],
    schedule: onClock('0 12 * * *'),
  }),
  example('example_progress', { durationSeconds: 300, steps: 100 }, '示例任务-实时进度演示', {
    description: [
      'Five minutes in a hundred steps, to watch progress.',
      '用五分钟走完一百步，用于观察进度。',
    ],
  }),
  example('example_failing', { durationSeconds: 2, steps: 2, successRate: 0 }, '示例任务-总是失败', {
    description: ['Fails each time, to see what happens then.', '每次都失败，用于观察失败时的情形。'],
    policies: { maxAttempts: 1 },
  }),
  starter(
    'example_command',
    { type: 'command', params: { program: 'example', args: [] } },
    {
      name: '示例任务-命令执行',
      description: [
        'Runs the program that TAPEKEEPER_COMMANDS calls "example" (example=/path/to/program); it cannot be enabled before that is set.',
        '运行 TAPEKEEPER_COMMANDS 中名为 “example” 的程序（example=/程序路径）；设置之前无法启用。',
      ],
      tags: ['example'],
      policies: { timeoutSeconds: 300, maxAttempts: 1 },
    },
  ),
  workflowStarter(
    'example_serial',
    {
      mode: 'serial',
      onFailure: 'stop',
      nodes: [
        { node: 'first', job: 'example_quick' },
        { node: 'second', job: 'example_daily', dependsOn: ['first'] },
        { node: 'third', job: 'example_disabled', dependsOn: ['second'] },
      ],
    },
    workflowAbout('示例编排-串行', 'Three examples one after the other.', '三个示例依次执行。'),
  ),
  workflowStarter(
    'example_parallel',
    {
      mode: 'parallel',
      onFailure: 'continue',
      nodes: [
        { node: 'first', job: 'example_quick' },
        { node: 'second', job: 'example_daily' },
        { node: 'third', job: 'example_disabled' },
      ],
    },
    workflowAbout('示例编排-并行', 'Three examples at the same time.', '三个示例同时执行。'),
  ),
  workflowStarter(
    'example_mixed',
    {
      mode: 'parallel',
      onFailure: 'continue',
      nodes: [
        { node: 'first', job: 'example_quick' },
        { node: 'left', job: 'example_daily', dependsOn: ['first'] },
        { node: 'right', job: 'example_failing', dependsOn: ['first'] },
        { node: 'last', job: 'example_disabled', dependsOn: ['left', 'right'], condition: 'done' },
      ],
    },
    workflowAbout(
      '示例编排-混合',
      'One first, then two at a time of which one fails, and one at the end all the same.',
      '先执行一个，再并行执行两个（其中一个失败），最后仍执行一个。',
    ),
  ),
];

function example(
  key: string,
  params: Pick<ExampleParams, 'durationSeconds' | 'steps'> & Partial<ExampleParams>,
  name: string,
  about: Omit<About, 'name'>,
): Starter {
  return starter(
    key,
    { type: 'example', params: { successRate: 1, ...params } },
    { name, tags: ['example'], ...about },
  );
}

function workflowAbout(name: string, en: string, zh: string): About {
  return {
    name,
    description: [`${en} Enable its nodes first.`, `${zh}请先启用其节点。`],
    tags: ['example', 'workflow'],
    schedule: BY_HAND,
  };
}
