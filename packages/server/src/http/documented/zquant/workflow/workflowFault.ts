import { checkWorkflow, type WorkflowParams } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { loadWorkflowJobs } from '../../../../app/workflow/workflowJobs.ts';
import type { JobId } from '../../../../ports/jobStore.ts';
import { listOf } from '../config/workflowConfig.ts';

/**
 * What keeps a graph from running as things are, in the words of the platform; undefined where it is sound. Unlike
 * there, cycles are found before anything runs.
 */
export async function workflowFault(
  deps: Pick<AppDeps, 'store'>,
  params: WorkflowParams,
  self?: { readonly id: JobId; readonly group: string | null },
): Promise<string | undefined> {
  const jobs = await loadWorkflowJobs(deps, params);
  const ids = params.nodes.map(({ jobId }) => jobId);
  const missing = ids.filter((id) => !jobs.has(id)).toSorted((one, other) => one - other);
  if (missing.length > 0) return `以下任务不存在: {${missing.join(', ')}}`;
  const disabled = ids.filter((id) => jobs.get(id)?.state === 'disabled');
  if (disabled.length > 0) return `以下任务未启用: ${listOf(disabled)}`;
  const [problem] = checkWorkflow(params, { selfId: self?.id, group: self?.group, jobs });
  if (problem?.code !== 'cycle' && problem?.code !== 'self_dependency') return problem?.zh;
  const first = params.nodes.find(({ node }) => node === problem.nodes[0]);
  return `检测到循环依赖，任务 ${first?.jobId} 存在循环依赖关系`;
}
