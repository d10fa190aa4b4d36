import { STARTERS, type JobState } from '@tapekeeper/core';
import { ensureJob } from '../../../packages/server/src/app/jobs/ensureJob.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const TASKS = '/api/v1/scheduler/tasks';
const EXECUTIONS = '/api/v1/scheduler/executions';
const CANCEL = { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' } as const;

async function jobOf({ stand, fresh }: World, state: JobState = 'enabled'): Promise<number> {
  const { store } = stand.deps;
  const wish = { key: fresh('task'), definition: syncJob(), state: 'disabled', author: 'tests' } as const;
  const { id } = await store.createJob(wish, () => null);
  if (state !== 'disabled') await store.setJobState(id, 'enabled', 'tests', () => null);
  if (state === 'paused') await store.setJobState(id, 'paused', 'tests', () => null);
  return id;
}

/** Jobs that come along, which each installation has. */
async function startersOf({ stand }: World, ...keys: readonly string[]): Promise<void> {
  for (const { key, define } of STARTERS)
    if (keys.includes(key)) await ensureJob(stand.deps, key, () => define(() => 0));
}

/** A run of a task that nobody works on yet. */
async function runOf(world: World): Promise<number> {
  return world.stand.deps.store.triggerJob(await jobOf(world), { by: 'tests', params: {} });
}

/** The request of each generation: the number in the path, and in the body. */
function ofTask(operation: string, verb: string, state?: JobState): Readonly<Record<string, MakeRequest>> {
  return {
    [operation]: async (world) => {
      const id = await jobOf(world, state);
      return { url: `${TASKS}/${id}/${verb}`, object: String(id) };
    },
    [`${operation}Alias`]: async (world) => {
      const id = await jobOf(world, state);
      return { url: `${TASKS}/${verb}`, body: { task_id: id }, object: String(id) };
    },
  };
}

/** Requests of clients of the zquant platform. */
export const ZQUANT_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  zquantCreateTask: async ({ fresh }) => ({
    url: TASKS,
    body: { name: fresh('任务'), task_type: 'common_task', config: { task_action: 'sync_stock_list' } },
    object: 'new',
  }),
  zquantUpdateTask: async (world) => {
    const id = await jobOf(world);
    return { url: `${TASKS}/${id}`, body: { description: 'another' }, object: String(id) };
  },
  zquantUpdateTaskAlias: async (world) => {
    const id = await jobOf(world);
    return { url: `${TASKS}/update`, body: { task_id: id, max_retries: 5 }, object: String(id) };
  },
  zquantDeleteTask: async (world) => {
    const id = await jobOf(world);
    return { url: `${TASKS}/${id}`, object: String(id) };
  },
  zquantDeleteTaskAlias: async (world) => {
    const id = await jobOf(world);
    return { url: `${TASKS}/delete`, body: { task_id: id }, object: String(id) };
  },
  ...ofTask('zquantEnableTask', 'enable', 'disabled'),
  ...ofTask('zquantDisableTask', 'disable'),
  ...ofTask('zquantPauseTask', 'pause'),
  ...ofTask('zquantResumeTask', 'resume', 'paused'),
  ...ofTask('zquantTriggerTask', 'trigger'),

  zquantPauseExecution: async (world) => {
    const id = await runOf(world);
    await world.stand.db.rows(sql`UPDATE tapekeeper.run SET state = 'running' WHERE id = ${id}`);
    return { url: `${EXECUTIONS}/pause`, body: { execution_id: id }, object: String(id) };
  },
  zquantResumeExecution: async (world) => {
    const id = await runOf(world);
    await world.stand.deps.store.stopRun(id, CANCEL, true);
    return { url: `${EXECUTIONS}/resume`, body: { execution_id: id }, object: String(id) };
  },
  zquantTerminateExecution: async (world) => {
    const id = await runOf(world);
    return { url: `${EXECUTIONS}/terminate`, body: { execution_id: id }, object: String(id) };
  },

  // a token of the API belongs to no login
  zquantLogOut: async () => ({ url: '/api/v1/auth/logout', object: null }),
  zquantTakeStatistics: async (world) => {
    await startersOf(world, 'sync_table_statistics');
    return { url: '/api/v1/data/statistics-table-data', body: {}, object: 'new' };
  },
  zquantSyncData: async (world) => {
    await startersOf(world, 'sync_stock_list', 'sync_trading_calendar');
    return { url: '/api/v1/data/sync', object: null };
  },
};
