import type { RunState, WorkflowParams } from '@tapekeeper/core';
import type { JobName } from '../../../../ports/statisticsStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import type { ExecutionResult } from './executionSchema.ts';
import { statusOf } from './statusWords.ts';

type OfChildren = Pick<ExecutionResult, 'workflow_type' | 'total_tasks' | 'failed_task_ids' | 'task_results'>;

const FAILED: readonly RunState[] = ['failed', 'cancelled'];

/** What became of the tasks of a workflow, by their numbers: each is an execution of its own. */
export function childResults(run: RunView, names: readonly JobName[]): OfChildren {
  const { mode, nodes } = workflowOf(run);
  const children = nodes.map(({ node, jobId }) => ({
    jobId,
    child: run.stages.children.find((one) => one.node === node),
  }));
  const failed = children.filter(({ child }) => child !== undefined && FAILED.includes(child.state));
  return {
    workflow_type: mode,
    total_tasks: nodes.length,
    failed_task_ids: failed.map(({ jobId }) => jobId),
    task_results: Object.fromEntries(
      children.map(({ jobId, child }) => [
        String(jobId),
        {
          task_id: jobId,
          task_name: names.find(({ id }) => id === jobId)?.name ?? '',
          status: child === undefined ? 'pending' : (statusOf(child.state) ?? 'skipped'),
          execution_id: child === undefined || statusOf(child.state) === undefined ? null : child.runId,
        },
      ]),
    ),
  };
}

/** Jobs that the tasks of workflows among some runs are, whose names are to be told. */
export function jobsOfWorkflows(runs: readonly RunView[]): readonly number[] {
  const workflows = runs.filter(({ type }) => type === 'workflow');
  return [...new Set(workflows.flatMap((run) => workflowOf(run).nodes.map(({ jobId }) => jobId)))];
}

function workflowOf({ wish }: RunView): Pick<WorkflowParams, 'mode' | 'nodes'> {
  const { mode = 'serial', nodes = [] } = wish as Partial<WorkflowParams>;
  return { mode, nodes };
}
