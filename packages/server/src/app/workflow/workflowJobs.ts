import type { WorkflowJob, WorkflowParams } from '@tapekeeper/core';
import type { Job, JobId } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';

/**
 * The jobs that the nodes of a workflow name, and those of the workflows among them, all the way down, as
 * they are now. Those that are not there are left out.
 */
export async function loadWorkflowJobs(
  deps: Pick<AppDeps, 'store'>,
  params: WorkflowParams,
): Promise<ReadonlyMap<JobId, WorkflowJob>> {
  const jobs = new Map<JobId, WorkflowJob>();
  const wanted = new Set(idsOf(params));
  // a set goes on over what is added to it meanwhile
  for (const id of wanted) {
    const job = await deps.store.job(id);
    if (job === undefined) continue;
    jobs.set(id, workflowJobOf(job));
    if (job.definition.type === 'workflow')
      for (const inner of idsOf(job.definition.params)) wanted.add(inner);
  }
  return jobs;
}

function idsOf({ nodes }: WorkflowParams): readonly JobId[] {
  return nodes.map(({ jobId }) => jobId);
}

function workflowJobOf({ key, state, definition }: Job): WorkflowJob {
  return { key, state, type: definition.type, params: definition.params, group: definition.policies.group };
}
