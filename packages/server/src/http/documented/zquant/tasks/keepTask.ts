import { isAppError, type JobDefinition } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { createJob, updateJob } from '../../../../app/jobs/keepJobs.ts';
import type { JobId, JobView } from '../../../../ports/jobStore.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { taskTypeOf } from '../config/showConfig.ts';
import { workflowFault } from '../workflow/workflowFault.ts';
import { changeTask, readNewTask } from './readTask.ts';
import { taskKeyOf } from './taskKey.ts';
import type { NewTask, TaskChange } from './taskSchema.ts';

/** Keys of tasks that once had the name, and were renamed. */
const MOST_KEYS = 100;

/** Keeps a new task. A task that only people trigger is not in use until somebody enables it, as there. */
export async function createTask(deps: AppDeps, task: NewTask, author: string): Promise<JobView> {
  const definition = readNewTask(task, await deps.store.now());
  await requireWorkflow(deps, definition);
  const enabled = taskTypeOf(definition) !== 'manual_task' && (task.enabled ?? true);
  for (let no = 1; ; no++) {
    await requireFreeName(deps, definition.name);
    try {
      const key = taskKeyOf(definition.name, no);
      return (await createJob(deps, { key, definition, enabled, author })).job;
    } catch (error) {
      // another task of that name was made meanwhile, or one has another name by now
      if (!isAppError(error, 'job_exists') || no === MOST_KEYS) throw error;
    }
  }
}

export async function updateTask(
  deps: AppDeps,
  former: JobView,
  change: TaskChange,
  author: string,
): Promise<JobView> {
  const definition = changeTask(former.definition, change, await deps.store.now());
  if (definition.name !== former.definition.name) await requireFreeName(deps, definition.name, former.id);
  await requireWorkflow(deps, definition, former.id);
  const { job } = await updateJob(deps, former.id, { definition, version: former.version, author });
  return job;
}

/** Names are unique among documented tasks. */
async function requireFreeName({ store }: Pick<AppDeps, 'store'>, name: string, self?: JobId): Promise<void> {
  const all = { states: null, types: null, triggers: null, tag: null, after: null };
  const alike = await store.jobs({ ...all, text: name, limit: 500 });
  if (alike.some(({ id, definition }) => definition.name === name && id !== self))
    throw refused(`任务名称 '${name}' 已存在`);
}

async function requireWorkflow(deps: AppDeps, definition: JobDefinition, id?: JobId): Promise<void> {
  if (definition.type !== 'workflow') return;
  const { group } = definition.policies;
  const fault = await workflowFault(deps, definition.params, id === undefined ? undefined : { id, group });
  if (fault !== undefined) throw refused(`编排任务配置无效: ${fault}`);
}

function refused(detail: string): DocumentedRefusal {
  return new DocumentedRefusal('bad_request', 400, detail);
}
