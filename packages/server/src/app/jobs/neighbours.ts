import type { Words } from '@tapekeeper/core';
import type { JobFilter, JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadWorkflowJobs } from '../workflow/workflowJobs.ts';

/** What will become of a job and of those that need it, as they stand. */
export interface NeighbourWarning {
  readonly code: 'node_of_workflow' | 'has_followers' | 'follows_inactive' | 'disabled_nodes';
  readonly text: Words;
}

type Deps = Pick<AppDeps, 'store'>;

/**
 * Jobs that need one which is not at work, and jobs that a job needs and that are not. Each of them may be
 * meant, so that nothing is refused: it is only said, and with the keys.
 */
export async function neighbourWarnings(deps: Deps, job: JobView): Promise<readonly NeighbourWarning[]> {
  const found = [
    ...(job.state === 'enabled' ? [] : [await asNode(deps, job), await asUpstream(deps, job)]),
    await asFollower(deps, job),
    await asWorkflow(deps, job),
  ];
  return found.filter((one) => one !== undefined);
}

/** Enabled workflows start paused jobs as well, and fail over disabled ones. */
async function asNode({ store }: Deps, { id, state }: JobView): Promise<NeighbourWarning | undefined> {
  const workflows = await enabledJobs(store, { types: ['workflow'] });
  const users = workflows.filter(
    ({ definition }) =>
      definition.type === 'workflow' && definition.params.nodes.some((node) => node.jobId === id),
  );
  if (users.length === 0) return undefined;
  const keys = keysOf(users);
  const code = 'node_of_workflow';
  if (state === 'paused') {
    const en = `It is a node of ${keys.en}: workflows run it although it is paused. Disable it, or pause them too.`;
    const zh = `它是 ${keys.zh} 的节点：即使已暂停，编排任务仍会运行它。如不希望，请停用它，或一并暂停编排任务。`;
    return { code, text: { en, zh } };
  }
  const en = `It is a node of ${keys.en}: runs of workflows fail over a disabled job. Enable it, or take it out of them.`;
  const zh = `它是 ${keys.zh} 的节点：编排任务遇到已停用的任务会失败。请启用它，或将其从编排任务中移除。`;
  return { code, text: { en, zh } };
}

async function asUpstream({ store }: Deps, { id, state }: JobView): Promise<NeighbourWarning | undefined> {
  const followers = (await enabledJobs(store, { triggers: ['after'] })).filter(
    ({ definition: { schedule } }) => schedule.trigger.kind === 'after' && schedule.trigger.jobId === id,
  );
  if (followers.length === 0) return undefined;
  const keys = keysOf(followers);
  const en = `While it is ${state}, ${keys.en} will not run by trigger, as only good ends of its runs set that off.`;
  const zh = `它${STATES[state]}期间，在其之后触发的 ${keys.zh} 不会自动运行。`;
  return { code: 'has_followers', text: { en, zh } };
}

async function asFollower({ store }: Deps, job: JobView): Promise<NeighbourWarning | undefined> {
  const { trigger } = job.definition.schedule;
  if (trigger.kind !== 'after') return undefined;
  const upstream = await store.job(trigger.jobId);
  if (upstream === undefined || upstream.state === 'enabled') return undefined;
  const { key, state } = upstream;
  const en = `It follows ${key}, which is ${state}: until that runs again, it will not run by trigger.`;
  const zh = `它在 ${key} 之后触发，而 ${key} ${STATES[state]}：在其恢复运行之前不会自动运行。`;
  return { code: 'follows_inactive', text: { en, zh } };
}

/** Nodes of a workflow that is at work, and of the workflows among them, whose jobs are disabled. */
async function asWorkflow(deps: Deps, { state, definition }: JobView): Promise<NeighbourWarning | undefined> {
  if (definition.type !== 'workflow' || state === 'disabled') return undefined;
  const jobs = await loadWorkflowJobs(deps, definition.params);
  const disabled = [...jobs.values()].filter((one) => one.state === 'disabled');
  if (disabled.length === 0) return undefined;
  const keys = keysOf(disabled);
  const en = `Jobs among its nodes are disabled: ${keys.en}. Its runs fail over them until they are enabled.`;
  const zh = `其节点中的以下任务已停用：${keys.zh}。在启用它们之前，其运行会失败。`;
  return { code: 'disabled_nodes', text: { en, zh } };
}

const STATES = { enabled: '启用', paused: '已暂停', disabled: '已停用' } as const;

const PAGE = 500;
const ANY: JobFilter = {
  states: ['enabled'],
  types: null,
  triggers: null,
  tag: null,
  text: null,
  after: null,
  limit: PAGE,
};

/** Jobs that name others are few beside all jobs. */
async function enabledJobs(
  store: Deps['store'],
  filter: Partial<Pick<JobFilter, 'types' | 'triggers'>>,
): Promise<readonly JobView[]> {
  const jobs: JobView[] = [];
  for (let after: JobFilter['after'] = null; ;) {
    const page = await store.jobs({ ...ANY, ...filter, after });
    jobs.push(...page);
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return jobs;
  }
}

/** Keys in a row, the first few of many. */
function keysOf(jobs: readonly { readonly key: string }[]): Words {
  const shown = jobs.slice(0, MOST_KEYS).map(({ key }) => key);
  const more = jobs.length - shown.length;
  return {
    en: shown.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    zh: shown.join('、') + (more > 0 ? ` 等 ${jobs.length} 个任务` : ''),
  };
}

const MOST_KEYS = 10;
