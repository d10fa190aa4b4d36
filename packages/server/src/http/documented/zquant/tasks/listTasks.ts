import type { AppDeps } from '../../../../app/deps.ts';
import type { JobView } from '../../../../ports/jobStore.ts';
import { taskTypeOf } from '../config/showConfig.ts';
import { presentTasks } from './presentTasks.ts';
import type { Task, TaskListWish } from './taskSchema.ts';

const PAGE = 500;

/** What a task is put in order by without being presented; by anything else all of them are. */
const ORDERS: Readonly<Record<string, (job: JobView) => string | number | boolean | null>> = {
  id: ({ id }) => id,
  name: ({ definition }) => definition.name,
  job_id: ({ key }) => key,
  task_type: ({ definition }) => taskTypeOf(definition),
  enabled: ({ state }) => state !== 'disabled',
  paused: ({ state }) => state === 'paused',
  max_retries: ({ definition }) => definition.policies.maxAttempts,
  retry_interval: ({ definition }) => definition.policies.retrySeconds,
  created_time: ({ createdAt }) => createdAt,
  created_at: ({ createdAt }) => createdAt,
  updated_time: ({ updatedAt }) => updatedAt,
  updated_at: ({ updatedAt }) => updatedAt,
};

/** A page of the tasks and how many there are; unlike there, children of workflows are tasks like others. */
export async function listTasks(
  deps: Pick<AppDeps, 'store'>,
  { skip, limit, task_type: taskType, enabled, order_by: orderBy, order }: TaskListWish,
): Promise<{ readonly tasks: Task[]; readonly total: number }> {
  const wanted = (await allJobs(deps)).filter(
    ({ definition, state }) =>
      (taskType == null || taskTypeOf(definition) === taskType) &&
      (enabled == null || (state !== 'disabled') === enabled),
  );
  const total = wanted.length;
  const sign = order?.toLowerCase() === 'asc' ? 1 : -1;
  const name = orderBy ?? 'id';
  const valueOf = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (valueOf !== undefined) {
    const page = ordered(wanted, valueOf, sign).slice(skip, skip + limit);
    return { total, tasks: await presentTasks(deps, page) };
  }
  const shown = await presentTasks(deps, wanted);
  const tasks = ordered(shown, (task) => comparable(task, name), sign);
  return { total, tasks: tasks.slice(skip, skip + limit) };
}

/** Names that a task does not have put nothing in order. */
function comparable(task: Task, name: string): string | number | boolean | null {
  if (!Object.hasOwn(task, name)) return null;
  const value = task[name as keyof Task];
  return typeof value === 'object' ? null : value;
}

/** What is null comes last; what is the same in the order of the numbers. */
function ordered<One extends { readonly id: number }>(
  all: readonly One[],
  valueOf: (one: One) => string | number | boolean | null,
  sign: 1 | -1,
): One[] {
  return all.toSorted((one, other) => {
    const [left, right] = [valueOf(one), valueOf(other)];
    if (left === right) return sign * (one.id - other.id);
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  });
}

async function allJobs({ store }: Pick<AppDeps, 'store'>): Promise<readonly JobView[]> {
  const all = { states: null, types: null, triggers: null, tag: null, text: null, limit: PAGE };
  const jobs: JobView[] = [];
  for (;;) {
    const page = await store.jobs({ ...all, after: jobs.at(-1)?.id ?? null });
    jobs.push(...page);
    if (page.length < PAGE) return jobs;
  }
}
