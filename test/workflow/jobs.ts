import {
  DEFAULT_MOST_AT_A_TIME,
  DEFAULT_POLICIES,
  scheduleOf,
  type JobDefinition,
  type JobState,
  type RunPolicies,
  type WorkflowNode,
  type WorkflowParams,
} from '@tapekeeper/core';
import type { JobId } from '../../packages/server/src/ports/jobStore.ts';
import type { TaskEnd } from '../../packages/server/src/ports/runControlStore.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';

const MANUAL = {
  name: 'of a test',
  description: '',
  tags: [],
  schedule: scheduleOf({ kind: 'manual' }),
} as const;

export const EXAMPLE_PARAMS = { durationSeconds: 1, successRate: 1, steps: 2 } as const;

export function exampleJob(policies: Partial<RunPolicies> = {}): JobDefinition {
  return {
    ...MANUAL,
    type: 'example',
    params: EXAMPLE_PARAMS,
    policies: { ...DEFAULT_POLICIES, ...policies },
  };
}

export function workflowJob(params: WorkflowParams, policies: Partial<RunPolicies> = {}): JobDefinition {
  return { ...MANUAL, type: 'workflow', params, policies: { ...DEFAULT_POLICIES, ...policies } };
}

export function workflowOf(
  nodes: readonly WorkflowNode[],
  rest: Partial<WorkflowParams> = {},
): WorkflowParams {
  return { mode: 'parallel', nodes, onFailure: 'stop', mostAtATime: DEFAULT_MOST_AT_A_TIME, ...rest };
}

export function nodeOf(
  node: string,
  jobId: JobId,
  dependsOn: readonly string[] = [],
  condition: WorkflowNode['condition'] = 'success',
): WorkflowNode {
  return { node, jobId, dependsOn, condition };
}

export async function addJob(
  store: Store,
  key: string,
  definition: JobDefinition,
  state: JobState = 'enabled',
): Promise<JobId> {
  const job = await store.createJob({ key, definition, state, author: 'test' }, () => null);
  return job.id;
}

/** A run of a job by hand, as it is asked for by a person. */
export async function startJob(store: Store, jobId: JobId): Promise<RunId> {
  const job = await store.job(jobId);
  if (job === undefined) throw new Error(`there is no job ${jobId}`);
  const { type, params, policies } = job.definition;
  return store.createRun({
    type,
    dataset: null,
    wish: params,
    params: null,
    cause: 'person',
    requestedBy: 'test',
    parentRunId: null,
    jobId,
    jobVersion: job.version,
    policies,
  });
}

export const endOf = (state: TaskEnd['state']): TaskEnd => ({ state, result: {}, error: null });
